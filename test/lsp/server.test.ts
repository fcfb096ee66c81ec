/** The server over real JSON-RPC: sync, pushed and pulled diagnostics, lenses, commands. */
import assert from 'node:assert/strict';
import type { CodeLens } from 'vscode-languageserver';
import { startClient, type TestClient } from '../support/languageClient.ts';
import { RUNBOOK, WORKSPACE } from '../support/runbooks.ts';

const URI = 'file:///work%20space/runbooks/orders.runbook.yaml';

describe('language server', () => {
  let client: TestClient | undefined;
  afterEach(async () => {
    await client?.close();
    client = undefined;
  });

  it('announces push and not pull to a client that takes pushed diagnostics', async () => {
    client = await startClient();
    assert.equal(client.initialized.capabilities.diagnosticProvider, undefined);
    assert.equal(client.initialized.capabilities.positionEncoding, 'utf-16');
  });

  it('announces pull to a client that only pulls, and pushes nothing to it', async () => {
    client = await startClient({ initialize: { capabilities: { textDocument: { diagnostic: {} } } } });
    assert.ok(client.initialized.capabilities.diagnosticProvider);
    client.open(URI, RUNBOOK.replace('recovery: scripted', 'recovery: scriptd'));
    const report = await client.request<{ items: { code: string }[] }>('textDocument/diagnostic', {
      textDocument: { uri: URI },
    });
    assert.deepEqual(
      report.items.map((each) => each.code).filter((code) => code.startsWith('schema/')),
      ['schema/value'],
    );
    assert.equal(client.pushed.length, 0);
  });

  it('pushes a finding with its version, range, code and link, and takes it back when it is mended', async () => {
    client = await startClient({ files: WORKSPACE });
    client.open(URI, RUNBOOK.replace('recovery: scripted', 'recovery: scriptd'), 7);
    const found = await client.diagnostics(
      URI,
      (each) => each.version === 7 && each.diagnostics.some((d) => d.code === 'schema/value'),
    );
    const finding = found.find((each) => each.code === 'schema/value');
    assert.deepEqual(finding?.range, { start: { line: 11, character: 10 }, end: { line: 11, character: 17 } });
    assert.equal(finding.severity, 1);
    assert.equal(finding.codeDescription?.href, 'https://example.test/rules/schema/value.md');
    client.change(URI, RUNBOOK, 8);
    await client.diagnostics(
      URI,
      (each) => each.version === 8 && !each.diagnostics.some((d) => d.code === 'schema/value'),
    );
  });

  it('pushes findings of documents that nobody opened', async () => {
    client = await startClient({
      files: { ...WORKSPACE, 'runbooks/orders.runbook.yaml': RUNBOOK.replace('rto: 1h', 'rto: soon') },
    });
    const found = await client.diagnostics(
      URI,
      (each) => each.version === undefined && each.diagnostics.some((d) => d.code === 'schema/format'),
    );
    assert.ok(found.length > 0);
  });

  it('sends its own notifications only to a client that shows them', async () => {
    for (const showsReports of [true, false]) {
      client = await startClient({ files: WORKSPACE, initialize: { initializationOptions: { showsReports } } });
      client.open(URI, RUNBOOK);
      await client.diagnostics(URI);
      await client.request('drillbook/workspaceState', {});
      const own = client.received.filter(({ method }) => method.startsWith('drillbook/'));
      assert.equal(own.length > 0, showsReports);
      await client.close();
    }
    client = undefined;
  });

  it('leaves other people’s YAML alone', async () => {
    client = await startClient();
    const uri = 'file:///work%20space/compose.yaml';
    client.open(uri, 'services:\n  web: [\n');
    client.open(URI, RUNBOOK);
    await client.diagnostics(URI);
    assert.deepEqual(
      client.pushed.filter((each) => each.uri === uri),
      [],
    );
  });

  it('shows a lens for each dry run that carries the command of the contract', async () => {
    client = await startClient({ files: WORKSPACE });
    client.open(URI, RUNBOOK);
    const lenses = await client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: URI } });
    const lens = lenses.find((each) => each.command?.command === 'drillbook.dryRun');
    assert.match(lens?.command?.title ?? '', /^Dry-run restore · level 3 · never run$/);
    assert.deepEqual(lens?.command?.arguments, [{ uri: URI, runbook: 'orders-db', name: 'orders', level: 3 }]);
    assert.ok(
      lenses.some((each) => each.command?.command === 'drillbook.refreshDrift' && each.range.start.line === 13),
    );
    assert.ok(lenses.some((each) => each.command?.command === 'drillbook.showPlan'));
  });

  it('refuses a dry run where the workspace is not trusted, and starts nothing', async () => {
    let started = 0;
    client = await startClient({
      files: WORKSPACE,
      dependencies: { startDryRun: () => ((started += 1), Promise.reject(new Error('started'))) },
    });
    client.open(URI, RUNBOOK);
    const answer = await client.request<{ status: string; message: string }>('workspace/executeCommand', {
      command: 'drillbook.dryRun',
      arguments: [{ uri: URI, runbook: 'orders-db', confirmed: true }],
    });
    assert.equal(answer.status, 'refused');
    assert.match(answer.message, /not trusted/);
    assert.equal(started, 0);
  });

  it('takes nothing but true for a confirmation, and any text for the name of a record', async () => {
    let started = 0;
    client = await startClient({
      files: WORKSPACE,
      initialize: { initializationOptions: { trusted: true } },
      dependencies: { startDryRun: () => ((started += 1), Promise.reject(new Error('started'))) },
    });
    const asked = client;
    asked.open(URI, RUNBOOK);
    const ask = async (command: string, more: object): Promise<{ status: string }> =>
      await asked.request('workspace/executeCommand', {
        command,
        arguments: [{ uri: URI, runbook: 'orders-db', ...more }],
      });
    for (const confirmed of ['true', 1, {}, null])
      assert.equal((await ask('drillbook.dryRun', { confirmed })).status, 'needs-confirmation');
    assert.equal(started, 0);
    assert.equal((await ask('drillbook.showEvidence', { evidence: 'file:///a/100%.json' })).status, 'none');
  });

  it('asks for confirmation with what would be read and restored, then runs with progress and a result', async () => {
    let started = 0;
    client = await startClient({
      files: WORKSPACE,
      initialize: { initializationOptions: { trusted: true } },
      answers: { 'window/showDocument': () => ({ success: true }) },
      dependencies: {
        startDryRun: (start) => {
          started += 1;
          assert.equal(start.signal.aborted, false);
          start.onEvent({ event: 'stage', stage: 'restore', state: 'started', at: '2026-11-22T12:00:00Z' });
          return Promise.resolve({
            result: 'passed',
            message: 'restored',
            evidence: '/work space/.drillbook/evidence/1.json',
            report: '/tmp/report.html',
          });
        },
      },
    });
    client.open(URI, RUNBOOK);
    const ask = { uri: URI, runbook: 'orders-db', name: 'orders', level: 3 };
    const first = await client.request<{ status: string; plan: { reads: string[]; restoresInto: string } }>(
      'workspace/executeCommand',
      {
        command: 'drillbook.dryRun',
        arguments: [ask],
      },
    );
    assert.equal(first.status, 'needs-confirmation');
    assert.equal(started, 0);
    assert.match(first.plan.reads.join(), /hourly.*s3:\/\/acme-backups-prod\/orders\/hourly\//);
    assert.match(first.plan.restoresInto, /postgres 15/);
    const second = await client.request('workspace/executeCommand', {
      command: 'drillbook.dryRun',
      arguments: [{ ...ask, confirmed: true }],
    });
    assert.deepEqual(second, {
      status: 'passed',
      message: 'restored',
      evidence: 'file:///work%20space/.drillbook/evidence/1.json',
      report: 'file:///tmp/report.html',
    });
    await client.message('$/progress', (params: { value: { kind: string } }) => params.value.kind === 'end');
    await client.message('window/showDocument', (params: { uri: string }) => params.uri === 'file:///tmp/report.html');
    assert.ok(client.received.every(({ method }) => !method.startsWith('drillbook/')));
  });

  it('cancels a dry run by its progress', async () => {
    let begun: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (begun = resolve));
    client = await startClient({
      files: WORKSPACE,
      initialize: { initializationOptions: { trusted: true, showsReports: true } },
      dependencies: {
        startDryRun: (start) =>
          new Promise((resolve) => {
            begun();
            start.signal.addEventListener('abort', () => resolve({ result: 'cancelled', message: 'cancelled' }));
          }),
      },
    });
    client.open(URI, RUNBOOK);
    const answer = client.request<{ status: string }>('workspace/executeCommand', {
      command: 'drillbook.dryRun',
      workDoneToken: 'mine',
      arguments: [{ uri: URI, runbook: 'orders-db', confirmed: true }],
    });
    await running;
    await client.connection.sendNotification('window/workDoneProgress/cancel', { token: 'mine' });
    assert.equal((await answer).status, 'cancelled');
  });

  it('refuses a command that it doesn’t know and lists those it does', async () => {
    client = await startClient();
    await assert.rejects(
      client.request('workspace/executeCommand', { command: 'drillbook.nothing' }),
      /no command "drillbook.nothing".*drillbook\.dryRun/,
    );
  });

  it('keeps the old findings and says so when a check fails', async () => {
    let broken = false;
    client = await startClient({
      files: WORKSPACE,
      dependencies: {
        readEvidence: () =>
          Promise.resolve({
            problems: [],
            get entries() {
              if (broken) throw new Error('a broken rule');
              return [];
            },
          }),
      },
    });
    client.open(URI, RUNBOOK.replace('rto: 1h', 'rto: soon'));
    await client.diagnostics(URI, (each) => each.diagnostics.some((d) => String(d.code).startsWith('practice/')));
    broken = true;
    const before = client.pushed.length;
    client.change(URI, RUNBOOK, 2);
    const said = (await client.message('window/showMessage', (each: { message: string }) =>
      /check failed/.test(each.message),
    )) as { message: string };
    assert.match(said.message, /a broken rule/);
    assert.deepEqual(
      client.pushed.slice(before).filter((each) => each.uri === URI && each.diagnostics.length === 0),
      [],
    );
  });

  it('says once a document that an untrusted workspace is not compared', async () => {
    client = await startClient({ files: WORKSPACE });
    client.open(URI, RUNBOOK);
    const found = await client.diagnostics(URI, (each) =>
      each.diagnostics.some((d) => d.code === 'unchecked/untrusted-workspace'),
    );
    assert.equal(found.filter((each) => each.code === 'unchecked/untrusted-workspace').length, 1);
  });
});
