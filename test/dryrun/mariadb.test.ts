/** Dry runs of mariadb-dump and mariadb-backup, made by the real tools from a real server. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { startMariadb, type TestMariadb } from '../support/mariadb.ts';

describe('dry run of MariaDB backups', function () {
  this.timeout(120_000);
  let source: TestMariadb;
  let bench: Bench;
  let dump: Buffer;

  before(async () => {
    source = await startMariadb();
    source.sql('create database orders');
    source.sql(
      "create table orders (id int auto_increment primary key, name varchar(80), at datetime default utc_timestamp()) engine=innodb; insert into orders (name) select concat('user', seq) from seq_1_to_5000; create user reporter@localhost; grant select on orders.* to reporter@localhost; create definer=reporter@localhost view recent as select * from orders; create procedure p() select 1",
      'orders',
    );
    dump = source.tool('mariadb-dump', ['--single-transaction', '--routines', 'orders']);
  });
  after(async () => await source.stop());
  beforeEach(async () => (bench = await makeBench()));
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });
  const sandbox = '{ engine: mariadb }';
  const checks =
    '[{ name: rows, query: select count(*) from orders, equals: 5000 }, { name: view, query: select count(*) from recent, equals: 5000 }, { name: fresh, query: select max(at) from orders, newerThan: 1h }]';

  it('restores a gzipped dump, with the users that its views name', async () => {
    await bench.write('backups/orders.sql.gz', gzipSync(dump));
    await bench.write('a.runbook.yaml', folderRunbook({ tool: 'mariadb-dump', sandbox, checks }));
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.deepEqual(record.shape?.[0]?.names?.['table'], ['orders.orders']);
    assert.deepEqual(record.shape[0].names['view'], ['orders.recent']);
    assert.ok(record.notes.some((note) => note.code === 'no-globals' && note.message.includes('reporter')));
    assert.match(record.backup?.sourceVersion ?? '', /^\d+\.\d+/u);
  });

  it('takes no dump of another database than the backup declares for it, but one that holds it with others', async () => {
    source.sql('create database if not exists ledger; create table if not exists ledger.t select 1 a');
    await bench.write('a.runbook.yaml', folderRunbook({ tool: 'mariadb-dump', sandbox, checks }));
    for (const level of [2, 3]) {
      await bench.write('backups/orders.sql', source.tool('mariadb-dump', ['ledger']));
      const { record } = await bench.run({ level });
      assert.equal(record.result, 'failed');
      assert.match(record.summary, /is a dump of the database "ledger", but backup "nightly" declares "orders"/u);
      await bench.write('backups/orders.sql', source.tool('mariadb-dump', ['--databases', 'ledger', 'orders']));
      const both = (await bench.run({ level })).record;
      assert.notEqual(both.result, 'failed', both.summary);
    }
  });

  it('restores a database under the name that it had, whatever its letters', async () => {
    source.sql(
      'set names utf8mb4; create database `shop ünï`; use `shop ünï`; create table t (a int); insert into t values (1), (2); create view v as select a from t where a > 1',
    );
    const options = ['--default-character-set=utf8mb4', '--routines'];
    const named =
      '[{ name: view, query: select count(*) from v, equals: 1 }, { name: where, query: "select database()", equals: "shop ünï" }]';
    const runbook = folderRunbook({ tool: 'mariadb-dump', sandbox, checks: named });
    await bench.write('a.runbook.yaml', runbook.replace('    database: orders\n', ''));
    for (const which of [['shop ünï'], ['--databases', 'shop ünï']]) {
      await bench.write('backups/orders.sql', source.tool('mariadb-dump', [...options, ...which]));
      const { record } = await bench.run();
      assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    }
  });

  it('takes the name of a database for nothing else', async () => {
    const name = '--host=db.prod.invalid';
    const renamed = dump.toString('latin1').replace('Database: orders', `Database: ${name}`);
    await bench.write('backups/orders.sql', Buffer.from(renamed, 'latin1'));
    const rows = '[{ name: rows, query: select count(*) from orders, equals: 5000 }]';
    const runbook = folderRunbook({ tool: 'mariadb-dump', sandbox, checks: rows });
    await bench.write('a.runbook.yaml', runbook.replace('    database: orders\n', ''));
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', record.summary);
    assert.equal(record.backup?.database, name);
  });

  it('restores a dump of all databases, which brings the users of its source', async () => {
    await bench.write('backups/orders.sql', source.tool('mariadb-dump', ['--all-databases']));
    const all = '[{ name: view, query: select count(*) from orders.recent, equals: 5000 }]';
    await bench.write('a.runbook.yaml', folderRunbook({ tool: 'mariadb-dump', sandbox, checks: all }));
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
  });

  it('fails a dump that is cut off, though the client would exit 0, at levels 2 and 3', async () => {
    const text = dump.toString('utf8');
    await bench.write('backups/orders.sql', text.slice(0, text.lastIndexOf('-- Dump completed')));
    await bench.write('a.runbook.yaml', folderRunbook({ tool: 'mysqldump', sandbox, checks }));
    for (const level of [2, 3]) {
      const { record } = await bench.run({ level });
      assert.equal(record.result, 'failed');
      assert.match(record.summary, /cut off/u);
    }
  });

  it('runs nothing for a dump', async () => {
    await bench.write(
      'backups/orders.sql',
      `-- MariaDB dump 10\n\\! touch ${bench.root}/was-here\nsystem touch ${bench.root}/was-here\n-- Dump completed on now\n`,
    );
    await bench.write('a.runbook.yaml', folderRunbook({ tool: 'mysqldump', sandbox, checks }));
    const { record } = await bench.run();
    assert.equal(record.result, 'failed');
    await assert.rejects(bench.read('was-here'));
  });

  it('is inconclusive where the asked flavour is not on the machine', async () => {
    await bench.write('backups/orders.sql', dump);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ tool: 'mysqldump', sandbox: '{ engine: mysql, version: "3" }', checks }),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'inconclusive');
    assert.match(record.summary, /No MySQL 3 server/u);
  });

  it('prepares a physical backup on a copy and starts a server on it', async () => {
    const target = path.join(bench.root, 'backups', 'base-1');
    execFileSync('mkdir', ['-p', target]);
    source.tool('mariadb-backup', ['--backup', `--target-dir=${target}`, `--datadir=${source.data}`]);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        tool: 'mariadb-backup',
        sandbox,
        checks: `[{ name: rows, query: select count(*) from orders, equals: 5000 }, ${[
          ['@@global.event_scheduler', 'OFF'],
          ['@@global.skip_networking', '1'],
          ['@@global.log_bin', '0'],
          [
            "(select count(*) from information_schema.processlist where user in ('system user', 'event_scheduler') and command in ('Slave_IO', 'Slave_SQL', 'Slave_worker', 'Daemon') and state not like 'InnoDB%')",
            '0',
          ],
        ]
          .map(([what, value], index) => `{ name: c${index}, query: "select ${what ?? ''}", equals: "${value ?? ''}" }`)
          .join(', ')}]`,
      }),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.equal(record.backup?.format, 'folder');
    // A table of 5,000 rows is more than the one page that the server tells before it has looked.
    assert.ok((record.measured.restoredBytes ?? 0) > 100_000, JSON.stringify(record.measured));
    assert.match(record.sandbox?.isolation ?? '', /^no network: /u);
  });

  it('takes more than one wrapping off a physical backup, and says in one sentence what is damaged', async () => {
    const stream = source.tool('mariadb-backup', [
      '--backup',
      '--stream=mbstream',
      `--target-dir=${path.join(bench.root, 'scratch')}`,
      `--datadir=${source.data}`,
    ]);
    const openssl = ['enc', '-aes-256-cbc', '-pbkdf2', '-pass', 'pass:sesame'];
    await bench.write('backups/base.mb.gz.enc', execFileSync('openssl', openssl, { input: gzipSync(stream) }));
    const runbook = folderRunbook({ tool: 'mariadb-backup', sandbox, checks: '[]' });
    await bench.write(
      'a.runbook.yaml',
      runbook.replace('schedule:', 'decrypt: { with: openssl, key: { file: ./key } }\n    schedule:'),
    );
    await bench.write('key', 'sesame\n');
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', record.summary);
    await bench.write('backups/base.mb.gz.enc', stream.subarray(0, stream.length / 2));
    const cut = (await bench.run({ level: 2 })).record;
    assert.equal(cut.result, 'failed');
    assert.ok(!cut.summary.includes('\n') && !/\d\d:\d\d:\d\d/u.test(cut.summary), cut.summary);
  });
});
