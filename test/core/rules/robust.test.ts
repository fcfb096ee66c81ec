/** No rule throws, whatever half-typed or strange document it meets; and every fix that a rule offers mends its finding. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '../../../server/src/core/document/parse.ts';
import type { Finding } from '../../../server/src/core/finding.ts';
import { EVIDENCE_RULES } from '../../../server/src/core/rules/evidence/table.ts';
import { POLICY_RULES } from '../../../server/src/core/rules/policy/table.ts';
import { PRACTICE_RULES } from '../../../server/src/core/rules/practice/table.ts';
import type { EvidenceEntry, Rule } from '../../../server/src/core/rules/rule.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';
import { exampleFiles } from '../../support/ruleExamples.ts';

const RULES: readonly Rule[] = [...POLICY_RULES, ...PRACTICE_RULES, ...EVIDENCE_RULES];
const ROOT = join(import.meta.dirname, '..', '..', 'runbooks');
const NOW = Date.parse('2026-11-22T12:00:00Z');
const RECORDS = ['ledger', 'orders-db', 'shop'].map((runbook): EvidenceEntry => ({
  id: runbook,
  runbook,
  dryRun: runbook,
  level: 3,
  result: 'failed',
  proves: 'backup',
  startedAt: '',
  finishedAt: 'x',
  restoreFingerprint: '',
}));

function check(files: readonly { file: string; text: string }[]): Finding[] {
  const workspace = buildWorkspace(files.map(({ file, text }) => ({ file, parsed: parse(text) })));
  return workspace.entries.flatMap((entry) =>
    RULES.flatMap((rule) => [
      ...rule.check({
        workspace,
        entry,
        now: NOW,
        evidence: { entries: RECORDS, problems: ['record 1 was edited'] },
        codeOwners: '* @a',
      }),
    ]),
  );
}

/** Numbers that look random and are the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state % sides;
  };
}

describe('rules on documents of any shape', () => {
  const shops = readdirSync(ROOT).map((shop) =>
    readdirSync(join(ROOT, shop))
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => ({ file, text: readFileSync(join(ROOT, shop, file), 'utf8') })),
  );

  it('survive every runbook, policy and environment cut off at any line', () => {
    for (const shop of shops) {
      for (const file of shop) {
        const lines = file.text.split('\n');
        for (let end = 1; end < lines.length; end += 5) {
          const cut = lines.slice(0, end).join('\n');
          check([
            ...shop.filter((each) => each !== file),
            { file: file.file, text: cut.slice(0, Math.max(0, cut.length - (end % 7))) },
          ]);
        }
      }
    }
  });

  it('survive values of the wrong kind anywhere', () => {
    const roll = dice(7);
    const strange = [
      '',
      'null',
      '[]',
      '{}',
      '7',
      '-1',
      'true',
      '"${{ x"',
      '[null, [1], {a: 1}]',
      '{ a: { b: [] } }',
      '2026-01-01',
      '0',
      '"\\u0000"',
      '1e999',
      '!!binary aGk=',
    ];
    for (const shop of shops) {
      for (const file of shop) {
        for (let times = 0; times < 10; times++) {
          const text = file.text.replace(/(^\s*[\w-]+:) [^\n{|]+$/gmu, (whole: string, key: string) =>
            roll(6) === 0 ? `${key} ${strange[roll(strange.length)] ?? ''}` : whole,
          );
          check([...shop.filter((each) => each !== file), { file: file.file, text }]);
        }
      }
    }
  });
});

describe('fixes of rules', () => {
  it('mend what they are offered for', async () => {
    const faults = [
      'kind: Runbook\nrecovery: passive\n',
      'kind: Runbook\nrestore: { rpo: 6h, rto: 4h, budget: { effort: 4h } }\n',
      'kind: Runbook\nbackups:\n  hourly: { retention: 7d, checksum: null, immutable: null }\nresources:\n  vault: { expect: { objectLock: none } }\n  vault-dr: { expect: { objectLock: none } }\n',
      'kind: Runbook\nmetadata: { reviewedOn: null }\n',
      'kind: Runbook\nrecovery: automated\n',
      'kind: Policy\nclasses:\n  customer-critical: { verify: { restoreTest: { every: 30d, proves: runbook } } }\n---\nkind: Runbook\ndryRuns:\n  orders: { steps: null }\n',
    ];
    let mended = 0;
    for (const yaml of faults) {
      const files = await exampleFiles({ yaml, records: [], codeOwners: undefined });
      for (const finding of check(files).filter((each) => each.fixes !== undefined && each.fixes.length > 0)) {
        const fix = finding.fixes?.[0];
        const file = files.find((each) => each.file === finding.file);
        assert.ok(fix && file);
        let text = file.text;
        for (const { span, newText } of [...fix.edits].sort((one, other) => other.span.start - one.span.start)) {
          text = text.slice(0, span.start) + newText + text.slice(span.end);
        }
        const after = check([...files.filter((each) => each !== file), { file: file.file, text }]);
        const same = (other: Finding): boolean =>
          other.code === finding.code && other.path.join() === finding.path.join();
        assert.ok(!after.some(same), `${finding.code}: "${fix.title}" leaves it:\n${text}`);
        mended++;
      }
    }
    assert.ok(mended >= 9, `only ${mended} fixes were offered`);
  });
});

describe('steps that share an id', () => {
  it('are each told where they stand', () => {
    const text =
      'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: a }\nrestore:\n  steps:\n    - { id: load, run: a, timeout: 5m }\n    - { id: load, run: b }\n';
    const untimed = check([{ file: 'a.yaml', text }]).filter(({ code }) => code === 'practice/no-timeout');
    assert.deepEqual(
      untimed.map(({ path }) => path.slice(0, 3)),
      [['restore', 'steps', 1]],
    );
  });
});
