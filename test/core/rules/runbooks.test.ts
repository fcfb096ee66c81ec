/** Runbooks as real teams write them, most with a fault or two: the findings are exactly those that their marks want. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkWorkspace } from '../../../server/src/app/checkWorkspace.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import type { Finding } from '../../../server/src/core/finding.ts';
import { restoreFingerprint } from '../../../server/src/core/recovery/cadence.ts';
import type { EvidenceEntry } from '../../../server/src/core/rules/rule.ts';
import { RULES } from '../../../server/src/core/rules/table.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';
import { assertWants } from '../../support/wants.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'runbooks');
const NOW = Date.parse('2026-11-22T12:00:00Z');

interface Shop {
  readonly name: string;
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  readonly workspace: ReturnType<typeof buildWorkspace>;
}

function checkShop(name: string): Shop {
  const folder = join(ROOT, name);
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const workspace = buildWorkspace(
    files.map((file) => ({ file, parsed: parse(readFileSync(join(folder, file), 'utf8')) })),
  );
  const evidence = join(folder, 'evidence.json');
  const records = existsSync(evidence) ? (JSON.parse(readFileSync(evidence, 'utf8')) as EvidenceEntry[]) : [];
  const entries = records.map((record) => {
    const runbook = workspace.byKind('Runbook').find((entry) => entry.name === record.runbook);
    // `now` stands for: made on the runbook as it is.
    return record.restoreFingerprint === 'now'
      ? { ...record, restoreFingerprint: restoreFingerprint(runbook?.document.value) }
      : record;
  });
  const codeOwners = join(folder, 'CODEOWNERS');
  const findings = checkWorkspace(workspace, {
    now: NOW,
    evidence: { entries, problems: [] },
    ...(existsSync(codeOwners) ? { codeOwners: readFileSync(codeOwners, 'utf8') } : {}),
  });
  return { name, files, findings, workspace };
}

const SHOPS = readdirSync(ROOT, { withFileTypes: true })
  .filter((each) => each.isDirectory())
  .map((each) => checkShop(each.name));

describe('realistic runbooks', () => {
  it('are thirty at least', () => {
    const runbooks = SHOPS.reduce((sum, shop) => sum + shop.workspace.byKind('Runbook').length, 0);
    assert.ok(runbooks >= 30, `there are ${runbooks}`);
  });

  for (const shop of SHOPS) {
    for (const file of shop.files) {
      it(`${shop.name}/${file} has the findings that its marks want`, () => {
        const parsed = shop.workspace.files.get(file);
        assert.ok(parsed);
        assertWants(
          `${shop.name}/${file}`,
          parsed,
          shop.findings.filter((finding) => finding.file === file),
        );
      });
    }
  }

  it('say what is wrong and what to do in one sentence that names a value', () => {
    for (const { message, code } of SHOPS.flatMap((shop) => shop.findings)) {
      assert.match(message, /^[A-Z"`$].*[.?]$/u, `${code}: ${message}`);
      assert.doesNotMatch(message, /undefined|\[object|NaN|\n/u, `${code}: ${message}`);
    }
  });

  it('show most of the policy and practice rules at work', () => {
    const seen = new Set(SHOPS.flatMap((shop) => shop.findings.map((finding) => finding.code)));
    const silent = RULES.map((rule) => rule.id).filter(
      (id) => /^(?:policy|practice|evidence)\//u.test(id) && !seen.has(id),
    );
    assert.ok(silent.length <= 16, `rules without a realistic runbook: ${silent.join(', ')}`);
  });
});
