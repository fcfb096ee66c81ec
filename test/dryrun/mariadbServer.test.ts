/** Dry runs into a MariaDB that the team names: a database of our own there, nothing else touched, and production refused. */
import assert from 'node:assert/strict';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { startMariadb, type TestMariadb } from '../support/mariadb.ts';

const PASSWORD = 'canary-7d20f1-mariadb';

describe('dry run into a MariaDB server of the team', function () {
  this.timeout(120_000);
  let server: TestMariadb;
  let bench: Bench;
  let dump: Buffer;
  let withDatabases: Buffer;

  before(async () => {
    server = await startMariadb();
    server.sql('create database orders; create database precious');
    server.sql(
      'create table orders (id int auto_increment primary key, name varchar(80)) engine=innodb; insert into orders (name) select md5(seq) from seq_1_to_2000; create view recent as select * from orders',
      'orders',
    );
    server.sql('create table kept (id int); insert into kept values (1)', 'precious');
    server.sql(
      `create user drill@localhost identified by '${PASSWORD}'; grant all on \`drillbook\\_%\`.* to drill@localhost; grant set user on *.* to drill@localhost`,
    );
    dump = server.tool('mariadb-dump', ['--single-transaction', 'orders']);
    withDatabases = server.tool('mariadb-dump', ['--single-transaction', '--databases', 'orders']);
  });
  after(async () => await server.stop());
  beforeEach(async () => {
    bench = await makeBench({ DRILL_PASSWORD: PASSWORD });
    await bench.write('production.environment.yaml', environment());
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        tool: 'mariadb-dump',
        sandbox: '{ use: box }',
        checks:
          '[{ name: rows, query: select count(*) from orders, equals: 2000 }, { name: by name, database: orders, table: recent, expect: ">=2000" }]',
      }),
    );
  });
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    assert.equal(databases(), 'orders precious');
    assert.equal(server.sql('select count(*) from kept', 'precious').trim(), '1');
    await bench.remove();
  });

  const databases = (): string =>
    server
      .sql(
        "select schema_name from information_schema.schemata where schema_name not in ('mysql', 'information_schema', 'performance_schema', 'sys', 'test') order by 1",
      )
      .trim()
      .split(/\s+/u)
      .join(' ');
  const environment = (more = ''): string =>
    `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\n${more}sandboxes: { box: { kind: server, engine: mariadb, socket: ${server.socket}, user: drill, password: { env: DRILL_PASSWORD } } }\n`;

  it('restores into a database of its own and drops it again, with no password anywhere', async () => {
    await bench.write('backups/orders.sql', dump);
    const seen: string[] = [];
    const { record, events } = await bench.run({
      onEvent: (event) => {
        if (event.event === 'stage' && event.stage === 'check' && event.state === 'started') seen.push(databases());
      },
    });
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.match(seen[0] ?? '', /^drillbook_[0-9a-f]{12} orders precious$/u);
    assert.deepEqual(record.shape?.[0]?.names?.['table'], ['orders.orders']);
    assert.ok(!JSON.stringify([record, events, bench.logged]).includes(PASSWORD));
    const again = (await bench.run()).record;
    assert.equal(again.result, 'passed', again.summary);
  });

  it('lets no dump out that names its database', async () => {
    await bench.write('backups/orders.sql', withDatabases);
    const { record } = await bench.run();
    assert.equal(record.result, 'failed', record.summary);
    assert.match(record.summary, /The dump names its database \("CREATE DATABASE/u);
    assert.equal(server.sql('select count(*) from orders', 'orders').trim(), '2000');
  });

  it('refuses a server that a document names under another address', async () => {
    await bench.write('backups/orders.sql', dump);
    await bench.write(
      'production.environment.yaml',
      environment(
        `databases: { main: { engine: mysql, host: ${server.socket}, user: drill, password: { env: DRILL_PASSWORD } } }\n`,
      ).replace(`socket: ${server.socket}`, `socket: ${server.folder}/./m.sock`),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'failed', record.summary);
    assert.match(record.summary, /is production: databases.main under another address/u);
  });
});
