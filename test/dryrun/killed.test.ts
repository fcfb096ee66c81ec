/** A dry run that is killed in any stage leaves a lease, and the next run removes all that it left: processes, folders, sockets. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

const STAGES = ['resolve', 'drift', 'locate', 'fetch+verify', 'provision', 'restore', 'check', 'measure', 'teardown'];
/** Stages that come when all is torn down: there is nothing left to find. */
const AFTER = ['record'];
const CHILD = fileURLToPath(new URL('../support/killedRun.ts', import.meta.url));

describe('a dry run that is killed', function () {
  this.timeout(60_000);
  const server = usePostgres();
  let bench: Bench;
  let dump: Buffer;

  before(function () {
    execFileSync(path.join(server().bin, 'createdb'), ['orders'], { env: server().environment('postgres') });
    execFileSync(
      path.join(server().bin, 'psql'),
      [
        '-q',
        '-c',
        'create table orders as select i id, md5(i::text) t from generate_series(1, 300000) i; create index on orders (t)',
      ],
      { env: server().environment('orders') },
    );
    dump = execFileSync(path.join(server().bin, 'pg_dump'), ['-Fc'], {
      env: server().environment('orders'),
      maxBuffer: 1 << 28,
    });
  });
  beforeEach(async () => {
    bench = await makeBench();
    await bench.write('backups/orders.dump', dump);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ checks: '[{ name: slow, query: "select count(*) from orders, pg_sleep(30)", expect: ">=1" }]' }),
    );
  });
  afterEach(async () => await bench.remove());

  for (const stage of [...STAGES, ...AFTER]) {
    it(`in ${stage} is cleaned up by the next one`, async () => {
      if (stage === 'measure' || stage === 'teardown' || AFTER.includes(stage))
        await bench.write('a.runbook.yaml', folderRunbook());
      const child = spawn(process.execPath, ['--import', 'tsx', CHILD, bench.root, stage], {
        env: bench.variables,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      const ended = new Promise<string | null>((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
      for await (const chunk of child.stdout) said += String(chunk);
      assert.equal(await ended, 'SIGKILL', said);
      const told = await bench.leases.reap();
      assert.equal(told.length, AFTER.includes(stage) ? 0 : 1, told.join());
      if (told[0] !== undefined) assert.match(told[0], /^Removed what the dry run of "orders"/u);
      assert.deepEqual(await bench.left(), []);
      assert.deepEqual(processesIn(bench.variables['TMPDIR'] ?? ''), []);
      assert.deepEqual(readdirSync(path.join(bench.root, '.cache/drillbook/locks')), []);
    });
  }
});

/** Live processes whose working folder lies in `folder`. */
function processesIn(folder: string): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/u.test(name) &&
        readlinkSync(`/proc/${name}/cwd`).startsWith(folder) &&
        !/\) Z /u.test(readFileSync(`/proc/${name}/stat`, 'utf8'))
      );
    } catch {
      return false;
    }
  });
}
