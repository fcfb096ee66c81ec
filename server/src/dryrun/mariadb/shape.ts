/** Reads the shape of restored MariaDB or MySQL databases from their information schema. */
import type { Connection } from 'mysql2/promise';
import type { RunContext } from '../../core/recovery/engine.ts';
import { columnText, type SequenceState, type ShapeKind, type ShapeObject } from '../../core/recovery/shape.ts';
import type { MariadbHandle } from '../sandboxes/mariadb.ts';
import type { Catalogue } from '../shape.ts';
import { backticked, mariadbValue, withMariadb } from './connection.ts';

const SYSTEM = "('mysql', 'information_schema', 'performance_schema', 'sys')";

const OBJECTS: readonly (readonly [ShapeKind, string])[] = [
  [
    'table',
    `select concat(table_schema, '.', table_name) from information_schema.tables where table_type = 'BASE TABLE' and table_schema in SCHEMAS`,
  ],
  ['view', `select concat(table_schema, '.', table_name) from information_schema.views where table_schema in SCHEMAS`],
  [
    'sequence',
    `select concat(table_schema, '.', table_name) from information_schema.tables where table_type = 'SEQUENCE' and table_schema in SCHEMAS`,
  ],
  [
    'index',
    `select distinct concat(table_schema, '.', table_name, ' ', index_name) from information_schema.statistics where table_schema in SCHEMAS`,
  ],
  [
    'constraint',
    `select distinct concat(table_schema, '.', table_name, ' ', constraint_name) from information_schema.table_constraints where table_schema in SCHEMAS`,
  ],
  [
    'trigger',
    `select concat(trigger_schema, '.', event_object_table, ' ', trigger_name) from information_schema.triggers where trigger_schema in SCHEMAS`,
  ],
  [
    'routine',
    `select distinct concat(routine_schema, '.', routine_name) from information_schema.routines where routine_schema in SCHEMAS`,
  ],
];

/** Which schemas are looked at: all but the server's own, and on a server of the team's only ours. */
export function schemasOf(connection: Connection, handle: MariadbHandle): string {
  if (handle.isShared !== true) return `not in ${SYSTEM}`;
  return `in (${[...handle.databases.values()].map((name) => connection.escape(name)).join(', ') || "''"})`;
}

/** What a database with a random name stands for. */
function standsFor(run: RunContext, handle: MariadbHandle): (schema: string) => string {
  if (handle.isShared !== true) return (schema) => schema;
  const names = new Map(
    run.plan.backups.map((each) => [handle.databases.get(each.name) ?? '', each.database ?? each.name]),
  );
  return (schema) => names.get(schema) ?? schema;
}

/** All databases of the server but its own. A database with a random name is told by the one that it stands for. */
export async function mariadbShape(run: RunContext, handle: MariadbHandle): Promise<Catalogue> {
  return await withMariadb(
    handle.address,
    undefined,
    async (connection) => {
      const which = schemasOf(connection, handle);
      const named = standsFor(run, handle);
      const outer = (name: string): string => name.replace(/^[^.]*/u, named);
      const rows = async (sql: string): Promise<readonly string[][]> => {
        const [found] = await connection.query(sql.replaceAll('in SCHEMAS', which));
        return Array.isArray(found) ? (found as unknown[][]).map((row) => row.map(String)) : [];
      };
      const objects: ShapeObject[] = [];
      for (const [kind, sql] of OBJECTS)
        for (const [name = ''] of await rows(sql)) objects.push({ kind, name: outer(name) });
      const columns: Record<string, string[]> = {};
      for (const [table = '', name = '', type = ''] of await rows(
        `select concat(table_schema, '.', table_name), column_name, column_type from information_schema.columns where table_schema in SCHEMAS order by 1, ordinal_position`,
      ))
        (columns[outer(table)] ??= []).push(columnText(name, type));
      const sequences: SequenceState[] = [];
      for (const [schema = '', table = '', column = '', next = ''] of await rows(
        `select c.table_schema, c.table_name, c.column_name, t.auto_increment from information_schema.columns c join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name where c.extra like '%auto_increment%' and t.auto_increment is not null and c.table_schema in SCHEMAS`,
      )) {
        run.signal.throwIfAborted();
        const furthest = await mariadbValue(
          connection,
          `select max(${backticked(column)}) from ${backticked(schema)}.${backticked(table)}`,
        );
        if (!/^\d+$/u.test(next) || (typeof furthest !== 'string' && typeof furthest !== 'number')) continue;
        sequences.push({
          name: `AUTO_INCREMENT of ${named(schema)}.${table}`,
          column: `${named(schema)}.${table}.${column}`,
          next: BigInt(next),
          step: 1n,
          furthest: BigInt(String(furthest).replace(/\..*$/u, '')),
        });
      }
      return { objects, own: objects, columns, sequences };
    },
    run.signal,
  );
}
