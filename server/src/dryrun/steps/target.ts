/** What the runbook's own steps restore into: the empty database that they find, and what is in it afterwards. */
import { join } from 'node:path';
import type { FetchedBackup, RunContext, RunningSandbox } from '../../core/recovery/engine.ts';
import { backticked, withMariadb } from '../mariadb/connection.ts';
import { quoted, queryValue, withClient } from '../postgres/connection.ts';
import { contentsOf, noteRoles, nothingPrepared, prepare } from '../postgres/prepare.ts';
import type { EnginePorts } from '../ports.ts';
import { filesBelow, type FilesHandle } from '../sandboxes/files.ts';
import type { MariadbHandle } from '../sandboxes/mariadb.ts';
import type { PostgresHandle } from '../sandboxes/postgres.ts';
import { contents } from '../mariadb/contents.ts';
import { needsOfDump } from '../tools/pgDump.ts';
import { replaceFile } from '../writeFile.ts';

/** `$TARGET`, `$ADMIN` and what client tools read, all pointing into the sandbox. */
export function sandboxVariables(sandbox: RunningSandbox, database: string): Readonly<Record<string, string>> {
  const { engine } = sandbox;
  if (engine === 'postgres') {
    const { address, binaries, all } = sandbox.handle as PostgresHandle;
    const url = (name: string): string =>
      `postgresql://${encodeURIComponent(address.user)}@/${encodeURIComponent(name)}?host=${encodeURIComponent(address.host)}&port=${address.port}`;
    const client = all.find((each) => each.client && each.major >= binaries.major) ?? all.find((each) => each.client);
    return {
      TARGET: url(database),
      ADMIN: url('postgres'),
      PGHOST: address.host,
      PGPORT: String(address.port),
      PGUSER: address.user,
      PGDATABASE: database,
      ...(address.password === undefined ? {} : { PGPASSWORD: address.password }),
      ...(client ? { PATH: `${client.folder}:/usr/local/bin:/usr/bin:/bin` } : {}),
    };
  }
  if (engine === 'mariadb' || engine === 'mysql') {
    const { address } = sandbox.handle as MariadbHandle;
    const socket = address.socketPath ?? '';
    return {
      TARGET: database,
      ADMIN: 'mysql',
      MYSQL_UNIX_PORT: socket,
      MYSQL_HOST: 'localhost',
      TARGET_SOCKET: socket,
      TARGET_USER: address.user,
    };
  }
  const { folder } = sandbox.handle as FilesHandle;
  return { TARGET: folder, ADMIN: folder };
}

/** What `$TARGET` names: on a server of the team's the database that is dropped after, whatever the backup calls its own. */
export function targetDatabase({ plan }: RunContext, sandbox: RunningSandbox): string {
  const [backup] = plan.backups;
  const { databases } = sandbox.handle as Partial<Pick<PostgresHandle, 'databases'>>;
  const given = sandbox.kind === 'server' ? databases?.get(backup?.name ?? '') : undefined;
  return given ?? backup?.database ?? 'restored';
}

/** The same for MariaDB and MySQL; their clients find the server in the option file of a home, which comes after the machine's. */
export async function prepareMariadbTarget(
  ports: EnginePorts,
  run: RunContext,
  { address }: MariadbHandle,
  database: string,
): Promise<void> {
  const make = `create database if not exists ${backticked(database)}`;
  await withMariadb(address, undefined, async (connection) => await connection.query(make), run.signal);
  const { socketPath, host, port, user, password } = address;
  const place = socketPath === undefined ? { protocol: 'tcp', host, port } : { socket: socketPath };
  const options = Object.entries({ ...place, user, password }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${String(value).replace(/["\\]/gu, '\\$&')}"`],
  );
  await replaceFile(ports, run, join(run.folder, '.my.cnf'), `[client]\n${options.join('\n')}\n`);
}

/** The empty database that the steps restore into, and the roles that the dump names: a real restore makes them first too. */
export async function prepareTarget(
  ports: EnginePorts,
  run: RunContext,
  handle: PostgresHandle,
  database: string,
  fetched: readonly FetchedBackup[],
): Promise<void> {
  await withClient(
    handle.address,
    'postgres',
    async (client) => {
      if ((await queryValue(client, 'select 1 from pg_database where datname = $1', [database])) === undefined)
        await client.query(`create database ${quoted(database)} template template0`);
    },
    run.signal,
  );
  handle.databases.set(run.plan.backups[0]?.name ?? 'restored', database);
  const prepared = nothingPrepared();
  for (const each of fetched)
    if (each.found.plan.tool === 'pg_dump')
      await prepare(ports, run, handle, database, await needsOfDump(ports, run, each, handle), prepared);
  noteRoles(run, prepared);
}

/** Bytes in the target after the steps. */
export async function bytesIn(
  ports: EnginePorts,
  run: RunContext,
  sandbox: RunningSandbox,
  database: string,
): Promise<number> {
  if (sandbox.engine === 'postgres') {
    return (await contentsOf(run, sandbox.handle as PostgresHandle, database)).bytes;
  }
  if (sandbox.engine === 'mariadb' || sandbox.engine === 'mysql') {
    (sandbox.handle as MariadbHandle).databases.set(run.plan.backups[0]?.name ?? 'restored', database);
    return (await contents(run, sandbox.handle as MariadbHandle, [])).restoredBytes;
  }
  return (await filesBelow(ports, (sandbox.handle as FilesHandle).folder)).reduce((sum, each) => sum + each.bytes, 0);
}
