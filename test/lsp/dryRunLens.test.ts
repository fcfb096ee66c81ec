/** What the lens says after a dry run, whatever else reads the evidence meanwhile. */
import assert from 'node:assert/strict';
import type { CodeLens } from 'vscode-languageserver';
import type { EvidenceSummary } from '../../server/src/core/rules/rule.ts';
import { NO_EVIDENCE } from '../../server/src/lsp/root.ts';
import type { DryRunResponse } from '../../server/src/protocol.ts';
import { startClient, TEST_NOW, type TestClient } from '../support/languageClient.ts';
import { RUNBOOK, WORKSPACE } from '../support/runbooks.ts';

const ROOT = 'file:///work%20space';
const URI = `${ROOT}/runbooks/orders.runbook.yaml`;
const NAME = /^dryRuns:\n {2}([\w-]+):/mu.exec(RUNBOOK)?.[1] ?? '';
const AT = new Date(TEST_NOW).toISOString();

const PASSED: EvidenceSummary = {
  entries: [
    {
      id: 'r1',
      runbook: 'orders-db',
      dryRun: NAME,
      level: 3,
      result: 'passed',
      proves: 'backup',
      startedAt: AT,
      finishedAt: AT,
      elapsedMs: 4000,
    },
  ],
  problems: [],
};

describe('the lens after a dry run', () => {
  let client: TestClient | undefined;
  afterEach(async () => {
    await client?.close();
    client = undefined;
  });

  async function title(): Promise<string> {
    const lenses = await client!.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: URI } });
    return lenses.find(({ command }) => command?.command === 'drillbook.dryRun')?.command?.title ?? '';
  }

  it('keeps the new result where an older read of the evidence ends after it, and asks to be redrawn after the answer', async () => {
    let ran = false;
    const slow: ((summary: EvidenceSummary) => void)[] = [];
    let watched: () => void = () => undefined;
    const reading = new Promise<void>((resolve) => (watched = resolve));
    let reads = 0;
    client = await startClient({
      files: WORKSPACE,
      initialize: {
        initializationOptions: { trusted: true, liveOnOpen: false, showsReports: true },
        capabilities: { workspace: { codeLens: { refreshSupport: true } } },
      },
      dependencies: {
        readEvidence: () => {
          reads += 1;
          // The second read is the watcher's: it began before the record was written, and takes its time.
          if (reads === 2) {
            watched();
            return new Promise((resolve) => slow.push(resolve));
          }
          return Promise.resolve(ran ? PASSED : NO_EVIDENCE);
        },
        startDryRun: async () => {
          await client!.connection.sendNotification('workspace/didChangeWatchedFiles', {
            changes: [{ uri: `${ROOT}/.drillbook/evidence/mine.lock`, type: 1 }],
          });
          await reading;
          ran = true;
          return { result: 'passed', message: 'It came back.' };
        },
      },
    });
    client.open(URI, RUNBOOK);
    await client.diagnostics(URI);
    assert.match(await title(), /never run/);
    const answer = await client.request<DryRunResponse>('workspace/executeCommand', {
      command: 'drillbook.dryRun',
      arguments: [{ uri: URI, runbook: 'orders-db', name: NAME, confirmed: true }],
    });
    assert.equal(answer.status, 'passed', JSON.stringify(answer));
    const before = client.received.length;
    assert.match(await title(), /passed/, 'the evidence was read before the answer');
    await client.message('workspace/codeLens/refresh', () => client!.received.length > before);
    assert.ok(
      client.received.slice(before).some(({ method }) => method === 'workspace/codeLens/refresh'),
      'a request to redraw follows the answer',
    );
    slow[0]?.(NO_EVIDENCE);
    await client.request('drillbook/workspaceState', {});
    assert.match(await title(), /passed/, 'what was read earlier does not count');
  });
});
