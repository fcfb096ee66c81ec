/** The built program against a live service: drift on the value that is wrong, looked up on a thread of its own, with a real account. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CodeLens,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver/node';
import { drillbook } from '../support/cli.ts';
import { builtProgram } from '../support/program.ts';
import { useMoto } from '../support/servers.ts';
import { messageOf } from '../support/languageClient.ts';

const RUNBOOK = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders-db, title: Orders, owners: [{ name: A, contact: a@example.com }] }
resources:
  primary:
    kind: aws/rds-instance
    id: orders-prod
    region: eu-west-1
    expect: { engine: postgres, version: "15" }
  gone: { kind: aws/s3-bucket, id: drillbook-not-there, region: eu-west-1 }
  down: { kind: database/redis, id: nobody, expect: { version: "7" } }
  other: { kind: azure/blob-container, id: acme/backups }
restore:
  steps:
    - { id: fetch, run: "aws s3 cp s3://drillbook-nor-there/x ." }
`;

interface Told {
  readonly code: string;
  readonly range: unknown;
  readonly message: string;
}

describe('the language server against a live service', function () {
  this.timeout(60_000);
  const moto = useMoto();
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drillbook-live-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('shows drift after opening, and says so in the lens', async () => {
    const endpoint = moto().endpoint;
    const rds = new RDSClient({
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'orders-prod',
        DBInstanceClass: 'db.t3.micro',
        Engine: 'postgres',
        EngineVersion: '16.3',
        AllocatedStorage: 20,
        MasterUsername: 'admin1',
        MasterUserPassword: 'long-enough-1',
      }),
    );
    const environment = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: test }
aws: { account: "123456789012", endpoint: "${endpoint}", regions: [eu-west-1] }
databases: { nobody: { engine: redis, host: 127.0.0.1, port: 1 } }
`;
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, 'a.runbook.yaml'), RUNBOOK);
    writeFileSync(join(folder, 'test.environment.yaml'), environment);
    const child = spawn(process.execPath, [builtProgram(), 'lsp'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        XDG_CACHE_HOME: join(folder, 'cache'),
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
    try {
      const connection = createProtocolConnection(
        new StreamMessageReader(child.stdout),
        new StreamMessageWriter(child.stdin),
      );
      const uri = pathToFileURL(join(folder, 'a.runbook.yaml')).toString();
      const last: PublishDiagnosticsParams[] = [];
      const found = new Promise<PublishDiagnosticsParams>((resolve, reject) => {
        const limit = setTimeout(() => reject(new Error(`no drift came: ${JSON.stringify(last.at(-1))}`)), 30_000);
        connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
          if (params.uri !== uri) return;
          last.push(params);
          if (!params.diagnostics.some((each) => each.code === 'drift/version-major')) return;
          clearTimeout(limit);
          resolve(params);
        });
      });
      connection.listen();
      await connection.sendRequest('initialize', {
        processId: process.pid,
        rootUri: pathToFileURL(folder).toString(),
        capabilities: { textDocument: { publishDiagnostics: {} } },
        initializationOptions: { trusted: true },
      });
      await connection.sendNotification('initialized', {});
      await connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'drillbook', version: 1, text: RUNBOOK },
      });
      const { diagnostics } = await found;
      const version = diagnostics.find((each) => each.code === 'drift/version-major');
      assert.deepEqual(version?.range.start, { line: 8, character: 41 });
      assert.match(messageOf(version), /16\.3/);
      const missing = diagnostics.find((each) => each.code === 'drift/missing');
      assert.equal(missing?.range.start.line, 9);
      if (process.platform === 'linux') assert.deepEqual(prioritiesOf(child.pid), [0, 10]);
      const { stdout } = await drillbook(['drift', 'a.runbook.yaml', '--format', 'json'], {
        cwd: folder,
        env: { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      });
      const said = (all: readonly Told[]): readonly string[] =>
        all.map(({ code, range, message }) => `${code} ${JSON.stringify(range)} ${message}`).sort();
      const { findings } = JSON.parse(stdout) as { findings: readonly Told[] };
      const shown = diagnostics.map((each): Told => {
        // The editor says how old an answer is besides.
        const message = messageOf(each).replace(/ \(seen [^()]*\)$/, '');
        return { code: String(each.code), range: each.range, message };
      });
      assert.deepEqual(said(shown), said(findings), 'editor and command line say the same');
      assert.deepEqual(
        [...new Set(findings.map(({ code }) => code).filter((code) => /^(?:drift|unch)/.test(code)))],
        ['drift/version-major', 'drift/missing', 'unchecked/unreachable', 'unchecked/unsupported'],
      );
      const lenses = await connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
      assert.ok(
        lenses.some((lens) => /^\d+ drifted .*checked just now/.test(lens.command?.title ?? '')),
        JSON.stringify(lenses),
      );
    } finally {
      child.kill('SIGKILL');
    }
  });
});

/** The different priorities of a process's threads: the look-up gives way to the editor. */
function prioritiesOf(pid: number | undefined): readonly number[] {
  const tasks = `/proc/${String(pid)}/task`;
  const found = readdirSync(tasks).map((task) => {
    const fields = readFileSync(`${tasks}/${task}/stat`, 'utf8')
      .replace(/^.*\) /su, '')
      .split(' ');
    return Number(fields[16]);
  });
  return [...new Set(found)].sort((one, other) => one - other);
}
