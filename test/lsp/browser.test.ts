/** The server's browser half over real JSON-RPC: files lent by the client, committed evidence, recorded observations, no trust needed. */
import assert from 'node:assert/strict';
import type { CodeLens } from 'vscode-languageserver';
import { createBrowserDependencies } from '../../server/src/lsp/browserDependencies.ts';
import { startClient, TEST_NOW, type TestClient, messageOf } from '../support/languageClient.ts';
import { RUNBOOK, WORKSPACE } from '../support/runbooks.ts';

const ROOT = 'vscode-vfs://github/acme/runbooks';
const URI = `${ROOT}/runbooks/orders.runbook.yaml`;

const EVIDENCE = JSON.stringify({
  version: 1,
  id: '1',
  summary: {
    id: '1',
    runbook: 'orders-db',
    dryRun: 'orders',
    level: 3,
    result: 'passed',
    proves: 'backup',
    startedAt: '2026-11-20T12:00:00Z',
    finishedAt: '2026-11-20T12:22:00Z',
    elapsedMs: 22 * 60_000,
  },
});
const RECORDING = JSON.stringify({
  version: 1,
  recordedAt: '2026-11-22T10:00:00Z',
  observations: [
    {
      request: {
        kind: 'aws/rds-instance',
        id: 'orders-prod',
        region: 'eu-west-1',
        account: 'prod',
        facts: ['version'],
        environment: 'production',
      },
      observation: {
        state: 'found',
        at: '2026-11-22T10:00:00Z',
        account: '123456789012',
        region: 'eu-west-1',
        source: 'live',
        facts: {
          engine: { value: 'postgres' },
          version: { value: '16.3' },
          storageEncrypted: { value: true },
          backupRetentionDays: { value: 7 },
        },
      },
    },
  ],
});

describe('language server in a browser', () => {
  let client: TestClient | undefined;
  afterEach(async () => {
    await client?.close();
    client = undefined;
  });

  async function start(more: Readonly<Record<string, string>> = {}): Promise<TestClient> {
    const files = new Map(
      Object.entries({
        ...WORKSPACE,
        '.drillbook/evidence/main.jsonl': `${EVIDENCE}\nnot json\n`,
        'ci/prod.observations.json': RECORDING,
        ...more,
      }).map(([file, text]) => [`${ROOT}/${file}`, text]),
    );
    const ask = (method: string, params: unknown): Promise<unknown> => {
      if (method === 'drillbook/readFile') return Promise.resolve(files.get((params as { uri: string }).uri) ?? null);
      const endings = (params as { globs: string[] }).globs.map((glob) => glob.slice(glob.lastIndexOf('*') + 1));
      return Promise.resolve([...files.keys()].filter((uri) => endings.some((ending) => uri.endsWith(ending))));
    };
    const soon = (callback: () => void): (() => void) => {
      const handle = setImmediate(callback);
      return () => clearImmediate(handle);
    };
    return await startClient({
      initialize: { workspaceFolders: [{ uri: ROOT, name: 'acme' }] },
      dependencies: createBrowserDependencies({
        version: 'test',
        ask,
        log: { write: () => undefined },
        soon,
        now: () => TEST_NOW,
        after: () => () => undefined,
      }),
    });
  }

  it('checks lent files, and resolves names across them', async () => {
    client = await start();
    client.open(URI, RUNBOOK.replace('[identity-db]', '[identity-db, nobody]'));
    const found = await client.diagnostics(URI, (each) =>
      each.diagnostics.some((d) => d.code === 'reference/unknown-runbook'),
    );
    assert.equal(found.filter((each) => each.code === 'reference/unknown-runbook').length, 1);
  });

  it('shows recorded drift with its age, without trust', async () => {
    client = await start();
    client.open(URI, RUNBOOK);
    const found = await client.diagnostics(URI, (each) =>
      each.diagnostics.some((d) => d.code === 'drift/version-major'),
    );
    assert.match(messageOf(found.find((each) => each.code === 'drift/version-major')), /seen 2 h ago/);
    assert.ok(!found.some((each) => each.code === 'unchecked/untrusted-workspace'));
  });

  it('shows what was recorded for a place that the text names only after it was opened', async () => {
    const elsewhere = RUNBOOK.replace('environment: production', 'environment: nowhere');
    client = await start({ 'runbooks/orders.runbook.yaml': elsewhere });
    client.open(URI, elsewhere);
    await client.diagnostics(URI, (each) => each.diagnostics.some((d) => d.code === 'reference/unknown-environment'));
    // What is asked of the files is answered by now: nothing is known of a place that isn't there.
    for (let round = 0; round < 20; round += 1) await client.request('drillbook/workspaceState', {});
    client.change(URI, RUNBOOK, 2);
    await client.diagnostics(URI, (each) => each.diagnostics.some((d) => d.code === 'drift/version-major'));
  });

  it('shows the last result from committed evidence, and says where dry runs can be run', async () => {
    client = await start();
    client.open(URI, RUNBOOK);
    // Findings of the whole workspace come once its files and its evidence are known.
    await client.diagnostics(URI, (each) => each.diagnostics.some((d) => d.code === 'drift/version-major'));
    const lenses = await client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: URI } });
    assert.ok(
      lenses.some((lens) => /last passed 47 h ago at level 3/.test(lens.command?.title ?? '')),
      JSON.stringify(lenses),
    );
    const answer = await client.request<{ status: string; message: string }>('workspace/executeCommand', {
      command: 'drillbook.dryRun',
      arguments: [{ uri: URI, runbook: 'orders-db', confirmed: true }],
    });
    assert.equal(answer.status, 'refused');
  });
});
