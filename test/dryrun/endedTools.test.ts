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

  it('is inconclusive, never failed, where memory is limited', async () => {
    const { processes, files } = bench.ports;
    const starved = (names: RegExp, kilobytes: number): typeof processes => {
      const limited = (command: string, args: readonly string[]): readonly [string, readonly string[]] =>
        names.test(command) && !args.includes('--version')
          ? ['/bin/sh', ['-c', `ulimit -v ${kilobytes}; exec "$0" "$@"`, command, ...args]]
          : [command, args];
      return {
        ...processes,
        spawn: async (command, args, options) => await processes.spawn(...limited(command, args), options),
        run: async (command, args, options) => await processes.run(...limited(command, args), options),
      };
    };
    const plain = tool('pg_dump', '-Fp');
    await bench.write('backups/orders.dump', plain);
    for (const kilobytes of [8000, 14_000]) {
      const { record } = await bench.run({ ports: { processes: starved(/\/psql$/u, kilobytes) } });
      assert.equal(record.result, 'inconclusive', record.summary);
      assert.match(record.summary, /^There was not enough memory for psql, which says "/u);
    }
    await bench.write('backups/orders.dump', execFileSync('zstd', ['-qc'], { input: plain }));
    const packed = (await bench.run({ ports: { processes: starved(/\/zstd$/u, 3000) } })).record;
    assert.equal(packed.result, 'inconclusive', packed.summary);
    assert.match(packed.summary, /^There was not enough memory for (?:sh|zstd), which says "/u);
    // What pg_restore says of a length that damage made: it is memory only where that is limited.
    await bench.write('backups/orders.dump', tool('pg_dump', '-Fc'));
    const asking: typeof processes = {
      ...processes,
      run: async (command, args, options) =>
        command.endsWith('/pg_restore') && args.includes('-d')
          ? { code: 1, signal: null, stdout: '', stderr: 'pg_restore: error: out of memory\n', timedOut: false }
          : await processes.run(command, args, options),
    };
    for (const [limit, result] of [
      ['unlimited', 'failed'],
      ['2147483648', 'inconclusive'],
    ] as const) {
      const readText: typeof files.readText = async (path) =>
        path === '/proc/self/limits'
          ? `Max address space         ${limit} ${limit} bytes\n`
          : await files.readText(path);
      const { record } = await bench.run({ ports: { processes: asking, files: { ...files, readText } } });
      assert.equal(record.result, result, record.summary);
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
