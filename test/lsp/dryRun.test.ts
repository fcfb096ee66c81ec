/** The lens clicked through by any client: a real backup of the example restored into a real Postgres, from the built program over stdio. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CodeLens,
  type Command,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import type { DryRunEventParams, DryRunResponse } from '../../server/src/protocol.ts';
import { builtProgram, PROJECT } from '../support/program.ts';

describe('a dry run from the lens', function () {
  this.timeout(180_000);
  let folder = '';
  let stop: () => void = () => undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drillbook-lens-'));
    cpSync(join(PROJECT, 'examples'), folder, { recursive: true });
    mkdirSync(join(folder, '.git'), { recursive: true });
  });
  afterEach(() => {
    stop();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Started {
    readonly connection: ProtocolConnection;
    readonly uri: string;
    readonly events: DryRunEventParams[];
    lens(): Promise<Command>;
    run(command: Command, more: object, token?: string): Promise<DryRunResponse>;
  }

  async function start(): Promise<Started> {
    const child = spawn(process.execPath, [builtProgram(), 'lsp'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') },
    });
    stop = () => void child.kill('SIGKILL');
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    const events: DryRunEventParams[] = [];
    connection.onNotification('drillbook/dryRunEvent', (params: DryRunEventParams) => void events.push(params));
    connection.listen();
    const file = join(folder, 'runbooks/ledger.runbook.yaml');
    const uri = pathToFileURL(file).toString();
    await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(folder).toString(),
      capabilities: {},
      initializationOptions: { trusted: true, liveOnOpen: false, showsReports: true },
    });
    await connection.sendNotification('initialized', {});
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text: readFileSync(file, 'utf8') },
    });
    return {
      connection,
      uri,
      events,
      lens: async () => {
        const lenses = await connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
        const found = lenses.find((each) => each.command?.command === 'drillbook.dryRun')?.command;
        assert.ok(found, JSON.stringify(lenses));
        return found;
      },
      run: (command, more, workDoneToken) =>
        connection.sendRequest<DryRunResponse>('workspace/executeCommand', {
          command: command.command,
          arguments: [{ ...(command.arguments?.[0] as object), ...more }],
          ...(workDoneToken === undefined ? {} : { workDoneToken }),
        }),
    };
  }

  it('asks first, then restores, checks, tears down, keeps evidence and says so in the lens', async () => {
    const client = await start();
    const lens = await client.lens();
    assert.match(lens.title, /level 3 · never run$/);
    const first = await client.run(lens, {});
    assert.equal(first.status, 'needs-confirmation');
    assert.ok(!existsSync(join(folder, '.drillbook')), 'nothing was started');
    const answer = await client.run(lens, { confirmed: true });
    assert.equal(answer.status, 'passed', JSON.stringify(answer));
    const { evidence } = answer as { evidence?: string };
    assert.ok(evidence);
    const record = JSON.parse(readFileSync(fileURLToPath(evidence), 'utf8')) as {
      level: number;
      teardown: { remaining: unknown[] };
    };
    assert.equal(record.level, 3);
    assert.deepEqual(record.teardown.remaining, []);
    const checks = client.events.filter(({ event }) => event.event === 'check');
    assert.ok(checks.length > 0 && checks.every((each) => each.line !== undefined));
    assert.match((await client.lens()).title, /last passed just now at level 3/);
  });

  it('waits for the workspace to be read, where it is asked right after "initialized"', async () => {
    const { connection, uri } = await start();
    const answer = await connection.sendRequest<DryRunResponse>('workspace/executeCommand', {
      command: 'drillbook.dryRun',
      arguments: [{ uri: uri.replace('ledger', 'orders'), runbook: 'orders-db' }],
    });
    assert.equal(answer.status, 'needs-confirmation', JSON.stringify(answer));
  });

  it('cancels by its progress, tears down and says cancelled', async () => {
    const client = await start();
    const answer = client.run(await client.lens(), { confirmed: true }, 'mine');
    await new Promise<void>((resolve) => {
      client.connection.onNotification('drillbook/dryRunEvent', ({ event }: DryRunEventParams) => {
        if (event.event === 'stage' && event.stage === 'provision') resolve();
      });
    });
    await client.connection.sendNotification('window/workDoneProgress/cancel', { token: 'mine' });
    const { status } = await answer;
    assert.equal(status, 'cancelled');
  });
});
