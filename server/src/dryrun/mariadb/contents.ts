/** What a dump brought back into a server of MariaDB or MySQL: counted, and made usable. */
import type { RestoreOutcome, RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { MariadbHandle } from '../sandboxes/mariadb.ts';
import { mariadbValue, withMariadb } from './connection.ts';
import { schemasOf } from './shape.ts';

/** Counts what came back; users that views and routines name as definers are made, locked, so that those work. */
export async function contents(
  run: RunContext,
  handle: MariadbHandle,
  definers: readonly (readonly [string, string])[],
  replacesUsers = false,
): Promise<RestoreOutcome> {
  return await withMariadb(
    handle.address,
    undefined,
    async (connection) => {
      const made: string[] = [];
      if (replacesUsers && handle.isShared !== true && definers.length > 0) {
        // The dump brought the users of the source, which the server has not read yet; the sandbox's own must go on to be let in.
        await connection.query('flush privileges');
        await connection.query(`create user if not exists 'root'@'localhost'`);
        await connection.query(
          handle.flavour === 'mariadb'
            ? `alter user 'root'@'localhost' identified via mysql_native_password using ''`
            : `alter user 'root'@'localhost' identified by ''`,
        );
        await connection.query(`grant all on *.* to 'root'@'localhost' with grant option`);
      }
      // Users of a server of the team's are the team's.
      for (const [user, host] of handle.isShared === true ? [] : definers) {
        if (user === 'root' || user === 'mariadb.sys' || user === 'mysql.sys') continue;
        await connection.query(
          `create user if not exists ${connection.escape(user)}@${connection.escape(host)} account lock`,
        );
        await connection.query(`grant all on *.* to ${connection.escape(user)}@${connection.escape(host)}`);
        made.push(user);
      }
      if (made.length > 0)
        run.note({
          severity: 'information',
          code: 'no-globals',
          message: `The backup names users that it does not hold (${[...new Set(made)].slice(0, 8).join(', ')}); they were made locked. A real restore needs them first.`,
        });
      const which = schemasOf(connection, handle);
      const tables = Number(
        await mariadbValue(connection, `select count(*) from information_schema.tables where table_schema ${which}`),
      );
      const bytes = Number(
        await mariadbValue(
          connection,
          `select coalesce(sum(data_length + index_length), 0) from information_schema.tables where table_schema ${which} and table_type = 'BASE TABLE'`,
        ),
      );
      if (tables === 0 || bytes === 0)
        throw new StageFault(
          'failed',
          `The restore ended without an error, but restored nothing: ${tables} tables, ${bytes} bytes.`,
          { code: 'nothing-restored' },
        );
      return {
        restoredBytes: bytes,
        message: `${tables === 1 ? '1 table or view' : `${tables} tables and views`}, ${bytes} bytes restored by the ${handle.flavour} client`,
      };
    },
    run.signal,
  );
}
