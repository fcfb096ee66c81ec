/** Runs the checks of a dry run as SQL on the restored MariaDB or MySQL: read-only, one value each. */
import type { CheckPlan, RunContext, RunningSandbox } from '../../core/recovery/engine.ts';
import type { CheckRecord } from '../../core/recovery/record.ts';
import { asText } from '../../core/references/read.ts';
import { parseDuration } from '../../core/values/duration.ts';
import { beginCheck, judgedCheck } from '../checkRecord.ts';
import type { EnginePorts } from '../ports.ts';
import type { MariadbHandle } from '../sandboxes/mariadb.ts';
import { backticked, mariadbValue, withMariadb } from './connection.ts';

/** One check; wrong SQL is a failed check with the server's message. */
export async function checkMariadb(
  ports: EnginePorts,
  run: RunContext,
  sandbox: RunningSandbox,
  plan: CheckPlan,
): Promise<CheckRecord> {
  const handle = sandbox.handle as MariadbHandle;
  const { raw } = plan;
  const done = beginCheck(ports, plan);
  const table = asText(raw['table']);
  const sql =
    asText(raw['query']) ??
    (table === undefined
      ? undefined
      : `select count(*) from ${table
          .split('.')
          .map((part) => backticked(part.replaceAll('`', '')))
          .join('.')}`);
  if (sql === undefined)
    return done('failed', { message: 'The check has no query and no table; file checks need a files sandbox.' });
  const backup = asText(raw['backup']);
  const named = asText(raw['database']);
  const database =
    named === undefined
      ? backup === undefined
        ? [...handle.databases.values()][0]
        : handle.databases.get(backup)
      : ownName(run, handle, named);
  const timeout = parseDuration(asText(raw['timeout']) ?? '')?.ms ?? 600_000;
  try {
    const value = await withMariadb(
      handle.address,
      database === '' ? undefined : database,
      async (connection) => {
        await connection.query(
          handle.flavour === 'mariadb'
            ? `set session max_statement_time = ${timeout / 1000}`
            : `set session max_execution_time = ${timeout}`,
        );
        await connection.query("set session time_zone = '+00:00'");
        await connection.query('set session transaction read only');
        await connection.query('start transaction read only');
        return await mariadbValue(connection, sql);
      },
      run.signal,
    );
    return judgedCheck(ports, run, plan, value, done);
  } catch (error) {
    run.signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    const away = /ECONNREFUSED|ENOENT|closed state|PROTOCOL_CONNECTION_LOST/u.test(message);
    return done(away ? 'inconclusive' : 'failed', {
      message: away ? `The sandbox's server went away: ${message}.` : `The query failed: ${message}.`,
    });
  }
}

/** On a server of the team's a database of that name may be somebody's: the one that was restored is meant. */
function ownName(run: RunContext, handle: MariadbHandle, named: string): string {
  if (handle.isShared !== true) return named;
  const plan = run.plan.backups.find((each) => each.database === named) ?? run.plan.backups[0];
  return handle.databases.get(plan?.name ?? '') ?? '';
}
