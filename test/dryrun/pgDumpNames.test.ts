/** Dumps of PostgreSQL whose names a program could take for something else: for a connection, or for another encoding. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { createMachine } from '../../server/src/platform/machine.ts';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

/** No server of this name is there, and no other must be asked for it. */
const LIKE_A_CONNECTION = "host=db.prod.invalid dbname='x'";

describe('dry run of pg_dump with odd names', function () {
  this.timeout(120_000);
  const server = usePostgres();
  let bench: Bench;
  const tool = (name: string, args: readonly string[], database = 'postgres'): Buffer =>
    execFileSync(path.join(server().bin, name), args, {
      env: server().environment(database),
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const sql = (database: string, text: string): Buffer =>
    tool('psql', ['-q', '-c', `set client_encoding = 'UTF8'`, '-c', text], database);

  before(() => {
    sql('postgres', `create database "${LIKE_A_CONNECTION}"`);
    sql('postgres', `create database western encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0`);
    for (const database of [LIKE_A_CONNECTION, 'western'])
      sql(database, 'create table orders as select i id from generate_series(1, 2000) i');
    sql(
      'western',
      `create role "Löwe"; create table "Größe" (id int primary key); alter table "Größe" owner to "Löwe"; select lo_from_bytea(7, 'x'); alter large object 7 owner to "Löwe"`,
    );
  });
  beforeEach(async () => {
    bench = await makeBench();
  });
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  for (const format of ['custom', 'plain']) {
    it(`restores a database whose name reads like a connection into the sandbox (${format})`, async () => {
      await bench.write('backups/orders.dump', tool('pg_dump', ['-F', format], LIKE_A_CONNECTION));
      const named = folderRunbook().replace('database: orders', `database: ${JSON.stringify(LIKE_A_CONNECTION)}`);
      await bench.write('a.runbook.yaml', named);
      const { record } = await bench.run();
      assert.equal(record.result, 'passed', record.summary);
      // A dump names its database itself where the backup does not say.
      await bench.write('a.runbook.yaml', folderRunbook().replace('    database: orders\n', ''));
      const own = (await bench.run()).record;
      assert.equal(own.result, 'passed', own.summary);
    });

    it(`reads names in the encoding of the dump (${format})`, async () => {
      await bench.write('backups/orders.dump', tool('pg_dump', ['-F', format], 'western'));
      const checks = `[{ name: owner, query: "select tableowner from pg_tables where tablename = 'Größe'", equals: "Löwe" }]`;
      await bench.write('a.runbook.yaml', folderRunbook({ checks }).replace('    database: orders\n', ''));
      const { record } = await bench.run();
      assert.equal(record.result, 'passed', record.summary);
      assert.ok(record.notes.some((note) => note.code === 'no-globals' && note.message.includes('"Löwe"')));
    });
  }

  it('overlooks a byte-order mark before a plain dump as psql does, and says so', async () => {
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), tool('pg_dump', [], LIKE_A_CONNECTION)]);
    sql('postgres', 'create database read_by_psql');
    const env = server().environment('read_by_psql');
    execFileSync(path.join(server().bin, 'psql'), ['-qv', 'ON_ERROR_STOP=1', '-f', '-'], {
      env,
      input: marked,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    await bench.write('backups/orders.sql', marked);
    await bench.write('a.runbook.yaml', folderRunbook());
    for (const own of ['0', '1']) {
      const variables = { ...bench.variables, DRILLBOOK_OWN_LOADER: own };
      const { record } = await bench.run({ ports: { machine: createMachine(variables) } });
      assert.equal(record.result, 'passed', record.summary);
      assert.match(record.notes.find((note) => note.code === 'byte-order-mark')?.message ?? '', /left out, as psql/u);
    }
  });
});
