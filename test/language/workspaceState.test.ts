/** What views are told of past runs: the message at the line that failed, and the history. */
import assert from 'node:assert/strict';
import { failedPart } from '../../server/src/core/recovery/failedPart.ts';
import type { EvidenceEntry } from '../../server/src/core/rules/rule.ts';
import type { WorkspaceState } from '../../server/src/protocol.ts';
import { startClient, type TestClient } from '../support/languageClient.ts';
import { RUNBOOK, WORKSPACE } from '../support/runbooks.ts';

const LINES = RUNBOOK.split('\n');
const NAME = /^dryRuns:\n {2}([\w-]+):/mu.exec(RUNBOOK)?.[1] ?? '';
const CHECK = /- \{? ?name: "?([^,"}\n]+)"?/u.exec(RUNBOOK.slice(RUNBOOK.indexOf('dryRuns:')))?.[1] ?? '';
const STEP = /- id: (\S+)/u.exec(RUNBOOK)?.[1] ?? '';

function run(id: string, day: string, more: Partial<EvidenceEntry> = {}): EvidenceEntry {
  const at = `2026-11-${day}T10:00:00.000Z`;
  return {
    id,
    runbook: 'orders-db',
    dryRun: NAME,
    level: 3,
    result: 'passed',
    proves: 'backup',
    startedAt: at,
    finishedAt: at,
    ...more,
  };
}

describe('the state behind the views', () => {
  let client: TestClient | undefined;
  afterEach(async () => {
    await client?.close();
    client = undefined;
  });

  async function dryRun(entries: readonly EvidenceEntry[]) {
    client = await startClient({
      files: WORKSPACE,
      dependencies: { readEvidence: () => Promise.resolve({ entries, problems: [] }) },
    });
    const uri = 'file:///work%20space/runbooks/orders.runbook.yaml';
    client.open(uri, RUNBOOK);
    await client.diagnostics(uri);
    const state = await client.request<WorkspaceState>('drillbook/workspaceState', {});
    return state.runbooks.find(({ name }) => name === 'orders-db')?.dryRuns.find(({ name }) => name === NAME);
  }

  it('says what failed, at the line of the check', async () => {
    const found = await dryRun([
      run('new', '20', { result: 'failed', message: 'Too few rows.', failed: { check: CHECK } }),
      run('old', '10', { elapsedMs: 4000, restoreMs: 1500 }),
    ]);
    assert.equal(found?.last?.message, 'Too few rows.');
    assert.ok(LINES[found.last.line ?? -1]?.includes(CHECK), `${String(found.last.line)}: ${CHECK}`);
    assert.deepEqual(
      found.history?.map(({ result, restoreMs }) => [result, restoreMs]),
      [
        ['passed', 1500],
        ['failed', undefined],
      ],
    );
  });

  it('marks the step, and the dry run where the part is not in the text any more', async () => {
    const step = await dryRun([run('r', '20', { result: 'failed', failed: { step: STEP } })]);
    assert.ok(LINES[step?.last?.line ?? -1]?.includes(STEP));
    assert.match(step?.last?.message ?? '', /failed/);
    await client?.close();
    const gone = await dryRun([run('r', '20', { result: 'failed', failed: { check: 'no such check' } })]);
    assert.ok(LINES[gone?.last?.line ?? -1]?.includes(NAME));
  });

  it('keeps the last run of each scenario apart', async () => {
    const text = RUNBOOK.replace(/^(dryRuns:\n {2}[\w-]+:\n)/mu, '$1    scenarios: [role-denied, newest-missing]\n');
    client = await startClient({
      files: WORKSPACE,
      dependencies: {
        readEvidence: () =>
          Promise.resolve({
            entries: [
              run('a', '18'),
              run('b', '19', { scenario: 'role-denied', result: 'failed', message: 'Denied.' }),
            ],
            problems: [],
          }),
      },
    });
    const uri = 'file:///work%20space/runbooks/orders.runbook.yaml';
    client.open(uri, text);
    await client.diagnostics(uri);
    const { runbooks } = await client.request<WorkspaceState>('drillbook/workspaceState', {});
    const found = runbooks.find(({ name }) => name === 'orders-db')?.dryRuns[0];
    assert.equal(found?.last?.result, 'passed');
    assert.deepEqual(Object.keys(found.lastOf ?? {}), ['role-denied']);
    assert.equal(found.lastOf?.['role-denied']?.message, 'Denied.');
  });

  it('leaves runs of a scenario out of the history, and message and line out of a pass', async () => {
    const found = await dryRun([
      run('ok', '20'),
      run('drill', '21', { scenario: 'lost-key', result: 'failed', message: 'On purpose.' }),
    ]);
    assert.equal(found?.history?.length, 1);
    assert.equal(found.last?.message, undefined);
    assert.equal(found.last?.line, undefined);
  });
});

describe('the part of a run that failed', () => {
  const parts = { checks: [], steps: [], stages: [{ stage: 'restore', state: 'failed' }] } as const;
  it('is the check, else the step, else the stage', () => {
    assert.deepEqual(failedPart({ result: 'failed', ...parts }), { stage: 'restore' });
    assert.equal(failedPart({ result: 'passed', ...parts }), undefined);
    const checks = [{ name: 'rows', state: 'failed' as const, expected: '', durationMs: 1 }];
    assert.deepEqual(failedPart({ result: 'failed', ...parts, checks }), { check: 'rows' });
  });
});
