/** Dry runs of real pg_dump backups, made by the real tool from a real server, restored into a private one. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

const SCHEMA = `
  create role app_owner; create role "Read Only";
  create table orders (id bigserial primary key, customer text not null, note text, created_at timestamptz not null default now());
  insert into orders (customer, note) select 'customer ' || i, E'tab\\there \\\\. and\\nline ' || i from generate_series(1, 5000) i;
  create index on orders (customer);
  create view recent as select * from orders where created_at > now() - interval '1 day';
  create function price(x int) returns int language plpgsql as $$ begin return x * 2; /* ; */ end $$;
  create function twice(x int) returns int language sql begin atomic select x * 2; end;
  alter table orders owner to app_owner; grant select on orders to "Read Only";
  create extension if not exists pg_trgm;
  select lo_from_bytea(0, 'large object');
`;

describe('dry run of pg_dump', function () {
  this.timeout(120_000);
  const server = usePostgres();
  let bench: Bench;
  const dumps = new Map<string, Buffer>();
  const tool = (name: string): string => path.join(server().bin, name);
  const dump = (...args: string[]): Buffer =>
    execFileSync(tool('pg_dump'), args, { env: server().environment('orders'), maxBuffer: 1 << 28 });

  before(function () {
    execFileSync(tool('createdb'), ['orders'], { env: server().environment('postgres') });
    execFileSync(tool('psql'), ['-q', '-v', 'ON_ERROR_STOP=1', '-c', SCHEMA], {
      env: server().environment('orders'),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    dumps.set('custom', dump('-Fc'));
    dumps.set('plain', dump());
  });
  beforeEach(async () => (bench = await makeBench()));
  afterEach(async () => {
    assert.deepEqual(await bench.left(), [], 'a sandbox was left behind');
    await bench.remove();
  });

  it('restores a custom dump, checks it, tears down and keeps the evidence', async () => {
    await bench.write('backups/orders-1.dump', dumps.get('custom')!);
    await bench.write('backups/orders-1.dump.sha256', `${sum(dumps.get('custom')!)}  orders-1.dump\n`);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        backup: 'checksum: sha256',
        checks:
          '[{ name: rows, query: select count(*) from orders, expect: ">=1000" }, { name: fresh, query: select max(created_at) from orders, newerThan: 2h }, { name: lo, query: "select count(*) from pg_largeobject_metadata", equals: 1 }]',
      }),
    );
    const { record, events } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.equal(record.level, 3);
    assert.equal(record.proves, 'backup');
    assert.equal(record.backup?.checksum?.state, 'matched');
    assert.equal(record.backup.format, 'custom');
    assert.match(record.backup.sourceVersion ?? '', /^15/u);
    assert.deepEqual(
      record.checks.map((check) => [check.name, check.state]),
      [
        ['rows', 'passed'],
        ['fresh', 'passed'],
        ['lo', 'passed'],
      ],
    );
    assert.equal(record.checks[0]?.actual, 5000);
    assert.ok((record.measured.restoredBytes ?? 0) > 100_000);
    assert.match(record.measured.statement ?? '', /^restored in .* of a 1 ?h.* RTO/u);
    assert.equal(record.teardown.proven, true);
    assert.ok(record.notes.some((note) => note.code === 'no-globals' && note.message.includes('"Read Only"')));
    assert.ok(events.some((event) => event.event === 'result' && event.result === 'passed'));
    const kept = JSON.parse(
      await bench.read(
        `.drillbook/evidence/${record.chain?.writer ?? ''}/${readdirSync(path.join(bench.root, '.drillbook/evidence', record.chain?.writer ?? ''))[0] ?? ''}`,
      ),
    ) as { id: string };
    assert.equal(kept.id, record.id);
  });

  for (const own of ['', '1']) {
    it(`restores a gzipped plain dump ${own ? 'with no client tools' : 'through psql'}`, async () => {
      await bench.remove();
      bench = await makeBench({ DRILLBOOK_OWN_LOADER: own });
      await bench.write('backups/orders.sql.gz', gzipSync(dumps.get('plain')!));
      await bench.write(
        'a.runbook.yaml',
        folderRunbook({
          checks: `[{ name: rows, query: select count(*) from orders, equals: 5000 }, { name: text, query: "select note from orders where id = 7", matches: "^tab\\\\there" }, { name: twice, query: select twice(4), equals: 8 }]`,
        }),
      );
      const { record } = await bench.run();
      assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
      assert.equal(record.backup?.format, 'plain');
      assert.equal(record.backup.compression, 'gzip');
      assert.match(String(record.checks[1]?.actual), /^\(text of \d+ characters\)$/u);
      assert.match(
        record.stages.find((stage) => stage.stage === 'restore')?.message ?? '',
        own ? /own loader/u : /psql 15/u,
      );
    });
  }

  it('takes no dump of another database than the backup declares for it, however it is packed', async () => {
    const environment = server().environment('postgres');
    execFileSync(tool('createdb'), ['ledger'], { env: environment });
    execFileSync(tool('psql'), ['-q', '-d', 'ledger', '-c', 'create table t as select 1 a'], { env: environment });
    await bench.write('a.runbook.yaml', folderRunbook());
    const why =
      /is a dump of the database "ledger", but backup "nightly" declares "orders": it would bring another database back/u;
    for (const level of [1, 2, 3]) {
      await bench.write('backups/orders-1.dump', dump('-Fc', 'ledger'));
      const { record } = await bench.run({ level });
      assert.deepEqual([record.result, record.level], ['failed', 0], record.summary);
      assert.match(record.summary, why);
    }
    // Only once it was unpacked can be told what it is of.
    for (const [name, bytes] of [
      ['orders-2.dump.gz', gzipSync(dump('-Fc', 'ledger'))],
      ['orders-3.tar', dump('-Ft', 'ledger')],
    ] as const) {
      await bench.write(`backups/${name}`, bytes);
      const { record } = await bench.run({ level: 2 });
      assert.equal(record.result, 'failed', name);
      assert.match(record.summary, why);
      await bench.write('a.runbook.yaml', folderRunbook().replace('database: orders', 'database: ledger'));
      assert.equal((await bench.run({ level: 2 })).record.result, 'passed', name);
      await bench.write('a.runbook.yaml', folderRunbook());
    }
  });

  it('restores what only a superuser may own, what a view reads of others, and large objects of a role that owns nothing else', async () => {
    const environment = server().environment('postgres');
    execFileSync(tool('createdb'), ['owned'], { env: environment });
    const schema = `
      create role boss superuser; create role keeper; create role reader; create role seller;
      create table sales as select generate_series(1, 100) i; alter table sales owner to seller;
      create view total as select count(*) c from sales; alter view total owner to boss;
      create materialized view kept as select count(*) c from sales; alter materialized view kept owner to boss;
      create foreign data wrapper away; alter foreign data wrapper away owner to boss;
      create function nothing() returns event_trigger language plpgsql as $$ begin null; end $$;
      create event trigger seen on ddl_command_end execute function nothing(); alter event trigger seen owner to boss;
      select lo_create(4711); alter large object 4711 owner to keeper; grant select on large object 4711 to reader;`;
    execFileSync(tool('psql'), ['-q', '-v', 'ON_ERROR_STOP=1', '-d', 'owned', '-c', schema], {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    for (const format of ['-Fc', '-Fp']) {
      await bench.write('backups/orders-1.dump', dump(format, 'owned'));
      await bench.write(
        'a.runbook.yaml',
        folderRunbook({
          checks:
            '[{ name: view, query: select c from total, equals: 100 }, { name: kept, query: select c from kept, equals: 100 }, { name: owner, query: "select rolname from pg_largeobject_metadata m join pg_roles r on r.oid = m.lomowner", equals: keeper }, { name: login, query: "select count(*) from pg_roles where rolcanlogin and rolname in (\'boss\', \'seller\')", equals: 0 }]',
        }).replace('database: orders', 'database: owned'),
      );
      const { record } = await bench.run();
      assert.equal(record.result, 'passed', `${format} ${JSON.stringify(record.stages)}`);
      assert.ok(
        record.notes.some((note) => note.code === 'no-globals' && note.message.includes('"reader"')),
        format,
      );
    }
  });

  it('fails a plain dump that is cut off, though psql would exit 0', async () => {
    const plain = dumps.get('plain')!.toString('utf8');
    await bench.write(
      'backups/orders.sql',
      plain.slice(0, plain.lastIndexOf('--\n-- PostgreSQL database dump complete')),
    );
    await bench.write('a.runbook.yaml', folderRunbook());
    const { record } = await bench.run();
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /cut off/u);
  });

  it('fails a truncated custom dump at level 3 and at level 2', async () => {
    const custom = dumps.get('custom')!;
    await bench.write('backups/orders.dump', custom.subarray(0, custom.length - 9000));
    await bench.write('a.runbook.yaml', folderRunbook());
    for (const level of [3, 2]) {
      const { record } = await bench.run({ level });
      assert.equal(record.result, 'failed', JSON.stringify(record.stages));
      assert.match(record.summary, /cut off or damaged/u);
      assert.equal(record.level, 1, 'nothing vouches for the bytes');
    }
  });

  it('fails on a checksum that does not match, before anything is restored', async () => {
    await bench.write('backups/orders.dump', dumps.get('custom')!);
    await bench.write('backups/orders.dump.sha256', `${'0'.repeat(64)}  orders.dump\n`);
    await bench.write('a.runbook.yaml', folderRunbook());
    const { record } = await bench.run();
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /SHA256 checksum of orders\.dump doesn't match/u);
    assert.equal(record.stages.find((stage) => stage.stage === 'restore')?.state, 'skipped');
    // Of the two that ran side by side one failed; the other has nothing to say.
    const provision = record.stages.find((stage) => stage.stage === 'provision');
    assert.equal(provision?.state, 'skipped', provision?.message);
    assert.equal(record.backup?.uri, 'backups/orders.dump');
  });

  it('says what went wrong with a check whose SQL is wrong', async () => {
    await bench.write('backups/orders.dump', dumps.get('custom')!);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ checks: '[{ name: wrong, query: select nothing from nowhere, expect: 1 }]' }),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'failed');
    assert.equal(record.level, 3);
    assert.match(record.checks[0]?.message ?? '', /relation "nowhere" does not exist/u);
  });

  it('finds no backup, an empty one and something else for what they are', async () => {
    await bench.write('a.runbook.yaml', folderRunbook());
    await bench.write('backups/other/readme.txt', 'nothing');
    assert.match((await bench.run()).record.summary, /No backup "nightly" was found/u);
    await bench.write('backups/orders.dump', '');
    assert.match((await bench.run()).record.summary, /empty \(0 bytes\)/u);
    await bench.write('backups/orders.dump', Buffer.from([1, 2, 3, 0, 5, 6, 7, 8]));
    const { record } = await bench.run();
    assert.match(record.summary, /is no dump of pg_dump/u);
    assert.equal(record.result, 'failed');
  });

  it('refuses a dump of a newer major than the sandbox', async () => {
    await bench.write(
      'backups/orders.sql',
      dumps
        .get('plain')!
        .toString('utf8')
        .replace(/(Dumped from database version )\S+/u, '$117.2'),
    );
    await bench.write('a.runbook.yaml', folderRunbook());
    const { record } = await bench.run();
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /dumped from PostgreSQL 17\.2.*set the sandbox's version to "17"/u);
  });

  it('is inconclusive where the machine has no binaries, after one more try', async () => {
    await bench.remove();
    bench = await makeBench({ DRILLBOOK_POSTGRES_ONLY: '1' });
    await bench.write('backups/orders.dump', dumps.get('custom')!);
    await bench.write('a.runbook.yaml', folderRunbook());
    const { record } = await bench.run();
    assert.equal(record.result, 'inconclusive');
    assert.equal(record.attempts, 2);
    assert.match(record.summary, /No PostgreSQL 15 is on this machine/u);
  });

  it('refuses what psql would run for a dump', async () => {
    await bench.write(
      'backups/orders.sql',
      `--\n-- PostgreSQL database dump\n--\n\\! touch /tmp/drillbook-was-here\n\\connect other\ncreate table t (i int);\n-- PostgreSQL database dump complete\n`,
    );
    await bench.write('a.runbook.yaml', folderRunbook());
    const { record } = await bench.run();
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /psql command "\\!/u);
  });

  it('runs nothing that hides from the scanner behind a quote that psql reads otherwise', async () => {
    const marker = path.join(tmpdir(), `drillbook-was-here-${process.pid}`);
    for (const own of ['0', '1']) {
      await bench.remove();
      bench = await makeBench({ DRILLBOOK_OWN_LOADER: own });
      await bench.write(
        'backups/orders.sql',
        `--\n-- PostgreSQL database dump\n--\nset standard_conforming_strings = off;\ncreate table t (i int);\ninsert into t values (1);\nselect 'x\\'' \\! touch ${marker}\n';\n-- PostgreSQL database dump complete\n`,
      );
      await bench.write('a.runbook.yaml', folderRunbook({ checks: '[]' }));
      const { record } = await bench.run();
      assert.notEqual(record.result, 'passed');
      assert.ok(!existsSync(marker), 'a command of the dump was run');
    }
  });

  it('does not pass a dump that restores nothing', async () => {
    await bench.write(
      'backups/orders.sql',
      `--\n-- PostgreSQL database dump\n--\nset statement_timeout = 0;\n-- PostgreSQL database dump complete\n`,
    );
    await bench.write('a.runbook.yaml', folderRunbook({ checks: '[]' }));
    const { record } = await bench.run();
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /restored nothing/u);
  });

  it('says which extension the sandbox lacks, as a fault of the sandbox', async () => {
    await bench.write(
      'backups/orders.sql',
      `--\n-- PostgreSQL database dump\n--\ncreate extension if not exists not_there with schema public;\n-- PostgreSQL database dump complete\n`,
    );
    await bench.write('a.runbook.yaml', folderRunbook());
    const { record } = await bench.run();
    assert.equal(record.result, 'inconclusive');
    assert.match(record.summary, /lacks the extension "not_there"/u);
  });

  it('cancels, tears down and records', async () => {
    await bench.write('backups/orders.dump', dumps.get('custom')!);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ checks: '[{ name: slow, query: select pg_sleep(60), expect: 1 }]' }),
    );
    const stop = new AbortController();
    const { record } = await bench.run({
      signal: stop.signal,
      onEvent: (event) =>
        event.event === 'stage' &&
        event.stage === 'check' &&
        event.state === 'started' &&
        setImmediate(() => stop.abort()),
    });
    assert.equal(record.result, 'cancelled');
    assert.equal(record.teardown.proven, true);
  });

  it('measures "95% of last" against the last passed evidence', async () => {
    await bench.write('backups/orders.dump', dumps.get('custom')!);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ checks: '[{ name: rows, query: select count(*) from orders, notLessThan: 95% of last }]' }),
    );
    assert.equal((await bench.run()).record.result, 'passed');
    assert.equal((await bench.run({ last: { rows: 5200 } })).record.result, 'passed');
    const { record } = await bench.run({ last: { rows: 6000 } });
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /5000 is less than 5700/u);
  });
});

function sum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
