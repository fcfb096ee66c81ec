/** The workspace over real JSON-RPC: folders, files that come and go, findings across files, positions, live answers. */
import assert from 'node:assert/strict';
import type { CodeAction, CompletionList, Hover, Location, SemanticTokens, WorkspaceEdit } from 'vscode-languageserver';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import type { DriftRequest } from '../../server/src/lsp/dependencies.ts';
import { startClient, type TestClient, messageOf } from '../support/languageClient.ts';
import { RUNBOOK, WORKSPACE } from '../support/runbooks.ts';

const ROOT = 'file:///work%20space';
const URI = `${ROOT}/runbooks/orders.runbook.yaml`;
const IDENTITY = `${ROOT}/runbooks/identity.runbook.yaml`;

/** Files that a test changes under the server. */
function mutable(files: Readonly<Record<string, string>>): { files: Map<string, string>; dependencies: object } {
  const map = new Map(Object.entries(files).map(([file, text]) => [`/work space/${file}`, text]));
  return {
    files: map,
    dependencies: {
      files: {
        rootOf: () => Promise.resolve('/work space'),
        list: () => Promise.resolve([...map.keys()].map((path) => path.slice('/work space/'.length))),
        readText: (path: string) => {
          const text = map.get(path);
          return text === undefined ? Promise.reject(new Error('ENOENT')) : Promise.resolve(text);
        },
      },
    },
  };
}

describe('workspace', () => {
  let client: TestClient | undefined;
  afterEach(async () => {
    await client?.close();
    client = undefined;
  });

  it('reports a name that another file no longer has, and takes it back when it is there again', async () => {
    const disk = mutable(WORKSPACE);
    client = await startClient({ dependencies: disk.dependencies });
    client.open(URI, RUNBOOK);
    await client.diagnostics(URI, (each) => !each.diagnostics.some((d) => d.code === 'reference/unknown-runbook'));
    const path = '/work space/runbooks/identity.runbook.yaml';
    const text = disk.files.get(path) ?? '';
    disk.files.delete(path);
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: IDENTITY, type: 3 }],
    });
    await client.diagnostics(URI, (each) => each.diagnostics.some((d) => d.code === 'reference/unknown-runbook'));
    disk.files.set(path, text);
    const before = client.pushed.length;
    await client.connection.sendNotification('workspace/didCreateFiles', { files: [{ uri: IDENTITY }] });
    await client.diagnostics(
      URI,
      (each) =>
        client!.pushed.indexOf(each) >= before && !each.diagnostics.some((d) => d.code === 'reference/unknown-runbook'),
    );
  });

  it('checks the others when a name changes in an open document', async () => {
    client = await startClient({ files: WORKSPACE });
    client.open(URI, RUNBOOK);
    client.open(IDENTITY, WORKSPACE['runbooks/identity.runbook.yaml'] ?? '');
    await client.diagnostics(IDENTITY);
    client.change(
      IDENTITY,
      (WORKSPACE['runbooks/identity.runbook.yaml'] ?? '').replace('name: identity-db', 'name: renamed-db'),
      2,
    );
    await client.diagnostics(URI, (each) => each.diagnostics.some((d) => d.code === 'reference/unknown-runbook'));
  });

  it('checks the others when an open document is closed and what was typed in it is gone', async () => {
    client = await startClient({ files: WORKSPACE });
    const text = WORKSPACE['runbooks/identity.runbook.yaml'] ?? '';
    const unknown = ({ diagnostics }: { diagnostics: readonly { code?: unknown }[] }): boolean =>
      diagnostics.some((each) => each.code === 'reference/unknown-runbook');
    client.open(URI, RUNBOOK);
    client.open(IDENTITY, text);
    await client.diagnostics(IDENTITY);
    client.change(IDENTITY, text.replace('name: identity-db', 'name: renamed-db'), 2);
    await client.diagnostics(URI, unknown);
    const before = client.pushed.length;
    await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri: IDENTITY } });
    await client.diagnostics(URI, (each) => client!.pushed.indexOf(each) >= before && !unknown(each));
  });

  it('takes back what it said of a file that is deleted', async () => {
    const disk = mutable({ ...WORKSPACE, 'x.runbook.yaml': RUNBOOK.replace('rto: 1h', 'rto: soon') });
    client = await startClient({ dependencies: disk.dependencies });
    const uri = `${ROOT}/x.runbook.yaml`;
    await client.diagnostics(uri, (each) => each.diagnostics.length > 0);
    disk.files.delete('/work space/x.runbook.yaml');
    await client.connection.sendNotification('workspace/didDeleteFiles', { files: [{ uri }] });
    await client.diagnostics(uri, (each) => each.diagnostics.length === 0);
  });

  it('goes to definitions and renames across files', async () => {
    client = await startClient({ files: WORKSPACE });
    client.open(URI, RUNBOOK);
    await client.diagnostics(URI);
    const line = RUNBOOK.split('\n').findIndex((each) => each.includes('dependsOn'));
    const position = { line, character: '  dependsOn: [iden'.length };
    await client.message('textDocument/publishDiagnostics', (each: { uri: string }) => each.uri === URI);
    const [target] = await client.request<Location[]>('textDocument/definition', {
      textDocument: { uri: URI },
      position,
    });
    assert.equal(target?.uri, IDENTITY);
    const edit = await client.request<WorkspaceEdit>('textDocument/rename', {
      textDocument: { uri: URI },
      position,
      newName: 'people-db',
    });
    assert.deepEqual(Object.keys(edit.changes ?? {}).sort(), [IDENTITY, URI].sort());
    await assert.rejects(
      client.request('textDocument/rename', { textDocument: { uri: URI }, position, newName: 'No Name' }),
      /No Name/,
    );
  });

  it('offers the mend of a finding, linked to its diagnostic', async () => {
    client = await startClient({ files: WORKSPACE });
    client.open(URI, RUNBOOK.replace('of: primary', 'of: primry'));
    const found = await client.diagnostics(URI, (each) =>
      each.diagnostics.some((d) => d.code === 'reference/unknown-resource'),
    );
    const wrong = found.find((each) => each.code === 'reference/unknown-resource');
    assert.ok(wrong);
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: URI },
      range: wrong.range,
      context: { diagnostics: [wrong] },
    });
    const mend = actions.find((each) => JSON.stringify(each.edit).includes('"primary"'));
    assert.equal(mend?.kind, 'quickfix');
    assert.deepEqual(
      mend.diagnostics?.map((each) => each.code),
      ['reference/unknown-resource'],
    );
  });

  it('speaks in the encoding that was negotiated', async () => {
    const text = RUNBOOK.replace('title: Restore the orders database', 'title: "𝄞é" # x').replace(
      '{ name: Payments on-call,',
      '{ name: "𝄞é", role: "${{ vars.vault }}",',
    );
    for (const [encoding, units] of [
      ['utf-8', 6],
      ['utf-32', 2],
      ['utf-16', 3],
    ] as const) {
      const one = await startClient({
        files: WORKSPACE,
        initialize: {
          capabilities: { general: { positionEncodings: [encoding] }, textDocument: { publishDiagnostics: {} } },
        },
      });
      try {
        assert.equal(one.initialized.capabilities.positionEncoding, encoding);
        one.open(URI, text.replace('"𝄞é", role', '"𝄞é", rolex'));
        const line = text.split('\n').findIndex((each) => each.includes('role:'));
        const found = await one.diagnostics(URI, (each) =>
          each.diagnostics.some((d) => d.code === 'schema/unknown-key' && d.range.start.line === line),
        );
        const finding = found.find((d) => d.code === 'schema/unknown-key' && d.range.start.line === line);
        assert.equal(finding?.range.start.character, '    - { name: "'.length + units + '", '.length);
        const character = '    - { name: "'.length + units + '", rolex: "${{ vars.va'.length;
        const hover = await one.request<Hover | null>('textDocument/hover', {
          textDocument: { uri: URI },
          position: { line, character },
        });
        assert.match(JSON.stringify(hover?.contents), /acme-backups-prod/, encoding);
        assert.equal(hover?.range?.start.character, '    - { name: "'.length + units + '", rolex: "'.length, encoding);
        const tokens = await one.request<SemanticTokens>('textDocument/semanticTokens/full', {
          textDocument: { uri: URI },
        });
        assert.ok(tokens.data.length > 0);
        const list = await one.request<CompletionList>('textDocument/completion', {
          textDocument: { uri: URI },
          position: { line, character },
        });
        assert.ok(
          list.items.some((item) => item.label === 'vault'),
          encoding,
        );
      } finally {
        await one.close();
      }
    }
  });

  it('shows live findings on the current text, and judges them again while it is typed', async () => {
    const seen: DriftRequest[] = [];
    client = await startClient({
      files: WORKSPACE,
      initialize: { initializationOptions: { trusted: true, showsReports: true } },
      dependencies: {
        detectDrift: (request) => {
          seen.push(request);
          const observed = request.requests
            .filter((each) => each.kind === 'aws/rds-instance' && !request.lastKnownOnly)
            .map((each) => ({
              request: each,
              observation: {
                state: 'found' as const,
                at: '2026-11-22T11:58:00Z',
                account: '123456789012',
                region: 'eu-west-1',
                source: 'live' as const,
                by: 'arn:aws:iam::123456789012:role/reader',
                facts: {
                  engine: { value: 'postgres' },
                  version: { value: '16.3' },
                  storageEncrypted: { value: true },
                  backupRetentionDays: { value: 7 },
                },
              },
            }));
          return Promise.resolve({ observed });
        },
      },
    });
    client.open(URI, RUNBOOK);
    const found = await client.diagnostics(URI, (each) =>
      each.diagnostics.some((d) => d.code === 'drift/version-major'),
    );
    const finding = found.find((each) => each.code === 'drift/version-major');
    const line = RUNBOOK.split('\n').findIndex((each) => each.includes('version: "15"'));
    assert.equal(finding?.range.start.line, line);
    assert.match(messageOf(finding), /seen 2 min ago/);
    client.change(URI, `# one line more\n${RUNBOOK}`, 2);
    const moved = await client.diagnostics(
      URI,
      (each) => each.version === 2 && each.diagnostics.some((d) => d.code === 'drift/version-major'),
    );
    assert.equal(moved.find((each) => each.code === 'drift/version-major')?.range.start.line, line + 1);
    client.change(URI, RUNBOOK.replace('version: "15"\n      storage', 'version: "16"\n      storage'), 3);
    await client.diagnostics(
      URI,
      (each) => each.version === 3 && !each.diagnostics.some((d) => d.code === 'drift/version-major'),
    );
    const status = (await client.message(
      'drillbook/statusChanged',
      (each: { identities: string[] }) => each.identities.length > 0,
    )) as { identities: string[] };
    assert.deepEqual(status.identities, ['arn:aws:iam::123456789012:role/reader in 123456789012']);
    assert.ok(seen.every((each) => !each.signal.aborted));
  });

  it('looks nothing up without trust, and looks when trust is given', async () => {
    const looked: DriftRequest[] = [];
    client = await startClient({
      files: WORKSPACE,
      dependencies: {
        detectDrift: (request) => {
          looked.push(request);
          return Promise.resolve({ observed: [] });
        },
      },
    });
    client.open(URI, RUNBOOK);
    await client.diagnostics(URI, (each) => each.diagnostics.some((d) => d.code === 'unchecked/untrusted-workspace'));
    const refused = await client.request<{ status: string }>('workspace/executeCommand', {
      command: 'drillbook.refreshDrift',
      arguments: [{ uri: URI }],
    });
    assert.equal(refused.status, 'refused');
    assert.deepEqual([...looked], []);
    await client.connection.sendNotification('drillbook/trustChanged', { trusted: true });
    const checked = await client.request<{ status: string }>('workspace/executeCommand', {
      command: 'drillbook.refreshDrift',
      arguments: [{ uri: URI }],
    });
    assert.equal(checked.status, 'checked');
    assert.ok(looked.length > 0);
    await client.diagnostics(URI, (each) => !each.diagnostics.some((d) => d.code === 'unchecked/untrusted-workspace'));
  });

  it('keeps the old findings and says so when a look-up fails', async () => {
    client = await startClient({
      files: WORKSPACE,
      initialize: { initializationOptions: { trusted: true } },
      dependencies: { detectDrift: () => Promise.reject(new Error('the thread is gone')) },
    });
    client.open(URI, RUNBOOK);
    await client.message('window/showMessage', (each: { message: string }) =>
      each.message.includes('the thread is gone'),
    );
  });

  it('checks a document that lies in no folder, on its own', async () => {
    client = await startClient({ files: WORKSPACE });
    client.open('untitled:Untitled-1', RUNBOOK);
    await client.diagnostics('untitled:Untitled-1', (each) =>
      each.diagnostics.some((d) => d.code === 'reference/unknown-environment'),
    );
  });

  it('looks nothing up before the files that say where are known', async () => {
    const asked: DriftRequest[] = [];
    let go: () => void = () => undefined;
    const listed = new Promise<void>((resolve) => (go = resolve));
    const disk = mutable(WORKSPACE);
    const { files } = disk.dependencies as { files: { list: () => Promise<string[]> } };
    const list = files.list.bind(files);
    files.list = async () => {
      await listed;
      return await list();
    };
    client = await startClient({
      initialize: { initializationOptions: { trusted: true, showsReports: true } },
      dependencies: {
        ...disk.dependencies,
        detectDrift: (request) => {
          asked.push(request);
          return Promise.resolve({ observed: [] });
        },
      },
    });
    client.open(URI, RUNBOOK);
    await client.diagnostics(URI);
    assert.deepEqual([...asked], []);
    go();
    await client.message('drillbook/statusChanged', (each: { busy: boolean }) => each.busy);
    assert.ok(asked.every((each) => each.environments.length === 1));
  });

  it('keeps several folders apart, and takes back what it said of one that goes', async () => {
    const files = new Map([
      ['/one/a.runbook.yaml', RUNBOOK],
      ['/one/e.environment.yaml', WORKSPACE['production.environment.yaml'] ?? ''],
      ['/two/b.runbook.yaml', RUNBOOK.replace('rto: 1h', 'rto: soon')],
    ]);
    client = await startClient({
      initialize: {
        workspaceFolders: [
          { uri: 'file:///one', name: 'one' },
          { uri: 'file:///two', name: 'two' },
        ],
      },
      dependencies: {
        files: {
          rootOf: (path) => Promise.resolve(path.split('/').slice(0, 2).join('/')),
          list: (root) =>
            Promise.resolve(
              [...files.keys()].filter((path) => path.startsWith(root)).map((path) => path.slice(root.length + 1)),
            ),
          readText: (path) => Promise.resolve(files.get(path) ?? ''),
        },
      },
    });
    const unknown = (each: { diagnostics: readonly { code?: string | number }[] }): boolean =>
      each.diagnostics.some((d) => d.code === 'reference/unknown-environment');
    await client.diagnostics('file:///two/b.runbook.yaml', unknown);
    await client.diagnostics('file:///one/a.runbook.yaml', (each) => each.diagnostics.length > 0 && !unknown(each));
    await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
      event: { added: [], removed: [{ uri: 'file:///two', name: 'two' }] },
    });
    await client.diagnostics('file:///two/b.runbook.yaml', (each) => each.diagnostics.length === 0);
  });

  it('answers a cancelled request as cancelled', async () => {
    client = await startClient({ files: WORKSPACE });
    client.open(URI, RUNBOOK);
    const cancel = new CancellationTokenSource();
    const answer = client.connection.sendRequest(
      'textDocument/documentSymbol',
      { textDocument: { uri: URI } },
      cancel.token,
    );
    cancel.cancel();
    await assert.rejects(answer, (error: { code?: number }) => error.code === -32800);
  });

  it('shows the recovery plan behind the lens', async () => {
    client = await startClient({ files: WORKSPACE, initialize: { initializationOptions: { showsReports: true } } });
    await client.diagnostics(URI);
    const answer = await client.request<{ status: string; markdown: string }>('workspace/executeCommand', {
      command: 'drillbook.showPlan',
      arguments: [{ uri: URI, runbook: 'orders-db' }],
    });
    assert.equal(answer.status, 'shown');
    assert.match(answer.markdown, /\| 1 \| \*\*identity-db\*\* .*\n\| 2 \| \*\*orders-db\*\*/);
    assert.match(answer.markdown, /```mermaid\ngraph LR/);
  });

  it('tells the state of every runbook to the views', async () => {
    client = await startClient({ files: WORKSPACE });
    await client.diagnostics(URI);
    const { runbooks } = await client.request<{
      runbooks: { name: string; uri: string; line: number; dryRuns: { name: string }[] }[];
    }>('drillbook/workspaceState', null);
    assert.deepEqual(runbooks.map((each) => each.name).sort(), ['identity-db', 'orders-db']);
    const orders = runbooks.find((each) => each.name === 'orders-db');
    assert.equal(orders?.uri, URI);
    assert.equal(orders.line, 3);
    assert.deepEqual(
      orders.dryRuns.map((each) => each.name),
      ['orders'],
    );
  });

  it('answers every other request after one feature failed', async () => {
    client = await startClient({ files: WORKSPACE });
    client.open(URI, RUNBOOK);
    await client.diagnostics(URI);
    const answer = await client.request('textDocument/hover', { textDocument: { uri: URI } });
    assert.equal(answer, null);
    assert.match(client.logged.join('\n'), /textDocument\/hover failed/);
    assert.ok(await client.request('textDocument/documentSymbol', { textDocument: { uri: URI } }));
  });
});
