/** Connections to the sandbox's MariaDB or MySQL, over its Unix socket; the driver is loaded when first needed. */
import type { Connection } from 'mysql2/promise';

export interface MariadbAddress {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user: string;
  readonly password?: string;
  readonly ssl?: { readonly rejectUnauthorized: boolean };
}

/** How the client program is told of a server. The password is not among it: that is never on a command line. */
export function clientArguments(address: MariadbAddress): readonly string[] {
  const { socketPath, host, port, user, ssl } = address;
  const place =
    socketPath === undefined
      ? ['--protocol=tcp', `--host=${host ?? '127.0.0.1'}`, `--port=${port ?? 3306}`]
      : [`--socket=${socketPath}`];
  return [
    ...place,
    `--user=${user}`,
    ...(ssl ? ['--ssl', ...(ssl.rejectUnauthorized ? ['--ssl-verify-server-cert'] : [])] : []),
  ];
}

/** Runs `use` with a connection and closes it. Times come as text, in UTC; big numbers as text. */
export async function withMariadb<T>(
  address: MariadbAddress,
  database: string | undefined,
  use: (connection: Connection) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  // Built into the program, a CommonJS library has no names but its default.
  const { default: mysql } = await import('mysql2/promise');
  const connection = await mysql.createConnection({
    ...(address.socketPath === undefined
      ? { host: address.host ?? '127.0.0.1', port: address.port ?? 3306 }
      : { socketPath: address.socketPath }),
    user: address.user,
    password: address.password ?? '',
    ...(address.ssl ? { ssl: address.ssl } : {}),
    ...(database === undefined ? {} : { database }),
    connectTimeout: 10_000,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    rowsAsArray: true,
    multipleStatements: false,
  });
  connection.on('error', () => undefined);
  const onAbort = (): void => connection.destroy();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    return await use(connection);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    connection.destroy();
  }
}

/** What tells a server from every other, as far as it says: MySQL has an id, MariaDB is known by its place. */
export async function mariadbIdentity(connection: Connection): Promise<string> {
  const uuid = await mariadbValue(connection, 'select @@server_uuid').catch(() => undefined);
  if (typeof uuid === 'string' && uuid !== '') return uuid;
  const place = await mariadbValue(
    connection,
    "select concat_ws('|', @@hostname, @@port, @@socket, @@datadir, @@pid_file, @@server_id)",
  );
  return `place:${String(place)}`;
}

/** The first column of the first row, or undefined. */
export async function mariadbValue(connection: Connection, sql: string): Promise<unknown> {
  const [rows] = await connection.query(sql);
  const first: unknown = Array.isArray(rows) ? rows[0] : undefined;
  return Array.isArray(first) ? (first as unknown[])[0] : undefined;
}

export function backticked(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
