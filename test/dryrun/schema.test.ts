/** What a restore lost of the schema fails the run: against the backup's own account of it, the last passed run, and the data. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

const SCHEMA = `
  create extension if not exists pg_trgm;
  create schema "Odd one";
  create type state as enum ('new', 'done');
  create table orders (id bigserial primary key, customer text not null, state state not null default 'new', amount numeric(10,2) check (amount > 0));
  create table "Odd one"."line items" (id int generated always as identity primary key, order_id bigint references orders);
  insert into orders (customer, amount) select 'customer ' || i, i from generate_series(1, 2000) i;
  create index orders_customer on orders (customer);
  create view open_orders as select * from orders where state = 'new';
  create materialized view totals as select sum(amount) from orders;
  create function price(x int, y text default 'a') returns int language sql as $$ select 1 $$;
  create procedure tidy() language sql as $$ select 1 $$;
  create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger orders_touch before insert on orders for each row execute function touch();
  create table parts (k int, v text) partition by range (k);
  create table parts_1 partition of parts for values from (0) to (10);
  create index on parts (v);
  create sequence down increment -1;
  create domain positive as int check (value > 0);
`;

describe('schema compare', function () {
  this.timeout(120_000);
  const server = usePostgres();
  let bench: Bench;
  const psql = (sql: string): void =>
    void execFileSync(path.join(server().bin, 'psql'), ['-q', '-v', 'ON_ERROR_STOP=1', '-c', sql], {
      env: server().environment('orders'),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const dump = (...args: string[]): Buffer =>
    execFileSync(path.join(server().bin, 'pg_dump'), args, {
      env: server().environment('orders'),
      maxBuffer: 1 << 28,
    });

  before(function () {
    execFileSync(path.join(server().bin, 'createdb'), ['orders'], { env: server().environment('postgres') });
    psql(SCHEMA);
  });
  beforeEach(async () => (bench = await makeBench()));
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  it('passes what came back whole, and records its shape', async () => {
    await bench.write('a.runbook.yaml', folderRunbook());
    for (const format of ['-Fc', '-Fp', '-Ft']) {
      await bench.write('backups/orders.dump', dump(format));
      const { record } = await bench.run();
      assert.equal(record.result, 'passed', `${format}: ${record.summary}`);
      const [shape] = record.shape ?? [];
      assert.equal(shape?.counts['sequence'], 3);
      assert.ok(shape.names?.['index']?.includes('public.orders_customer'));
      assert.ok(shape.names?.['table']?.includes('Odd one.line items'));
      assert.deepEqual(shape.columns?.['public.orders'], [
        'id bigint',
        'customer text',
        'state public.state',
        'amount numeric(10,2)',
      ]);
    }
  });

  it('names what the runbook’s own steps lost of the backup', async () => {
    await bench.write('backups/orders.dump', dump('-Fc'));
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        restore:
          'steps:\n  - id: load\n    run: pg_restore --section=pre-data --section=data -d "$TARGET" "${{ backups.nightly.latest.uri }}"',
        dryRun: 'steps: true',
      }),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'failed', JSON.stringify(record.stages));
    assert.match(record.summary, /lost what the backup orders\.dump holds: .*index public\.orders_customer/u);
    assert.match(record.summary, /constraint public\.orders orders_pkey/u);
  });

  it('names what the last passed run had, until it is said to be dropped on purpose', async () => {
    await bench.write('backups/orders.dump', dump('-Fc'));
    await bench.write('a.runbook.yaml', folderRunbook());
    assert.equal((await bench.run()).record.result, 'passed');
    psql('drop index orders_customer; alter table orders drop column amount cascade');
    try {
      await bench.write('backups/orders.dump', dump('-Fc'));
      const { record } = await bench.run();
      assert.equal(record.result, 'failed');
      assert.match(record.summary, /index public\.orders_customer,/u);
      assert.match(record.summary, /column amount of table public\.orders/u);
      // What the runbook asks of the data is asked all the same, and told with it.
      assert.deepEqual(
        record.checks.map((each) => each.state),
        ['passed'],
      );
      await bench.write(
        'a.runbook.yaml',
        folderRunbook({ checks: '[{ name: sum, query: select sum(amount) from orders, expect: "> 0" }]' }),
      );
      const both = (await bench.run()).record;
      assert.equal(both.result, 'failed');
      assert.match(both.summary, /did not come back: .*1 of 1 checks did not pass: "sum"/u);
      await bench.write(
        'a.runbook.yaml',
        folderRunbook({
          dryRun: 'mayLose: [orders_customer, "orders.amount", totals, open_orders, "orders orders_amount*"]',
        }),
      );
      const again = await bench.run();
      assert.equal(again.record.result, 'passed', again.record.summary);
    } finally {
      psql(
        'create index orders_customer on orders (customer); alter table orders add amount numeric(10,2) check (amount > 0); create view open_orders as select * from orders; create materialized view totals as select sum(amount) from orders',
      );
    }
  });

  it('names a sequence that was left behind', async () => {
    await bench.write(
      'backups/orders.sql',
      dump('-Fp')
        .toString()
        .replace(/^SELECT pg_catalog\.setval.*$/gmu, ''),
    );
    await bench.write('a.runbook.yaml', folderRunbook());
    const { record } = await bench.run();
    assert.equal(record.result, 'failed', record.summary);
    assert.match(
      record.summary,
      /Sequence public\.orders_id_seq was left behind: its next value is 1, but public\.orders\.id already goes to 2000/u,
    );
  });
});
