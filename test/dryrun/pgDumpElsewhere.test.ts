/** Dumps of PostgreSQL that hold more than one database, or are packed: not the backup's fault, and never restored by half. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

describe('dry run of what pg_dump can make and a dry run does not restore', function () {
  this.timeout(120_000);
  const server = usePostgres();
  let bench: Bench;

  before(() => {
    execFileSync(path.join(server().bin, 'createdb'), ['orders'], { env: server().environment('postgres') });
    execFileSync(
      path.join(server().bin, 'psql'),
      ['-qc', 'create table orders as select i id from generate_series(1, 500) i'],
      { env: server().environment('orders') },
    );
  });
  beforeEach(async () => {
    bench = await makeBench();
  });
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  for (const [what, tool, parameters, found] of [
    ['a dump that makes its database', 'pg_dump', ['--create', 'orders'], /"CREATE DATABASE"/u],
    ['a dump of all databases', 'pg_dumpall', [], /all databases of a server \(pg_dumpall\)/u],
  ] as const)
    for (const loader of ['psql', 'own loader'])
      it(`is inconclusive of ${what} (${loader}), and says the way out`, async () => {
        if (loader !== 'psql') {
          await bench.remove();
          bench = await makeBench({ DRILLBOOK_OWN_LOADER: '1' });
        }
        const env = server().environment('postgres');
        await bench.write(
          'backups/orders.sql',
          execFileSync(path.join(server().bin, tool), parameters, { env, maxBuffer: 1 << 28 }),
        );
        await bench.write('a.runbook.yaml', folderRunbook());
        const { record } = await bench.run();
        assert.equal(record.result, 'inconclusive', record.summary);
        assert.match(record.summary, found);
        assert.match(record.summary, /a dry run loads one database: dump it with pg_dump without --create/u);
      });

  it('is inconclusive of a directory dump that is packed, and fails another archive', async () => {
    const folder = path.join(bench.root, 'made');
    const env = server().environment('orders');
    execFileSync(path.join(server().bin, 'pg_dump'), ['-Fd', '-f', folder], { env });
    await bench.write('a.runbook.yaml', folderRunbook());
    for (const packed of ['orders.tar', 'orders.tar.gz']) {
      await bench.write(
        `backups/${packed}`,
        execFileSync('tar', ['-caf', '-', ...(packed.endsWith('gz') ? ['-z'] : []), '-C', bench.root, 'made'], {
          maxBuffer: 1 << 28,
        }),
      );
      const { record } = await bench.run({ backup: packed });
      assert.equal(record.result, 'inconclusive', record.summary);
      assert.match(record.summary, /is a directory dump \(pg_dump -Fd\) packed as a tar archive.*unpacked/u);
    }
    await bench.write('backups/other.tar', execFileSync('tar', ['-cf', '-', '-C', bench.root, 'a.runbook.yaml']));
    const { record } = await bench.run({ backup: 'other.tar' });
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /is no dump of pg_dump/u);
  });
});
