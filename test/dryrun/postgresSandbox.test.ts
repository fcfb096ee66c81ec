/** The private PostgreSQL of a dry run: its settings fit the machine, and the database that it hands over is like any other. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import type { Machine } from '../../server/src/core/ports.ts';
import type { RunContext } from '../../server/src/core/recovery/engine.ts';
import { jobsOf, restoreOptions, settingsOf } from '../../server/src/dryrun/postgres/settings.ts';
import { createMachine } from '../../server/src/platform/machine.ts';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

const GIGABYTE = 2 ** 30;

describe('settings of a private PostgreSQL', function () {
  const machine = (cpus: number, memory: number): Machine => ({
    ...createMachine({}),
    cpus,
    freeMemory: () => memory,
  });
  const run = (settings: Readonly<Record<string, unknown>> = {}): RunContext =>
    ({ plan: { sandbox: { raw: { settings } } }, note: () => undefined }) as unknown as RunContext;

  it('sorts in a part of the free memory, never in less than the default or more than a gigabyte', function () {
    const sort = (cpus: number, memory: number): string | undefined =>
      settingsOf(run(), machine(cpus, memory))['maintenance_work_mem'];
    assert.equal(sort(2, 4 * GIGABYTE), '256MB');
    assert.equal(sort(8, 16 * GIGABYTE), '256MB');
    assert.equal(sort(2, 0.25 * GIGABYTE), '64MB');
    assert.equal(sort(1, 100 * GIGABYTE), '1024MB');
    assert.equal(jobsOf(machine(64, GIGABYTE)), 8);
  });

  it('gives an index helpers where jobs leave cores, and none where they do not', function () {
    const options = (cpus: number, jobs: number, indexes: number): unknown =>
      restoreOptions(run(), machine(cpus, GIGABYTE), jobs, indexes)['PGOPTIONS'];
    assert.equal(options(2, 2, 4), '-c max_parallel_maintenance_workers=0');
    assert.equal(options(2, 2, 1), '-c max_parallel_maintenance_workers=1');
    assert.equal(options(2, 2, 0), '-c max_parallel_maintenance_workers=1');
    assert.equal(options(32, 8, 40), '-c max_parallel_maintenance_workers=3');
    assert.equal(options(64, 8, 1), '-c max_parallel_maintenance_workers=4');
  });

  it('leaves to the document what the document sets', function () {
    const given = run({ max_parallel_maintenance_workers: 7, maintenance_work_mem: '9MB', fsync: 'on' });
    assert.deepEqual(restoreOptions(given, machine(2, GIGABYTE), 2, 4), {});
    const made = settingsOf(given, machine(2, GIGABYTE));
    assert.deepEqual(
      [made['max_parallel_maintenance_workers'], made['maintenance_work_mem'], made['fsync']],
      ['7', '9MB', 'on'],
    );
  });
});

describe('database of a private PostgreSQL', function () {
  this.timeout(120_000);
  const server = usePostgres();
  let bench: Bench;
  beforeEach(async () => (bench = await makeBench()));
  afterEach(async () => {
    assert.deepEqual(await bench.left(), [], 'a sandbox was left behind');
    await bench.remove();
  });

  const ATTRIBUTES = `select concat_ws(' ', datistemplate, datallowconn, datconnlimit, encoding, datcollate, datctype, pg_get_userbyid(datdba),
    coalesce(shobj_description(oid, 'pg_database'), '-'), has_database_privilege('pg_monitor', oid, 'CONNECT'),
    has_database_privilege('pg_monitor', oid, 'TEMPORARY'), has_database_privilege('pg_monitor', oid, 'CREATE'))
    from pg_database where datname = current_database()`;
  /** All that the system keeps in a new database, as one number: texts don't go into a record. */
  const SYSTEM = `select ('x' || substr(md5(concat(
    (select string_agg(concat(relname, relkind, relacl), ',' order by relname) from pg_class where oid < 16384),
    (select string_agg(concat(nspname, nspacl), ',' order by nspname) from pg_namespace where nspname !~ '^pg_t'),
    (select count(*) from pg_proc where oid < 16384), (select count(*) from pg_description), (select count(*) from pg_collation))), 1, 8))::bit(32)::bigint`;

  it('is the same whether it was handed over or made', async () => {
    for (const name of ['orders', 'second']) {
      execFileSync(path.join(server().bin, 'createdb'), [name], { env: server().environment('postgres') });
      execFileSync(path.join(server().bin, 'psql'), ['-qc', 'create table t as select 1 a'], {
        env: server().environment(name),
      });
      await bench.write(
        `${name}/${name}.dump`,
        execFileSync(path.join(server().bin, 'pg_dump'), ['-Fc'], { env: server().environment(name) }),
      );
    }
    const query = (sql: string): string => `query: ${JSON.stringify(sql.replace(/\s+/gu, ' '))}`;
    const alike = `${query(ATTRIBUTES)}, equals: "f t -1 6 C C postgres - t t f"`;
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        in: '{ folder: ./orders }',
        checks: `[${[
          `{ name: handed over, backup: nightly, ${query(SYSTEM)}, expect: ">0" }`,
          `{ name: made, backup: other, ${query(SYSTEM)}, expect: ">0" }`,
          `{ name: as handed over, backup: nightly, ${alike} }`,
          `{ name: as made, backup: other, ${alike} }`,
          `{ name: all, backup: other, query: "select string_agg(datname, ' ' order by datname) from pg_database", equals: "orders postgres second template0" }`,
        ].join(', ')}]`,
      })
        .replace(
          'restore:\n',
          '  other: { tool: pg_dump, database: second, in: { folder: ./second }, schedule: "0 * * * *" }\nrestore:\n',
        )
        .replace('backup: nightly\n', 'backup: [nightly, other]\n'),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.equal(typeof record.checks[0]?.actual, 'number');
    assert.equal(record.checks[0]?.actual, record.checks[1]?.actual);
  });
});
