/** Connections to the sandbox's PostgreSQL, over its Unix socket; the driver is loaded when first needed. */
import type { Client, ClientConfig } from 'pg';
import { StageFault } from '../../core/recovery/stageFault.ts';

/** How a server of the sandbox is reached. */
export interface PostgresAddress {
  /** Folder of the socket, or a host. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly ssl?: ClientConfig['ssl'];
}

/**
 * How the client programs are told of a database. As a connection string: they would take a bare name that looks like one
 * for one, and a dump names its database itself. The password is not among it: that is never on a command line.
 */
export function clientArguments({ host, port, user }: PostgresAddress, database: string): readonly string[] {
  const escaped = database.replace(/[\\']/gu, '\\$&');
  return ['-h', host, '-p', String(port), '-U', user, '-w', '-d', `dbname='${escaped}'`];
}

/** Runs `use` with a connection and closes it. */
export async function withClient<T>(
  address: PostgresAddress,
  database: string,
  use: (client: Client) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const client = await connect(address, database);
  const onAbort = (): void => void client.end().catch(() => undefined);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    return await use(client);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await client.end().catch(() => undefined);
  }
}

const GONE = /ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|Connection terminated|server closed|terminating connection/u;

/** Whether a call failed because there is no server any more. */
export function isGone(error: unknown): error is Error {
  return error instanceof Error && GONE.test(error.message);
}

/** The same on the server that was made for the run: that it is gone is the sandbox's fault. */
export async function withSandbox<T>(...call: Parameters<typeof withClient<T>>): Promise<T> {
  try {
    return await withClient(...call);
  } catch (error) {
    if (!isGone(error)) throw error;
    throw new StageFault('inconclusive', `The sandbox's server went away: ${error.message}.`, { sandbox: true });
  }
}

type Library = (typeof import('pg'))['default'];

/** Loads the client's library; loaded once, it is there at once. */
export async function loadClient(): Promise<Library> {
  const { default: pg } = await import('pg');
  return pg;
}

/** A connection that stays; the caller ends it. */
export async function connect(address: PostgresAddress, database: string): Promise<Client> {
  const pg = await loadClient();
  const client = new pg.Client({
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password ?? '',
    database,
    ssl: address.ssl ?? false,
    connectionTimeoutMillis: 10_000,
    application_name: 'drillbook',
  });
  // A server that goes away while nobody asks must not end the program.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The first column of the first row, or undefined. */
export async function queryValue(client: Client, sql: string, values: readonly unknown[] = []): Promise<unknown> {
  const answer = await client.query<unknown[]>({ text: sql, values: [...values], rowMode: 'array' });
  return answer.rows[0]?.[0];
}

const FIRST_WITH_CONTROL = 90_600;

/** What tells a cluster from any other; undefined where the server is older than the function that tells it. */
export async function systemIdentifier(client: Client): Promise<string | undefined> {
  const version = Number(await queryValue(client, 'show server_version_num'));
  if (version < FIRST_WITH_CONTROL) return undefined;
  return String(await queryValue(client, 'select system_identifier::text from pg_control_system()'));
}

/** A name as SQL takes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
