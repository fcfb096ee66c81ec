/** Reads a PostgreSQL server through one read-only session. */
import { textOf } from '../../core/drift/expected.ts';
import type { Fact, Unknown } from '../../core/drift/observation.ts';
import { codeOf, queried, tlsOptions, type Connection, type DatabaseEngine } from './engine.ts';

interface Row {
  readonly [column: string]: unknown;
}
type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

const PRIVILEGES: Readonly<Record<string, string>> = {
  settings: 'pg_read_all_settings',
  replicaLag: 'pg_monitor',
  extensions: 'CONNECT on the database',
};

function meaning(error: unknown): Unknown | undefined {
  const code = codeOf(error);
  switch (code) {
    case '28P01':
    case '28000':
      return { reason: 'no-credentials', detail: 'the server refused the user or the password' };
    case '3D000':
      return { reason: 'undecided', detail: 'the server has no database of that name to connect to' };
    case '42501':
      return { reason: 'denied', detail: 'the user may not read this', permission: 'pg_monitor' };
    case '57014':
      return { reason: 'timeout', detail: 'the query took longer than its time limit' };
    case '53300':
      return { reason: 'throttled', detail: 'the server has no connection left' };
    case '57P03':
      return { reason: 'unreachable', detail: 'the server is starting up or shutting down' };
    default:
      return undefined;
  }
}

/** Sends statements in a session that can only read, and closes it. */
async function session<T>(
  connection: Connection,
  database: string | undefined,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const { target, password, timeoutMs, signal } = connection;
  const { default: pg } = await import('pg');
  const ssl = tlsOptions(connection.tls, target.host, connection.ca);
  const client = new pg.Client({
    host: target.host,
    port: target.port ?? 5432,
    user: target.user,
    database: database ?? 'postgres',
    ...(password === undefined ? {} : { password }),
    ssl: ssl ?? false,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'drillbook',
  });
  // A connection that dies between queries tells it by an event; the next query tells it again.
  client.on('error', () => undefined);
  const abort = (): void => void client.end().catch(() => undefined);
  signal.addEventListener('abort', abort, { once: true });
  try {
    connection.count('connect');
    await client.connect();
    const query: Query = async (text, values = []) => {
      connection.count('query');
      return (await client.query<Row>(text, [...values])).rows;
    };
    await client.query('set default_transaction_read_only = on');
    await client.query(`set statement_timeout = ${String(Math.floor(timeoutMs))}`);
    return await work(query);
  } finally {
    signal.removeEventListener('abort', abort);
    await client.end().catch(() => undefined);
  }
}

async function extensionsHere(query: Query): Promise<Record<string, string>> {
  const rows = await query('select extname, extversion from pg_catalog.pg_extension');
  return Object.fromEntries(rows.map((row) => [String(row['extname']), String(row['extversion'])]));
}

/** Extensions belong to databases: where the environment names none, those of every database count. */
async function extensions(connection: Connection, query: Query): Promise<Record<string, string>> {
  const found = await extensionsHere(query);
  if (connection.target.database !== undefined) return found;
  const others = await query(
    "select datname from pg_catalog.pg_database where datallowconn and not datistemplate and datname <> current_database() and has_database_privilege(oid, 'CONNECT') order by datname limit 100",
  );
  for (const row of others) {
    const more = await session(connection, String(row['datname']), extensionsHere);
    for (const [name, version] of Object.entries(more)) found[name] ??= version;
  }
  return found;
}

async function roles(query: Query): Promise<Record<string, unknown>> {
  const rows = await query(
    'select rolname, rolsuper, rolcanlogin, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls from pg_catalog.pg_roles',
  );
  return Object.fromEntries(
    rows.map((row) => [
      String(row['rolname']),
      {
        superuser: row['rolsuper'],
        login: row['rolcanlogin'],
        createdb: row['rolcreatedb'],
        createrole: row['rolcreaterole'],
        replication: row['rolreplication'],
        bypassrls: row['rolbypassrls'],
      },
    ]),
  );
}

/** Milliseconds behind the primary; `none` on a server that isn't a standby. A standby that has replayed all lags 0. */
async function replicaLag(query: Query): Promise<number | 'none'> {
  const [row] = await query(
    `select pg_is_in_recovery() as standby,
            case when pg_is_in_recovery() and pg_last_wal_receive_lsn() is not distinct from pg_last_wal_replay_lsn() then 0
                 else extract(epoch from now() - pg_last_xact_replay_timestamp()) * 1000 end as lag`,
  );
  if (row?.['standby'] !== true) return 'none';
  return Math.max(0, Math.round(Number(row['lag'] ?? 0)));
}

async function readIn(
  connection: Connection,
  database: string | undefined,
  facts: readonly string[],
): Promise<Readonly<Record<string, Fact>>> {
  return await session(connection, database, async (query) => {
    const found: Record<string, Fact> = { engine: { value: 'postgres' } };
    const [row] = await query("select current_setting('server_version') as version");
    found['version'] = { value: /^\S+/.exec(textOf(row?.['version']) ?? '')?.[0] ?? '' };
    const one = async (name: string, ask: () => Promise<unknown>): Promise<void> => {
      if (facts.includes(name)) found[name] = await queried(ask, meaning);
    };
    await one('databases', async () =>
      (await query('select datname from pg_catalog.pg_database where not datistemplate')).map((each) =>
        String(each['datname']),
      ),
    );
    await one('extensions', async () => await extensions(connection, query));
    await one('roles', async () => await roles(query));
    await one('replicaLag', async () => await replicaLag(query));
    const settings = facts.filter((fact) => fact.startsWith('setting:')).map((fact) => fact.slice('setting:'.length));
    if (settings.length > 0) {
      // `current_setting` gives the value with its unit, as people write it; unknown names give null.
      const rows = await query(
        'select s.name, current_setting(s.name, true) as value from unnest($1::text[]) as s(name)',
        [settings],
      );
      for (const name of settings) {
        const value = rows.find((each) => each['name'] === name)?.['value'];
        found[`setting:${name}`] =
          typeof value === 'string'
            ? { value }
            : {
                unknown: {
                  reason: 'unsupported',
                  detail: `this server has no setting ${name}, or hides it`,
                  permission: 'pg_read_all_settings',
                },
              };
      }
    }
    return found;
  });
}

/** The database that every server comes with may have been dropped; the templates can't be. */
async function read(connection: Connection, facts: readonly string[]): Promise<Readonly<Record<string, Fact>>> {
  try {
    return await readIn(connection, connection.target.database, facts);
  } catch (error) {
    if (codeOf(error) !== '3D000' || connection.target.database !== undefined) throw error;
    return await readIn(connection, 'template1', facts);
  }
}

export const postgresEngine: DatabaseEngine = {
  kind: 'database/postgres',
  defaultPort: 5432,
  privileges: PRIVILEGES,
  grants: (user, facts) => [
    `CREATE ROLE "${user}" LOGIN; -- set a password, or use a certificate`,
    ...(facts.some((fact) => fact.startsWith('setting:')) ? [`GRANT pg_read_all_settings TO "${user}";`] : []),
    ...(facts.includes('replicaLag') ? [`GRANT pg_monitor TO "${user}";`] : []),
  ],
  read,
  meaning,
};
