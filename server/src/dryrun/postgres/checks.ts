/** Runs the checks of a dry run as SQL on the restored PostgreSQL database: read-only, one value each. */
import type { CheckRecord } from '../../core/recovery/record.ts';
import type { CheckPlan, RunContext } from '../../core/recovery/engine.ts';
import { asText } from '../../core/references/read.ts';
import { parseDuration } from '../../core/values/duration.ts';
import { beginCheck, judgedCheck, type Done } from '../checkRecord.ts';
import type { EnginePorts } from '../ports.ts';
import { isGone, quoted, withClient } from './connection.ts';
import type { PostgresHandle } from './handle.ts';

const DEFAULT_TIMEOUT_MS = 10 * 60_000;

/** One check; wrong SQL is a failed check with the server's message, which never holds row values beyond the statement's own. */
export async function checkPostgres(
  ports: EnginePorts,
  run: RunContext,
  handle: PostgresHandle,
  check: CheckPlan,
): Promise<CheckRecord> {
  const record = beginCheck(ports, check);
  const { raw } = check;
  const table = asText(raw['table']);
  const sql = asText(raw['query']) ?? (table === undefined ? undefined : `select count(*) from ${tableName(table)}`);
  const backup = asText(raw['backup']);
  const done: Done = (state, more) => record(state, { ...(backup === undefined ? {} : { backup }), ...more });
  if (sql === undefined)
    return done('failed', { message: 'The check has no query and no table; file checks need a files sandbox.' });
  const database = databaseOf(run, handle, backup, asText(raw['database']));
  if (database === undefined)
    return done('failed', {
      message: `Nothing was restored of ${backup === undefined ? `database "${asText(raw['database']) ?? ''}"` : `backup "${backup}"`}.`,
    });
  const timeout = parseDuration(asText(raw['timeout']) ?? '')?.ms ?? DEFAULT_TIMEOUT_MS;
  try {
    const value = await withClient(
      handle.address,
      database,
      async (client) => {
        await client.query(`set statement_timeout = ${Math.round(timeout)}`);
        await client.query(`set timezone = 'UTC'`);
        await client.query(`set default_transaction_read_only = on`);
        const answer = (await client.query({
          text: sql,
          rowMode: 'array',
          types: { getTypeParser: parserOf },
        })) as unknown as { rows?: unknown[][] } | { rows?: unknown[][] }[];
        const last = Array.isArray(answer) ? answer.findLast((each) => (each.rows?.length ?? 0) > 0) : answer;
        return last?.rows?.[0]?.[0];
      },
      run.signal,
    );
    return judgedCheck(ports, run, check, value, done);
  } catch (error) {
    run.signal.throwIfAborted();
    if (isGone(error)) return done('inconclusive', { message: `The sandbox's server went away: ${error.message}.` });
    const message = error instanceof Error ? error.message : String(error);
    return done('failed', { message: `The query failed: ${message.split('\n')[0] ?? ''}.` });
  }
}

/** Times without a zone are read as UTC, big numbers as text; nothing depends on this machine's zone. */
function parserOf(oid: number): (text: string) => unknown {
  return oid === 16 ? (text) => text === 't' : (text) => text;
}

function databaseOf(
  run: RunContext,
  handle: PostgresHandle,
  backup: string | undefined,
  database: string | undefined,
): string | undefined {
  if (backup !== undefined) return handle.databases.get(backup);
  if (database !== undefined) {
    const plan = run.plan.backups.find((each) => each.database === database);
    return plan
      ? handle.databases.get(plan.name)
      : ([...handle.databases.values()].find((each) => each === database) ?? database);
  }
  return [...handle.databases.values()][0];
}

function tableName(table: string): string {
  if (table.includes('"')) return table;
  return table.split('.').map(quoted).join('.');
}
