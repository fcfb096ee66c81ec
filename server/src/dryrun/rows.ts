/** Whether a restored database holds a row at all: of a dump of definitions alone everything comes back but the data. */
import type { RunContext, RunningSandbox } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import { backticked, mariadbValue, withMariadb } from './mariadb/connection.ts';
import { schemasOf } from './mariadb/shape.ts';
import { queryValue, withSandbox } from './postgres/connection.ts';
import type { MariadbHandle } from './sandboxes/mariadb.ts';
import type { PostgresHandle } from './sandboxes/postgres.ts';

/** Tables and materialised views of the database's own, and large objects: nothing vacuums in a sandbox, so a page holds a row. */
const POSTGRES = `
select exists (select 1 from pg_largeobject_metadata) or exists (
  select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_' and pg_relation_size(c.oid) > 0
    and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))`;

/** False where no database that was restored holds one; undefined where the sandbox holds no database. */
export async function holdsRows(run: RunContext, sandbox: RunningSandbox): Promise<boolean | undefined> {
  if (sandbox.engine === 'postgres') {
    const handle = sandbox.handle as PostgresHandle;
    for (const database of handle.databases.values()) {
      const found = await withSandbox(
        handle.address,
        database,
        async (client) => await queryValue(client, POSTGRES),
        run.signal,
      );
      if (found === true) return true;
    }
    return handle.databases.size === 0 ? undefined : false;
  }
  if (sandbox.engine === 'mariadb' || sandbox.engine === 'mysql')
    return await mariadbRows(run, sandbox.handle as MariadbHandle);
  return undefined;
}

async function mariadbRows(run: RunContext, handle: MariadbHandle): Promise<boolean> {
  return await withMariadb(
    handle.address,
    undefined,
    async (connection) => {
      const [tables] = await connection.query(
        `select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema ${schemasOf(connection, handle)}`,
      );
      let unread: string | undefined;
      for (const row of Array.isArray(tables) ? (tables as unknown[][]) : []) {
        run.signal.throwIfAborted();
        const [schema = '', table = ''] = row.map(String);
        const asked = `select 1 from ${backticked(schema)}.${backticked(table)} limit 1`;
        const one = await mariadbValue(connection, asked).catch((error: unknown) => {
          if (!(error instanceof Error) || ('fatal' in error && error.fatal === true)) throw error;
          unread ??= `${schema}.${table} can't be read here ("${error.message}")`;
        });
        if (one !== undefined && one !== null) return true;
      }
      if (unread === undefined) return false;
      // A table whose rows are elsewhere, for one: it is no answer, and none is no pass.
      throw new StageFault(
        'inconclusive',
        `Whether any data came back can't be told: no other table holds a row, and ${unread}; say in a check of the runbook what must be there.`,
      );
    },
    run.signal,
  );
}
