/** Connections to the sandbox's MariaDB or MySQL, over its Unix socket; the driver is loaded when first needed. */
import type { Connection } from 'mysql2/promise';

export interface MariadbAddress {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user: string;
  readonly password?: string;
}

/** Runs `use` with a connection and closes it. Times come as text, in UTC; big numbers as text. */
export async function withMariadb<T>(
  address: MariadbAddress,
  database: string | undefined,
  use: (connection: Connection) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({
    ...(address.socketPath === undefined
      ? { host: address.host ?? '127.0.0.1', port: address.port ?? 3306 }
      : { socketPath: address.socketPath }),
    user: address.user,
    password: address.password ?? '',
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

/** The first column of the first row, or undefined. */
export async function mariadbValue(connection: Connection, sql: string): Promise<unknown> {
  const [rows] = await connection.query(sql);
  const first: unknown = Array.isArray(rows) ? rows[0] : undefined;
  return Array.isArray(first) ? (first as unknown[])[0] : undefined;
}

export function backticked(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
