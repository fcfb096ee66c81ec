/** Every finding code has a page, every page of ours behaves as it says, and no other rule reports what a page shows mended. */
import assert from 'node:assert/strict';
import { access, readFile, readdir } from 'node:fs/promises';
import { CATALOGUE, helpPage } from '../../server/src/core/rules/catalogue.ts';
import { EVIDENCE_RULES } from '../../server/src/core/rules/evidence/table.ts';
import { POLICY_RULES } from '../../server/src/core/rules/policy/table.ts';
import { PRACTICE_RULES } from '../../server/src/core/rules/practice/table.ts';
import type { Rule } from '../../server/src/core/rules/rule.ts';
import { findingsOf, readRulePage, type Example } from '../support/ruleExamples.ts';

const ROOT = new URL('../../', import.meta.url);
const RULES: readonly Rule[] = [...POLICY_RULES, ...PRACTICE_RULES, ...EVIDENCE_RULES];
const pageOf = (code: string): string => new URL(helpPage(code), ROOT).pathname;

describe('pages of findings', () => {
  it('has a page for every code, and no page without a code', async () => {
    const missing: string[] = [];
    for (const { code } of CATALOGUE) await access(pageOf(code)).catch(() => missing.push(code));
    assert.deepEqual(missing, []);
    const codes = new Set(CATALOGUE.map((row) => row.code));
    const files = await readdir(new URL('docs/rules/', ROOT), { recursive: true });
    const pages = files.filter((file) => file.includes('/') && file.endsWith('.md')).map((file) => file.slice(0, -3));
    assert.deepEqual(
      pages.filter((page) => !codes.has(page)),
      [],
    );
  });

  it('is listed in the index of findings', async () => {
    const index = await readFile(new URL('docs/rules/README.md', ROOT), 'utf8');
    const missing = CATALOGUE.filter(({ code }) => !index.includes(`[${code}](${code}.md)`)).map((row) => row.code);
    assert.deepEqual(missing, [], 'run npx tsx test/support/ruleIndex.ts');
  });

  it('is tried by a fixture or a test', async () => {
    const files = (await readdir(new URL('test/', ROOT), { recursive: true })).filter((file) =>
      /\.(?:ya?ml|ts|json)$/u.test(file),
    );
    const texts = await Promise.all(
      files.map((file) => readFile(new URL(`test/${file}`, ROOT), 'utf8').catch(() => '')),
    );
    const own = new Set(RULES.map((rule) => rule.id)); // their pages are their fixtures
    const all = texts.join('\n');
    assert.deepEqual(
      CATALOGUE.map((row) => row.code).filter((code) => !own.has(code) && !all.includes(code)),
      [],
    );
  });

  it('names its code in the heading', async () => {
    for (const { code } of CATALOGUE) {
      const text = await readFile(pageOf(code), 'utf8').catch(() => `# ${code}\n`);
      assert.ok(text.startsWith(`# ${code}\n`), `${helpPage(code)} does not start with its code`);
    }
  });

  it('finds nothing in the workspace that the examples change', async () => {
    const clean: Example = { yaml: 'kind: None', records: [], codeOwners: undefined };
    assert.deepEqual(await findingsOf(clean, RULES), []);
  });

  for (const rule of RULES) {
    describe(rule.id, () => {
      it('says its severity and title as the rule does', async () => {
        const { text } = await readRulePage(pageOf(rule.id));
        assert.ok(text.toLowerCase().includes(`**${rule.severity}** by default. ${rule.title.toLowerCase()}`));
      });

      it('finds the fault in the failing example, in one sentence', async () => {
        const { failing } = await readRulePage(pageOf(rule.id));
        const found = (await findingsOf(failing, RULES)).filter((finding) => finding.code === rule.id);
        assert.notEqual(found.length, 0, 'the failing example has no such finding');
        for (const { message } of found) {
          assert.match(message, /^[A-Z"].*\.$/u, message);
          assert.doesNotMatch(message, /\. [A-Z]|undefined|\[object|NaN|\n/u, message);
        }
      });

      it('finds it no more in the mended one', async () => {
        const { mended } = await readRulePage(pageOf(rule.id));
        const found = await findingsOf(mended, RULES);
        assert.deepEqual(
          found.filter((finding) => finding.code === rule.id),
          [],
        );
      });

      it('reports the fault alone: no other rule says the same', async () => {
        const { failing, mended } = await readRulePage(pageOf(rule.id));
        const codes = async (example: Example): Promise<string[]> =>
          (await findingsOf(example, RULES)).map((finding) => finding.code);
        const before = new Set(await codes(mended));
        const added = (await codes(failing)).filter((code) => code !== rule.id && !before.has(code));
        assert.deepEqual(added, []);
      });
    });
  }
});
