/** Tables of a restored data folder that its server can't read: it starts all the same, and nobody would hear of them. */
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { RunContext } from '../../core/recovery/engine.ts';
import type { MariadbHandle } from '../sandboxes/mariadb.ts';
import { backticked, withMariadb } from './connection.ts';
import { schemasOf } from './shape.ts';

/** Others keep their rows elsewhere. Where the server can't tell the engine, the table's description is damaged. */
const ENGINES = "(engine is null or engine in ('InnoDB', 'Aria', 'MyISAM', 'ARCHIVE', 'CSV'))";

interface Lost {
  readonly table: string;
  readonly why: string;
}

/** Looks at every table as the server does when it first opens it; rejects where one is lost. */
export async function refuseLostTables(run: RunContext, handle: MariadbHandle): Promise<void> {
  const lost = await withMariadb(
    handle.address,
    undefined,
    async (connection) => {
      const [tables] = await connection.query(
        `select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE' and ${ENGINES} and table_schema ${schemasOf(connection, handle)} order by 1, 2`,
      );
      const found: Lost[] = [];
      for (const [schema = '', table = ''] of textsIn(tables)) {
        run.signal.throwIfAborted();
        const [told] = await connection.query(`check table ${backticked(schema)}.${backticked(table)} quick`);
        const why = whyLost(textsIn(told));
        if (why !== undefined) found.push({ table: `${schema}.${table}`, why });
      }
      return found;
    },
    run.signal,
  );
  // A plugin that this server was not given: nothing is known of its tables, and nothing is wrong with them.
  const foreign = lost.filter(({ why }) => /^Unknown storage engine/u.test(why));
  for (const { table, why } of foreign)
    run.note({ severity: 'warning', code: 'extension', message: `The table ${table} was not looked at: ${why}.` });
  const [first, ...others] = lost.filter((each) => !foreign.includes(each));
  if (first === undefined) return;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  throw new StageFault(
    'failed',
    `The backup is cut off or damaged: the server can't read the table ${first.table} ("${first.why}")${more}.`,
  );
}

/** Of the rows that CHECK TABLE answers with (table, operation, type, text), the first that says what is wrong. */
function whyLost(told: readonly (readonly string[])[]): string | undefined {
  if (!told.some(([, , type]) => type?.toLowerCase() === 'error')) return undefined;
  return told.find(([, , type]) => /^(?:error|warning)$/iu.test(type ?? ''))?.[3]?.replace(/\.$/u, '');
}

function textsIn(rows: unknown): readonly (readonly string[])[] {
  return Array.isArray(rows) ? (rows as unknown[][]).map((row) => row.map(String)) : [];
}
