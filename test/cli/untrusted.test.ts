/** With --untrusted no command starts a process, opens a connection or reads a secret: seen from inside of the process. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drillbook, folderOf, plainEnvironment, type CliResult, type Folder } from '../support/cli.ts';
import { builtProgram, PROJECT } from '../support/program.ts';

const WITNESS = new URL('../support/witness.mjs', import.meta.url).href;
/** Everything that may name a host, a secret, a program or a state. */
const ENVIRONMENT = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
vars: { backups: ./backups }
aws:
  endpoint: http://127.0.0.1:9
  accounts: { prod: { id: "123456789012", accessKeyId: { env: KEY }, secretAccessKey: { file: ./secret.txt } } }
  regions: [eu-west-1]
databases:
  orders: { engine: postgres, host: 127.0.0.1, port: 9, user: me, password: { file: ./secret.txt } }
sandboxes: { ci: { kind: server, engine: postgres, host: 127.0.0.1, user: me, password: { file: ./secret.txt } } }
`;
const RUNBOOK = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: evil }
environment: production
recovery: scripted
resources:
  db: { kind: database/postgres, id: orders, expect: { version: "15" } }
  vault: { kind: aws/s3-bucket, id: acme, account: prod, expect: { versioning: enabled } }
backups:
  nightly:
    of: db
    tool: command
    command: { find: "touch owned", restore: "touch owned" }
    in: { bucket: vault, prefix: x/ }
    schedule: "0 1 * * *"
restore:
  rpo: 1d
  rto: 1h
  steps: [{ id: load, run: touch owned }]
dryRuns:
  full: { backup: nightly, steps: true, sandbox: { engine: postgres, version: "15" }, checks: [{ name: x, query: select 1, expect: 1 }] }
`;

interface Seen {
  readonly result: CliResult;
  readonly log: readonly string[];
}

describe('--untrusted', function () {
  this.timeout(60_000);
  let folder: Folder;
  let place: string;
  let journal: string;
  before(async () => {
    place = mkdtempSync(join(tmpdir(), 'drillbook-witness-'));
    journal = join(place, 'log');
    folder = folderOf({});
    cpSync(join(PROJECT, 'examples'), folder.path, { recursive: true });
    // Evidence of before, so that there is something to show and to verify.
    await drillbook(['dry-run', 'ledger', '--yes'], { cwd: folder.path });
    rmSync(join(folder.path, 'environments'), { recursive: true });
    spawnSync('git', ['init', '-q'], { cwd: folder.path });
    folder.write({
      'p.environment.yaml': ENVIRONMENT,
      'evil.runbook.yaml': RUNBOOK,
      'secret.txt': 'hunter2-of-the-test',
      'wiki.md': '# Restore\n\n```sh\ntouch owned\n```\n',
    });
  });
  after(() => {
    folder.remove();
    rmSync(place, { recursive: true, force: true });
  });

  async function seen(...args: string[]): Promise<Seen> {
    writeFileSync(journal, '');
    const result = await drillbook(args, {
      cwd: folder.path,
      env: { NODE_OPTIONS: `--import=${WITNESS}`, WITNESS: journal, KEY: 'AKIA-of-the-test' },
    });
    return { result, log: readFileSync(journal, 'utf8').trimEnd().split('\n') };
  }
  function nothingDone({ result, log }: Seen): void {
    const bad = log.filter((line) => !line.startsWith('read ') || line.includes('secret.txt'));
    assert.deepEqual(bad, [], result.stderr);
    assert.ok(
      log.some((line) => line.startsWith('read ')),
      'the witness saw nothing at all',
    );
    assert.doesNotMatch(result.stdout + result.stderr, /hunter2|AKIA-of/u);
    assert.ok(!existsSync(join(folder.path, 'owned')));
  }

  for (const args of [
    ['check'],
    ['drift'],
    ['drift', '--plan'],
    ['drift', '--permissions'],
    ['dry-run', 'evil', '--yes'],
    ['dry-run', 'evil', '--level', '0'],
    ['dry-run', 'evil', '--level', '1', '--yes', '--events'],
    ['dry-run', '--all', '--yes', '--notify', 'http://127.0.0.1:9/'],
    ['dry-run', '--due', '--yes'],
    ['plan'],
    ['coverage'],
    ['readiness', '--format', 'html'],
    ['evidence', 'list'],
    ['evidence', 'verify'],
    ['evidence', 'report'],
    ['export', 'evil'],
    ['doctor'],
    ['rules', 'drift/missing'],
    ['rules', '--why', 'evil.runbook.yaml'],
    ['import', 'wiki.md'],
    ['init', '--from-live', 'database/postgres', 'orders'],
    ['completion', 'bash'],
  ]) {
    it(args.join(' '), async () => nothingDone(await seen(...args, '--untrusted')));
  }

  it('--since says that it would have to ask git', async () => {
    const run = await seen('check', '--since', 'HEAD', '--untrusted');
    nothingDone(run);
    assert.equal(run.result.status, 2);
    assert.match(run.result.stderr, /untrusted/u);
  });

  it('is what makes the difference: without it the witness sees processes, connections and the secret', async () => {
    const { log } = await seen('drift');
    assert.ok(
      log.some((line) => line.startsWith('socket ')),
      log.join('\n'),
    );
    assert.ok(log.some((line) => line.includes('secret.txt')));
    assert.ok((await seen('doctor')).log.some((line) => line.startsWith('process ')));
  });

  it('is how the language server is until a person trusts the workspace', async () => {
    writeFileSync(journal, '');
    const child = spawn(process.execPath, [builtProgram(), 'lsp', '--stdio'], {
      cwd: folder.path,
      env: { ...plainEnvironment(), NODE_OPTIONS: `--import=${WITNESS}`, WITNESS: journal, KEY: 'AKIA-of-the-test' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const uri = `file://${folder.path}/evil.runbook.yaml`;
    const send = (message: object): void => {
      const text = JSON.stringify({ jsonrpc: '2.0', ...message });
      child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    };
    let answers = '';
    const done = new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        answers += text;
        // In whatever order: a dry run waits until the workspace is read.
        if ([2, 3, 4].every((id) => answers.includes(`"id":${id}`))) resolve();
      });
    });
    const root = { uri: `file://${folder.path}`, name: 'x' };
    send({
      id: 1,
      method: 'initialize',
      params: { processId: null, rootUri: root.uri, workspaceFolders: [root], capabilities: {} },
    });
    send({ method: 'initialized', params: {} });
    send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'drillbook', version: 1, text: RUNBOOK } },
    });
    const command = (id: number, name: string, argument: object): void =>
      send({ id, method: 'workspace/executeCommand', params: { command: name, arguments: [argument] } });
    command(2, 'drillbook.refreshDrift', { uri });
    command(3, 'drillbook.dryRun', { uri, runbook: 'evil', name: 'full', level: 3, confirmed: true });
    send({ id: 4, method: 'textDocument/codeLens', params: { textDocument: { uri } } });
    await done;
    send({ id: 5, method: 'shutdown', params: null });
    send({ method: 'exit' });
    await new Promise((resolve) => child.once('close', resolve));
    const log = readFileSync(journal, 'utf8').trimEnd().split('\n');
    const bad = log.filter((line) => !line.startsWith('read ') || line.includes('secret.txt'));
    assert.deepEqual(bad, []);
    assert.match(answers, /"id":2,"result":\{"status":"refused"/u);
    assert.match(answers, /"id":3,"result":\{"status":"refused"/u);
  });
});
