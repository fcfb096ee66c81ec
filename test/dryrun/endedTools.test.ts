/** What ends while a backup is restored, and not by the backup: its programs and its server, as where memory runs out. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

describe('dry run whose programs are ended from outside', function () {
  this.timeout(120_000);
  const server = usePostgres();
  let bench: Bench;
  const tool = (name: string, ...args: string[]): Buffer =>
    execFileSync(path.join(server().bin, name), args, { env: server().environment('orders') });

  before(() => {
    execFileSync(path.join(server().bin, 'createdb'), ['orders'], { env: server().environment('postgres') });
    tool('psql', '-qc', 'create table orders as select i id from generate_series(1, 2000) i');
  });
  beforeEach(async () => {
    bench = await makeBench();
    await bench.write('a.runbook.yaml', folderRunbook());
  });
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  it('is inconclusive, never failed, where psql or pg_restore is killed', async () => {
    const { processes } = bench.ports;
    const ended: typeof processes = {
      ...processes,
      spawn: async (command, ...more) => {
        const child = await processes.spawn(command, ...more);
        if (command.endsWith('/psql')) process.kill(child.pid, 'SIGKILL');
        return child;
      },
      run: async (command, args, options) =>
        command.endsWith('/pg_restore') && args.includes('-d')
          ? await processes.run('/bin/sh', ['-c', 'kill -9 $$'], options)
          : await processes.run(command, args, options),
    };
    for (const [format, named] of [
      ['plain', 'psql'],
      ['custom', 'pg_restore'],
    ] as const) {
      await bench.write('backups/orders.dump', tool('pg_dump', '-F', format));
      const { record } = await bench.run({ ports: { processes: ended } });
      assert.equal(record.result, 'inconclusive', record.summary);
      assert.ok(record.level < 3);
      assert.match(
        record.summary,
        new RegExp(`^${named} was ended from outside \\(SIGKILL\\) before it was done`, 'u'),
      );
    }
  });

  it('tells a server that is gone before the restore as the sandbox’s fault, and makes it once more', async () => {
    await bench.write('backups/orders.dump', tool('pg_dump', '-Fc'));
    const { processes } = bench.ports;
    const pids: number[] = [];
    const seen: typeof processes = {
      ...processes,
      spawn: async (command, args, options) => {
        const child = await processes.spawn(command, args, options);
        if ([command, ...args].some((each) => each.endsWith('/postgres'))) pids.push(child.pid);
        return child;
      },
    };
    let isKilled = false;
    const { record } = await bench.run({
      ports: { processes: seen },
      onEvent: (event) => {
        if (isKilled || event.event !== 'stage' || event.stage !== 'restore' || event.state !== 'started') return;
        isKilled = true;
        process.kill(-pids[0]!, 'SIGKILL');
      },
    });
    assert.equal(record.result, 'passed', record.summary);
    assert.equal(pids.length, 2);
    const retried = record.notes.find((note) => note.code === 'retried');
    assert.match(retried?.message ?? '', /The sandbox's server went away/u);
  });
});
