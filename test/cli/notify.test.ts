/** `--notify` and `--metrics`, end to end: a hook on loopback that checks the signature, and a strict reader of OpenMetrics. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drillbook, folderOf, type Folder } from '../support/cli.ts';
import { ENVIRONMENT, RUNBOOK } from '../support/cliDocuments.ts';
import { PROJECT } from '../support/program.ts';

interface Told {
  readonly signature: string | undefined;
  readonly body: string;
}

const FOLDERS = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: shelf }
dataClass: kept
backups: { nightly: { tool: files, in: { folder: ./backups }, schedule: "0 2 * * *" } }
restore: { rpo: 1000d, rto: 1h }
dryRuns:
  first: { backup: nightly, sandbox: { engine: files }, checks: [{ name: there, files: "**", expect: ">=1" }] }
  second: { backup: nightly, sandbox: { engine: files }, checks: [{ name: there, files: "**", expect: ">=1" }] }
`;
const POLICY = `apiVersion: drillbook/v1
kind: Policy
metadata: { name: acme }
classes: { kept: { recovery: passive, rpo: 1000d, rto: 1h, verify: { restoreTest: { every: 30d }, drill: { every: 90d } } } }
`;

describe('dry-run --notify and --metrics', function () {
  this.timeout(30_000);
  let folder: Folder;
  let server: Server;
  const told: Told[] = [];
  /** Statuses of the next answers; 200 after them. */
  const answers: number[] = [];
  beforeEach(async () => {
    told.length = 0;
    answers.length = 0;
    folder = folderOf({ 'a.runbook.yaml': RUNBOOK, 'b.environment.yaml': ENVIRONMENT });
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        const signature = request.headers['x-drillbook-signature'];
        told.push({ signature: Array.isArray(signature) ? signature[0] : signature, body });
        response.statusCode = answers.shift() ?? 200;
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.close();
    folder.remove();
  });
  const run = async (...more: string[]): ReturnType<typeof drillbook> =>
    await drillbook(['dry-run', ...more], {
      cwd: folder.path,
      env: { DRILLBOOK_NOTIFY_SECRET: 'shared between us' },
    });
  const hook = (): readonly string[] => [
    '--notify',
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=of-the-hook`,
  ];
  const said = (): readonly { event: string; runbook: string; layer?: string; text: string }[] =>
    told.map(({ body }) => JSON.parse(body) as { event: string; runbook: string; layer?: string; text: string });

  it('tells the hook what did not pass, signed with the shared secret', async () => {
    const { stderr, stdout } = await run('orders-db', '--level', '1', '--yes', ...hook());
    assert.equal(told.length, 1, stderr);
    const { signature, body } = told[0] ?? { signature: '', body: '' };
    assert.equal(signature, `sha256=${createHmac('sha256', 'shared between us').update(body).digest('hex')}`);
    assert.deepEqual(
      said().map(({ event, runbook }) => [event === 'failed' || event === 'inconclusive', runbook]),
      [[true, 'orders-db']],
    );
    assert.doesNotMatch(body + stdout + stderr, /shared between us|of-the-hook/u);
  });

  it('tells the hook all the same where the metrics can’t be written, and says where that was', async () => {
    folder.write({ plain: '' });
    const { status, stderr } = await run('orders-db', '--level', '1', '--yes', '--metrics', 'plain/m.prom', ...hook());
    assert.equal(status, 2, stderr);
    assert.match(stderr, /plain\/m\.prom can't be written: /u);
    assert.equal(told.length, 1);
  });

  it('is verified by what the documentation tells a receiver to run, by the secret and by the key', async () => {
    const page = readFileSync(join(PROJECT, 'docs/evidence.md'), 'utf8');
    const script = /```sh\n(# body\.json[\s\S]*?)```/u.exec(page)?.[1] ?? '';
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    folder.write({
      'own.pem': privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      'known.pem': publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    });
    const verifies = (body: string, signature: string | undefined): boolean => {
      folder.write({ 'body.json': body });
      const env = { ...process.env, SIGNATURE: signature, SECRET: 'shared secret' };
      return spawnSync('sh', ['-c', script], { cwd: folder.path, env }).status === 0;
    };
    for (const env of [
      { DRILLBOOK_NOTIFY_SECRET: 'shared secret' },
      { DRILLBOOK_SIGNING_KEY_FILE: join(folder.path, 'own.pem') },
    ]) {
      told.length = 0;
      await drillbook(['dry-run', 'orders-db', '--level', '1', '--yes', ...hook()], { cwd: folder.path, env });
      const [message] = told;
      assert.ok(message, 'nothing was told');
      assert.ok(verifies(message.body, message.signature), message.signature);
      assert.ok(!verifies(`${message.body} `, message.signature));
      assert.ok(!verifies(message.body, undefined));
    }
  });

  it('says nothing of a run that passed', async () => {
    const { status } = await run('orders-db', '--level', '0', '--yes', ...hook());
    assert.equal(status, 0);
    assert.deepEqual(told, []);
  });

  it('tries again where the hook is not well, not where it refuses, and never changes the result', async () => {
    answers.push(503, 429);
    const { status } = await run('orders-db', '--level', '1', '--yes', ...hook());
    assert.equal(told.length, 3);
    answers.push(403);
    const refused = await run('orders-db', '--level', '1', '--yes', ...hook());
    assert.equal(told.length, 4);
    assert.match(refused.stderr, /The hook 127\.0\.0\.1:\d+ answered 403; the result stands\./u);
    assert.equal(refused.status, status);
  });

  it('tells with --due what is overdue and can’t be run, and keeps the metrics of all', async () => {
    folder.write({ 'a.runbook.yaml': FOLDERS, 'c.policy.yaml': POLICY, 'backups/a.txt': 'one' });
    execFileSync('tar', ['-cf', 'backups/shelf-1.tar', 'backups/a.txt'], { cwd: folder.path });
    const file = join(folder.path, 'drillbook.prom');
    const both = await run('--due', '--yes', '--metrics', file, ...hook());
    assert.equal(both.status, 0, both.stderr);
    assert.deepEqual(
      said().map(({ event, runbook, layer }) => [event, runbook, layer]),
      [['overdue', 'shelf', 'drill']],
    );
    const { stdout } = await run('--due', '--yes', '--metrics', file, ...hook());
    assert.equal(stdout, 'No dry run is due.\n');
    assert.equal(told.length, 2);
    for (const name of ['first', 'second'])
      assert.match(
        readFileSync(file, 'utf8'),
        new RegExp(`^drillbook_dry_run_passed\\{runbook="shelf",dry_run="${name}",[^}]+\\} 1$`, 'mu'),
      );
  });

  it('runs with --due again what failed the last time, whether a policy asks for it or not', async () => {
    folder.write({ 'a.runbook.yaml': FOLDERS.replace('dataClass: kept\n', ''), 'backups/a.txt': 'one' });
    const due = async (): Promise<string> => (await run('--due', '--yes')).stdout;
    assert.equal(await due(), 'No dry run is due.\n');
    assert.equal((await run('shelf#first', '--yes')).status, 1);
    assert.match(await due(), /✖ shelf#first failed/u);
    execFileSync('tar', ['-cf', 'backups/shelf-1.tar', 'backups/a.txt'], { cwd: folder.path });
    assert.match(await due(), /✔ shelf#first passed/u);
    assert.equal(await due(), 'No dry run is due.\n');
  });

  it('plays with --due the scenarios of what is due, those never played, and those that failed the last time', async () => {
    const with2 = FOLDERS.replace('dataClass: kept\n', '').replace(
      '  first: { backup: nightly,',
      '  first: { backup: nightly, scenarios: [newest-missing, person-away],',
    );
    folder.write({ 'a.runbook.yaml': with2, 'backups/a.txt': 'one' });
    execFileSync('tar', ['-cf', 'backups/shelf-1.tar', 'backups/a.txt'], { cwd: folder.path });
    const due = async (): Promise<readonly string[]> =>
      (
        JSON.parse((await run('--due', '--yes', '--format', 'json')).stdout) as {
          dryRun: string;
          scenario?: string;
          result: string;
        }[]
      ).map((each) => `${each.dryRun} ${each.scenario ?? '-'} ${each.result}`);
    const first = await due();
    assert.deepEqual(
      first.map((each) => each.split(' ').slice(0, 2).join(' ')),
      ['first newest-missing', 'first person-away'],
    );
    const failed = first.filter((each) => each.endsWith('failed'));
    assert.ok(failed.length > 0, first.join());
    assert.deepEqual(await due(), failed);
    const told = await run('shelf#first', '--scenario', 'person-away', '--level', '1');
    assert.match(told.stdout, /shelf#first failed: .*, scenario person-away\n {2}In the scenario person-away: /u);
  });

  it('runs with --all what can be planned, and is 3 for what can’t', async () => {
    const broken = FOLDERS.replace('  second: { backup: nightly', '  second: { backup: ghost');
    folder.write({ 'a.runbook.yaml': broken, 'c.policy.yaml': POLICY, 'backups/a.txt': 'one' });
    execFileSync('tar', ['-cf', 'backups/shelf-1.tar', 'backups/a.txt'], { cwd: folder.path });
    const { status, stderr, stdout } = await run('--all', '--yes', ...hook());
    assert.equal(status, 3, stderr);
    assert.match(stderr, /Not run: There is no backup "ghost" under "backups"/u);
    assert.match(stdout, /✔ shelf#first passed/u);
    assert.deepEqual(
      said().map(({ event, layer, text }) => [event, layer, /of second/u.test(text)]),
      [
        ['overdue', 'restore-test', true],
        ['overdue', 'drill', false],
      ],
    );
    assert.equal((await run('shelf#first', '--level', '4', '--max-cost', 'much')).status, 2);
  });

  it('refuses a host that no one approved, before anything runs', async () => {
    const { status, stderr } = await run(
      'orders-db',
      '--level',
      '0',
      '--yes',
      '--notify',
      'https://hooks.example.com/x',
    );
    assert.equal(status, 2);
    assert.match(stderr, /hooks\.example\.com is not approved; approve it with --allow-host hooks\.example\.com/u);
  });

  it('writes metrics that hold the grammar: families together, told before their samples, and an end', async () => {
    const file = join(folder.path, 'drillbook.prom');
    await run('orders-db', '--level', '0', '--yes', '--metrics', file);
    const text = readFileSync(file, 'utf8');
    assert.ok(text.endsWith('# EOF\n'));
    const seen = new Set<string>();
    let family = '';
    for (const line of text.slice(0, -'# EOF\n'.length).trimEnd().split('\n')) {
      const meta = /^# (HELP|TYPE) ([a-z_:][a-z0-9_:]*) (.+)$/u.exec(line);
      if (meta?.[1] === 'HELP') {
        family = meta[2] ?? '';
        assert.ok(!seen.has(family), `${family} twice`);
        seen.add(family);
      } else if (meta) assert.deepEqual([meta[2], meta[3]], [family, 'gauge']);
      else
        assert.match(
          line,
          new RegExp(
            `^${family}\\{(?:[a-z_]+="(?:[^"\\\\\\n]|\\\\[\\\\"n])*",?)+\\} -?[0-9]+(?:\\.[0-9]+)?(?:e[+-]?[0-9]+)?$`,
            'u',
          ),
        );
    }
    assert.ok(seen.has('drillbook_dry_run_passed') && seen.has('drillbook_dry_run_rto_seconds'));
  });
});
