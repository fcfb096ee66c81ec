/** A kept result must not outlive a change of the findings that comes with time alone. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkWorkspace } from '../../../server/src/app/checkWorkspace.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import { steadyUntil } from '../../../server/src/core/rules/changes.ts';
import type { EvidenceEntry, EvidenceSummary } from '../../../server/src/core/rules/rule.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';

const HOUR = 3_600_000;
const read = (kind: string): string => readFileSync(new URL(`../../docs/base/${kind}.yaml`, import.meta.url), 'utf8');

describe('the time until which findings stand', () => {
  it('ends no later than the first finding that reads differently', () => {
    const runbook = read('runbook')
      .replace(/reviewedOn: .*/u, 'reviewedOn: 2026-10-02')
      .replace('\nrestore:', '\nrestore: # drillbook-ignore policy/review until=2026-11-24 reason="soon"');
    const policy = read('policy')
      .replace(/reviewEvery: .*/u, 'reviewEvery: 1241h')
      .replace(
        'checksum: every-backup',
        'checksum: every-backup, restoreTest: { every: 50h, level: 3 }, drill: { every: 77h }',
      );
    const workspace = buildWorkspace([
      { file: 'a.policy.yaml', parsed: parse(policy) },
      { file: 'b.environment.yaml', parsed: parse(read('environment')) },
      { file: 'c.runbook.yaml', parsed: parse(runbook) },
    ]);
    const entry = workspace.byKind('Runbook')[0];
    const dryRun = Object.keys((entry?.document.value as { dryRuns: object }).dryRuns)[0] ?? '';
    const record = (finishedAt: string, level: number): EvidenceEntry => ({
      id: finishedAt,
      runbook: entry?.name ?? '',
      ...(level < 5 ? { dryRun } : {}),
      level,
      result: 'passed',
      proves: 'runbook',
      startedAt: finishedAt,
      finishedAt,
    });
    const evidence: EvidenceSummary = {
      entries: [
        record('2026-11-21T07:13:20Z', 3),
        record('2026-11-23T15:45:10Z', 3),
        record('2026-11-20T09:00:00Z', 5),
      ],
      problems: [],
    };
    const at = (now: number, onChangesAt?: (ms: number) => void): string =>
      JSON.stringify(checkWorkspace(workspace, { now, evidence, ...(onChangesAt ? { onChangesAt } : {}) }));
    const seen = new Set<string>();
    const start = Date.parse('2026-11-20T00:07:30Z');
    for (let now = start; now < start + 8 * 24 * HOUR; now += 47 * 60_000) {
      let until = steadyUntil(evidence, now);
      const found = at(now, (ms) => {
        if (ms > now) until = Math.min(until, ms);
      });
      assert.ok(until > now);
      assert.equal(at(until - 1), found, `between ${new Date(now).toISOString()} and ${new Date(until).toISOString()}`);
      assert.equal(at((now + until) / 2), found);
      seen.add(found);
    }
    assert.ok(seen.size > 5, `only ${seen.size} states were met`);
  });
});
