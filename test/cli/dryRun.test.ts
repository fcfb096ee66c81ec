/** `drillbook dry-run` as a process, on a real dump and a real Postgres: events, statuses, cancelling, and what is left behind. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { drillbook, folderOf, plainEnvironment, type Folder } from '../support/cli.ts';
import { builtProgram, PROJECT } from '../support/program.ts';

interface Event {
  readonly event: string;
  readonly stage?: string;
  readonly state?: string;
  readonly result?: string;
  readonly evidence?: string;
  readonly report?: string;
}

/** The example's ledger, with these checks in place of its own. */
function workspace(checks?: string): Folder {
  const folder = folderOf({});
  cpSync(join(PROJECT, 'examples'), folder.path, { recursive: true });
  const file = join(folder.path, 'runbooks/ledger.runbook.yaml');
  const text = readFileSync(file, 'utf8');
  if (checks !== undefined)
    writeFileSync(file, text.slice(0, text.indexOf('    checks:')) + `    checks:\n      - ${checks}\n`);
  return folder;
}

const SLOW = '{ name: slow, query: "select count(*) from entries, pg_sleep(60)", expect: ">=1" }';

describe('dry-run as a process', function () {
  this.timeout(90_000);
  let folder: Folder;
  afterEach(() => folder.remove());

  it('restores, checks and tears down: 0, with evidence that its schema holds', async () => {
    folder = workspace();
    const { status, stdout, stderr } = await drillbook(
      ['dry-run', 'ledger', '--yes', '--format', 'json', '--metrics', join(folder.path, 'm.prom')],
      { cwd: folder.path },
    );
    assert.equal(status, 0, stderr);
    const record = JSON.parse(stdout) as {
      result: string;
      level: number;
      teardown: { proven: boolean };
      checks: { actual: number }[];
    };
    assert.deepEqual(
      [record.result, record.level, record.teardown.proven, record.checks[0]?.actual],
      ['passed', 3, true, 800],
    );
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
      JSON.parse(readFileSync(join(PROJECT, 'schemas/evidence.schema.json'), 'utf8')) as object,
    );
    assert.ok(validate(record), JSON.stringify(validate.errors));
    assert.match(
      readFileSync(join(folder.path, 'm.prom'), 'utf8'),
      /^drillbook_dry_run_passed\{runbook="ledger",dry_run="ledger",data_class="books",proves="backup"\} 1$/m,
    );
    const listed = JSON.parse(
      (await drillbook(['evidence', 'list', '--format', 'json'], { cwd: folder.path })).stdout,
    ) as { total: number };
    assert.equal(listed.total, 1);
    assert.equal((await drillbook(['evidence', 'verify'], { cwd: folder.path })).status, 0);
    const [writer] = readdirSync(join(folder.path, '.drillbook/evidence')).filter((name) => !name.endsWith('.jsonl'));
    const file = join(
      folder.path,
      '.drillbook/evidence',
      writer ?? '',
      readdirSync(join(folder.path, '.drillbook/evidence', writer ?? ''))[0] ?? '',
    );
    writeFileSync(file, readFileSync(file, 'utf8').replace('"level": 3', '"level": 4'));
    assert.equal((await drillbook(['evidence', 'verify'], { cwd: folder.path })).status, 1, 'an edit is found');
  });

  it('is 1 where a check does not hold, and says which', async () => {
    folder = workspace('{ name: too few, query: select count(*) from entries, expect: ">=900" }');
    const { status, stdout } = await drillbook(['dry-run', 'ledger', '--yes'], { cwd: folder.path });
    assert.equal(status, 1);
    assert.match(stdout, /✖ +too few +800 \(expected >=900\)/);
  });

  it('is 0 at level 1 without a yes, and restores nothing', async () => {
    folder = workspace();
    const { stdout, status } = await drillbook(['dry-run', 'ledger', '--level', '1'], { cwd: folder.path });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /level 1 preflight/);
    assert.ok(!/restored into/.test(stdout));
  });

  for (const [how, stop] of [
    ['Ctrl-C', (child: ChildProcess) => child.kill('SIGINT')],
    ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
    ['a parent that goes away', (child: ChildProcess) => child.disconnect()],
  ] as const) {
    it(`tears down within 10 s on ${how}: 3, evidence "cancelled", nothing left`, async () => {
      folder = workspace(SLOW);
      const env = plainEnvironment();
      const child = spawn(process.execPath, [builtProgram(), 'dry-run', 'ledger', '--yes', '--events'], {
        cwd: folder.path,
        env,
        stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
      });
      const events: Event[] = [];
      let text = '';
      let stoppedAt = 0;
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) events.push(JSON.parse(line) as Event);
        if (stoppedAt === 0 && events.some((each) => each.stage === 'check' && each.state === 'started')) {
          stoppedAt = Date.now();
          stop(child);
        }
      });
      // Not `close`: it never comes once we disconnected the channel ourselves.
      const ended = child.stdout === null ? undefined : once(child.stdout, 'end');
      const [status] = (await once(child, 'exit')) as [number | null];
      await ended;
      assert.equal(status, 3);
      assert.ok(Date.now() - stoppedAt < 10_000);
      const result = events.find((each) => each.event === 'result');
      assert.equal(result?.result, 'cancelled');
      assert.match(readFileSync(result.evidence ?? '', 'utf8'), /"result": "cancelled"/);
      const provisioned = events.find((each) => each.stage === 'provision' && each.state === 'passed') as
        { message?: string } | undefined;
      const socket = /in (\S+)/.exec(provisioned?.message ?? '')?.[1] ?? '';
      assert.ok(socket !== '');
      const left = spawnSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' })
        .stdout.split('\n')
        .filter((line) => line.includes(join(socket, '..')) && !line.startsWith('Z'));
      assert.deepEqual(left, []);
      const reaped = await drillbook(['dry-run', '--reap'], { cwd: folder.path });
      assert.match(reaped.stdout, /Nothing was left behind/);
    });
  }

  it('removes on the next run what a killed one left behind', async () => {
    folder = workspace(SLOW);
    const child = spawn(process.execPath, [builtProgram(), 'dry-run', 'ledger', '--yes', '--events'], {
      cwd: folder.path,
      env: plainEnvironment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (chunk.includes('"stage":"check","state":"started"')) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.once('close', resolve));
    const reaped = await drillbook(['dry-run', '--reap'], { cwd: folder.path });
    assert.equal(reaped.status, 0);
    assert.ok(!/Nothing was left behind/.test(reaped.stdout), reaped.stdout);
    assert.match((await drillbook(['dry-run', '--reap'], { cwd: folder.path })).stdout, /Nothing was left behind/);
  });

  it('holds a run without a name against the last pass of the same dry run', async () => {
    const runbook = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: shelf }
backups: { nightly: { tool: files, in: { folder: ./backups }, schedule: "0 2 * * *" } }
restore: { rpo: 1000d, rto: 1h }
dryRuns: { first: { backup: nightly, sandbox: { engine: files }, checks: [{ name: all there, files: "**", notLessThan: last }] } }
`;
    folder = folderOf({ 'a.runbook.yaml': runbook, 'x/a.txt': 'one', 'x/b.txt': 'two' });
    const pack = (...files: readonly string[]): unknown =>
      spawnSync('tar', ['-cf', '../backups/shelf-1.tar', ...files], { cwd: join(folder.path, 'x') });
    folder.write({ 'backups/.keep': '' });
    pack('a.txt', 'b.txt');
    const first = await drillbook(['dry-run', 'shelf', '--yes'], { cwd: folder.path });
    assert.equal(first.status, 0, first.stderr);
    pack('a.txt');
    const second = await drillbook(['dry-run', 'shelf', '--yes'], { cwd: folder.path });
    assert.equal(second.status, 1, second.stderr);
    assert.match(second.stdout, /1 is less than 2 \(the last passed run had 2\)/);
  });

  it('runs all, and what is due', async () => {
    folder = workspace();
    writeFileSync(join(folder.path, '.drillbookignore'), 'runbooks/orders-db.runbook.yaml\n');
    const due = await drillbook(['dry-run', '--due', '--yes'], { cwd: folder.path });
    assert.equal(due.status, 0, due.stderr);
    const again = await drillbook(['dry-run', '--due', '--yes'], { cwd: folder.path });
    assert.equal(again.stdout, 'No dry run is due.\n');
    const nothing = await drillbook(['dry-run', '--due', '--yes', '--format', 'json'], { cwd: folder.path });
    assert.deepEqual(JSON.parse(nothing.stdout), []);
    const all = await drillbook(['dry-run', '--all', '--level', '2'], { cwd: folder.path });
    assert.equal(all.status, 0, all.stderr);
    const file = join(folder.path, 'runbooks/ledger.runbook.yaml');
    const second = '  again: { backup: quarterly, sandbox: { engine: postgres, version: "15" }, checks: [] }\n';
    writeFileSync(file, `${readFileSync(file, 'utf8').trimEnd()}\n${second}`);
    const listed = await drillbook(
      ['dry-run', '--all', '--level', '1', '--reap', '--format', 'json', '--format', 'json=all.json'],
      { cwd: folder.path },
    );
    for (const text of [listed.stdout, readFileSync(join(folder.path, 'all.json'), 'utf8')])
      assert.deepEqual(
        (JSON.parse(text) as { dryRun: string }[]).map((each) => each.dryRun),
        ['ledger', 'again'],
      );
    const page = await drillbook(['dry-run', '--all', '--level', '1', '--format', 'html=all.html'], {
      cwd: folder.path,
    });
    assert.equal(page.status, 2, page.stderr);
  });

  it('says what to do where the cache folder, which names the writer of its evidence, can not be written', async () => {
    folder = workspace();
    const taken = join(folder.path, 'taken');
    writeFileSync(taken, '');
    const { status, stderr } = await drillbook(['dry-run', 'ledger', '--yes'], {
      cwd: folder.path,
      env: { XDG_CACHE_HOME: taken },
    });
    assert.equal(status, 2);
    assert.match(stderr, /set XDG_CACHE_HOME to a folder that can/u);
  });
});
