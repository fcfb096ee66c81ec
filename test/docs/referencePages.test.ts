/** The pages of syntax, schema, reference and suppression findings: their examples fail and are mended as the pages say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkWorkspace } from '../../server/src/app/checkWorkspace.ts';
import { CATALOGUE, helpPage } from '../../server/src/core/rules/catalogue.ts';
import type { CatalogueRow } from '../../server/src/core/rules/rule.ts';
import { workspaceOf } from '../support/workspaces.ts';

const ROOT = new URL('../../', import.meta.url);
const ROWS = CATALOGUE.filter(
  (row) => /^(?:syntax|schema|reference)\//.test(row.code) || row.code === 'practice/idle-suppression',
);

/** The fenced examples under a heading; a first line `# path.yaml` names the file. */
function examples(text: string, heading: string): Record<string, string> {
  const section = new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## )`, 'mu').exec(text)?.[1] ?? '';
  const fences = [...section.matchAll(/^```yaml\n([\s\S]*?)^```/gmu)].map((match) => match[1] ?? '');
  assert.notEqual(fences.length, 0, `no example under ${heading}`);
  return Object.fromEntries(fences.map((yaml, index) => [/^# (\S+\.yaml)\n/.exec(yaml)?.[1] ?? `${index}.yaml`, yaml]));
}

function codesIn(files: Record<string, string>): string[] {
  const options = { now: Date.parse('2026-11-22T12:00:00Z'), evidence: { entries: [], problems: [] } };
  return checkWorkspace(workspaceOf(files), options).map((finding) => finding.code);
}

const hard = (codes: readonly string[]): string[] =>
  codes.filter((code) => /^(?:syntax|schema|reference)\//.test(code));

describe('pages of syntax, schema and reference findings', () => {
  for (const row of ROWS) {
    it(`${row.code} behaves as its page says`, () => {
      const text = readFileSync(new URL(helpPage(row.code), ROOT), 'utf8');
      assertHead(text, row);
      const failing = codesIn(examples(text, 'Failing'));
      const mended = codesIn(examples(text, 'Mended'));
      assert.ok(failing.includes(row.code), failing.join(' '));
      const alone = row.code === 'schema/suppression' ? [row.code, 'reference/unknown-resource'] : [row.code];
      assert.deepEqual(
        hard(failing).filter((code) => !alone.includes(code)),
        [],
        'another finding says the same',
      );
      assert.deepEqual([...hard(mended), ...mended.filter((code) => code === row.code)], []);
    });
  }
});

function assertHead(text: string, { code, severity, title }: CatalogueRow): void {
  const name = severity.charAt(0).toUpperCase() + severity.slice(1);
  assert.ok(text.startsWith(`# ${code}\n\n**${name}** by default. ${title}\n`), text.slice(0, 200));
}
