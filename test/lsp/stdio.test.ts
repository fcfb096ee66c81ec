/** The built program as a language server: over stdio, over Node's channel and over a socket. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  IPCMessageReader,
  IPCMessageWriter,
  SocketMessageReader,
  SocketMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver/node';
import { builtProgram } from '../support/program.ts';
import { RUNBOOK } from '../support/runbooks.ts';

describe('the program as a language server', function () {
  this.timeout(30_000);
  let folder = '';
  let child: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drillbook-lsp-'));
  });
  afterEach(async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await new Promise((resolve) => child?.once('close', resolve));
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function talk(connection: ProtocolConnection): Promise<void> {
    const file = join(folder, 'orders.runbook.yaml');
    writeFileSync(file, RUNBOOK);
    const uri = pathToFileURL(file).toString();
    const found = new Promise<PublishDiagnosticsParams>((resolve) => {
      connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
        if (params.version === 3 && params.diagnostics.some((each) => each.code === 'schema/value')) resolve(params);
      });
    });
    connection.listen();
    const { capabilities, serverInfo } = await connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(folder).toString(),
      capabilities: { textDocument: { publishDiagnostics: { versionSupport: true } } },
    });
    assert.equal(serverInfo?.name, 'drillbook');
    assert.ok(capabilities.codeLensProvider);
    await connection.sendNotification('initialized', {});
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 3, text: RUNBOOK.replace('recovery: scripted', 'recovery: x') },
    });
    const { diagnostics } = await found;
    assert.ok(diagnostics.every((each) => each.source === 'drillbook'));
    const ended = new Promise((resolve) => child?.once('exit', (code) => resolve(code)));
    await connection.sendRequest('shutdown');
    await connection.sendNotification('exit');
    assert.equal(await ended, 0);
  }

  it('speaks over stdio, and writes nothing else to stdout', async () => {
    child = spawn(process.execPath, [builtProgram(), 'lsp'], { stdio: ['pipe', 'pipe', 'inherit'], cwd: folder });
    await talk(createProtocolConnection(new StreamMessageReader(child.stdout!), new StreamMessageWriter(child.stdin!)));
  });

  it('speaks over the channel of the Node process that started it', async () => {
    child = spawn(process.execPath, [builtProgram(), 'lsp', '--node-ipc'], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      cwd: folder,
    });
    await talk(createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child)));
  });

  it('speaks over a socket', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const connected = new Promise<import('node:net').Socket>((resolve) => server.once('connection', resolve));
    child = spawn(process.execPath, [builtProgram(), 'lsp', `--socket=${address.port}`], {
      stdio: 'inherit',
      cwd: folder,
    });
    const socket = await connected;
    await talk(createProtocolConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket)));
    server.close();
  });

  it('ends when its client goes away', async () => {
    child = spawn(process.execPath, [builtProgram(), 'lsp'], { stdio: ['pipe', 'pipe', 'inherit'], cwd: folder });
    const started = child;
    await new Promise((resolve) => started.once('spawn', resolve));
    const ended = new Promise((resolve) => started.once('exit', resolve));
    started.stdin!.end();
    await ended;
  });
});
