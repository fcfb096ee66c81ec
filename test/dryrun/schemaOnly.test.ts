/** Dumps of definitions without data: everything came back, and nothing that anybody could use. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import type { EvidenceRecord } from '../../server/src/core/recovery/record.ts';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

/** Before and behind all others, whatever order they are asked in. */
const UNREADABLE = ['aaa', 'zzz']
  .map((name) => `create table ${name} (id int primary key) engine = MRG_MyISAM union = (gone);\n`)
  .join('');

describe('dry run of a dump without data', function () {
  this.timeout(120_000);
  const server = usePostgres();
  let bench: Bench;
  const tool = (name: string, args: readonly string[], database = 'orders'): Buffer =>
    execFileSync(path.join(server().bin, name), args, { env: server().environment(database) });

  before(() => {
    tool('createdb', ['orders'], 'postgres');
    tool('psql', [
      '-qc',
      'create table orders (id serial primary key); create view all_orders as select * from orders; insert into orders default values',
    ]);
  });
  beforeEach(async () => {
    bench = await makeBench();
  });
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  const run = async (options: Parameters<typeof folderRunbook>[0]): Promise<EvidenceRecord> => {
    await bench.write('a.runbook.yaml', folderRunbook(options));
    return (await bench.run()).record;
  };

  for (const format of ['custom', 'plain'])
    it(`fails where no check says that it is right (${format})`, async () => {
      await bench.write('backups/orders.dump', tool('pg_dump', ['--schema-only', '-F', format]));
      const record = await run({ checks: '[]' });
      assert.equal(record.result, 'failed', record.summary);
      assert.equal(record.level, 3);
      assert.match(record.summary, /definitions and no data: no table holds a row/u);
      const asked = await run({ checks: '[{ name: empty, query: select count(*) from orders, equals: 0 }]' });
      assert.equal(asked.result, 'passed', asked.summary);
      await bench.write('backups/orders.dump', tool('pg_dump', ['-F', format]));
      const whole = await run({ checks: '[]' });
      assert.equal(whole.result, 'passed', whole.summary);
    });

  it('fails by the runbook’s own steps too', async () => {
    await bench.write('backups/orders.dump', tool('pg_dump', ['--schema-only', '-Fc']));
    const steps =
      'steps:\n  - { id: load, run: \'pg_restore --dbname "$TARGET" ${{ backups.nightly.latest.uri }}\' }\n';
    const record = await run({ checks: '[]', dryRun: 'steps: true', restore: steps });
    assert.equal(record.result, 'failed', record.summary);
    assert.match(record.summary, /no table holds a row/u);
  });

  it('fails in MariaDB as well, which tells no number of rows that could be trusted', async () => {
    const dump = (rows: string): string =>
      `-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\ncreate table orders (id int primary key);\n${rows}-- Dump completed on 2026-11-23  8:00:00\n`;
    for (const [rows, result] of [
      ['', 'failed'],
      ['insert into orders values (1);\n', 'passed'],
      // Tables that can be asked nothing here, as one that is elsewhere: whether there are rows is told by the others.
      [UNREADABLE, 'inconclusive'],
      [`${UNREADABLE}insert into orders values (1);\n`, 'passed'],
    ] as const) {
      await bench.write('backups/orders.sql', dump(rows));
      const record = await run({ tool: 'mysqldump', sandbox: '{ engine: mariadb }', checks: '[]' });
      assert.equal(record.result, result, record.summary);
      if (result === 'inconclusive')
        assert.match(record.summary, /^Whether any data came back can't be told: .*(?:aaa|zzz) can't be read/u);
    }
  });
});
