/** Evidence records for tests of what keeps and shows them. */
import type { DraftRecord } from '../../server/src/core/recovery/record.ts';

/** The record of a passed dry run, the `index`th of a day. */
export function recordFor(more: Partial<DraftRecord> = {}, index = 0): DraftRecord {
  const at = new Date(Date.UTC(2026, 10, 22, 10, 0, index)).toISOString();
  return {
    version: 1,
    kind: 'dry-run',
    id: `run${String(index).padStart(4, '0')}`,
    tool: { name: 'drillbook', version: '0.0.0' },
    runbook: { name: 'orders', file: 'orders.runbook.yaml', sha256: 'a'.repeat(64) },
    restoreFingerprint: 'b'.repeat(64),
    dryRun: 'orders',
    level: 3,
    requestedLevel: 3,
    result: 'passed',
    summary: 'orders#orders passed',
    proves: 'backup',
    by: { user: 'u', host: 'h' },
    engines: [],
    stages: [{ stage: 'restore', state: 'passed', startedAt: at, finishedAt: at, durationMs: 900 }],
    checks: [{ name: 'rows', state: 'passed', expected: '>=1', actual: 5, durationMs: 2 }],
    measured: {
      elapsedMs: 1000 + index,
      restoreMs: 900,
      rtoMs: 3_600_000,
      withinRto: true,
      untimedManualSteps: 0,
      statement: 'restored in 1.0 s of a 1 h RTO',
    },
    drift: { state: 'not-looked', factsCompared: 0, findings: [], unchecked: 0 },
    notes: [],
    teardown: { proven: true, removed: [], remaining: [] },
    attempts: 1,
    controls: [],
    startedAt: at,
    finishedAt: at,
    ...more,
  };
}
