/** Reads a PostgreSQL server through one read-only session. */
import { textOf } from '../../core/drift/expected.ts';
import { BASE_FACT } from '../../core/drift/kinds/database/settings.ts';
import type { Fact, Unknown } from '../../core/drift/observation.ts';
import {
  asked,
  codeOf,
  queried,
  settingsIn,
  tlsOptions,
  UNSEEN_FACT,
  type Connection,
  type DatabaseEngine,
} from './engine.ts';

interface Row {
  readonly [column: string]: unknown;
}
type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

const READ_SETTINGS = 'pg_read_all_settings';

/** Settings that a server hides from a plain role. Source: `GUC_SUPERUSER_ONLY` in PostgreSQL's guc_tables.c. */
const HIDDEN =
  /^(?:config_file|data_directory|dynamic_library_path|extension_\w+|external_pid_file|hba_file|ident_file|jit_provider|krb_server_keyfile|log_directory|log_filename|primary_conninfo|\w+_preload_libraries|ssl_\w+|unix_socket_directories)$/i;

/** An extension's own settings may be hidden as well. */
const mayBeHidden = (name: string): boolean => HIDDEN.test(name) || name.includes('.');

function meaning(error: unknown): Unknown | undefined {
  const code = codeOf(error);
  switch (code) {
    case '28000':
      if (/no encryption|SSL off/.test(error instanceof Error ? error.message : ''))
        return {
          reason: 'unreachable',
          detail:
            "the server's pg_hba.conf lets this user in over TLS alone, or not at all; set `tls` in the environment",
        };
      return { reason: 'no-credentials', detail: 'the server refused the user or the password' };
    case '28P01':
      return { reason: 'no-credentials', detail: 'the server refused the user or the password' };
    case '3D000':
      return { reason: 'undecided', detail: 'the server has no database of that name to connect to' };
    case '42501':
      return { reason: 'denied', detail: 'the user may not read this', permission: 'CONNECT on the database' };
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
    await query('set default_transaction_read_only = on');
    await query(`set statement_timeout = ${String(Math.floor(timeoutMs))}`);
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

/** No more databases than this are asked for their extensions. */
const MOST_DATABASES = 100;

/** Extensions belong to databases: where the environment names none, those of every database count. */
async function extensions(connection: Connection, query: Query): Promise<Record<string, Fact>> {
  const found = await extensionsHere(query);
  if (connection.target.database !== undefined) return { extensions: { value: found } };
  const others = await query(
    "select datname, has_database_privilege(oid, 'CONNECT') as open from pg_catalog.pg_database where datallowconn and not datistemplate and datname <> current_database() order by datname",
  );
  const closed: string[] = [];
  for (const [index, row] of others.entries()) {
    const name = String(row['datname']);
    const more =
      row['open'] === true && index < MOST_DATABASES
        ? await session(connection, name, extensionsHere).catch((error: unknown) => {
            // The server's own rules (pg_hba.conf) may refuse one database alone.
            if (codeOf(error) === '28000' || codeOf(error) === '42501') return undefined;
            throw error;
          })
        : undefined;
    if (!more) closed.push(name);
    for (const [extension, version] of Object.entries(more ?? {})) found[extension] ??= version;
  }
  return {
    extensions: { value: found },
    ...(closed.length === 0
      ? {}
      : {
          [`${UNSEEN_FACT}extensions`]: {
            value: `CONNECT on ${closed.slice(0, 3).join(', ')}${closed.length > 3 ? ', …' : ''}`,
          },
        }),
  };
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

/** What this session set for itself: of these, what they are without it is told. */
const OURS = new Set(['statement_timeout', 'default_transaction_read_only', 'transaction_read_only']);

/**
 * Each setting as people write it, and as the configuration file counts it. The view leaves out what this role may not
 * see, where `current_setting` would refuse the whole query.
 */
async function settings(query: Query, names: readonly string[]): Promise<Record<string, Fact>> {
  const rows = await query(
    'select name, setting, unit, reset_val, current_setting(name) as value from pg_catalog.pg_settings where lower(name) = any ($1::text[])',
    [names.map((name) => name.toLowerCase())],
  );
  const found: Record<string, Fact> = {};
  for (const name of names) {
    const row = rows.find((each) => textOf(each['name'])?.toLowerCase() === name.toLowerCase());
    if (!row) {
      found[`setting:${name}`] = { unknown: unseen(name) };
      continue;
    }
    const isOurs = OURS.has(name.toLowerCase());
    const unit = textOf(row['unit']);
    const usual = textOf(row['reset_val']) ?? '';
    found[`setting:${name}`] = {
      value: isOurs ? `${usual}${usual === '0' ? '' : (unit ?? '')}` : (textOf(row['value']) ?? ''),
    };
    if (unit !== undefined)
      found[`${BASE_FACT}${name}`] = { value: { value: Number(isOurs ? usual : row['setting']), unit } };
  }
  return found;
}

function unseen(name: string): Unknown {
  if (HIDDEN.test(name))
    return { reason: 'denied', detail: `the user may not see the setting ${name}`, permission: READ_SETTINGS };
  const hides = name.includes('.') ? ', or hides it' : '';
  return {
    reason: 'unsupported',
    detail: `this server has no setting ${name}${hides}`,
    ...(hides === '' ? {} : { permission: READ_SETTINGS }),
  };
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
    if (facts.includes('extensions')) {
      const got = await queried(async () => await extensions(connection, query), meaning);
      Object.assign(found, 'value' in got ? got.value : { extensions: got });
    }
    await one('roles', async () => await roles(query));
    await one('replicaLag', async () => await replicaLag(query));
    const names = settingsIn(facts);
    if (names.length > 0) Object.assign(found, await settings(query, names));
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
  // Two that make the session read-only, the version, and one a fact; each further database is asked for its extensions.
  calls: (facts, target) => ({
    connect: 1,
    query:
      3 +
      asked(facts, 'databases', 'extensions', 'roles', 'replicaLag') +
      (facts.includes('extensions') && target?.database === undefined ? 1 : 0) +
      Math.min(1, settingsIn(facts).length),
  }),
  grants: (user, facts) => [
    `CREATE ROLE "${user}" LOGIN; -- set a password, or use a certificate`,
    ...(settingsIn(facts).some(mayBeHidden) ? [`GRANT ${READ_SETTINGS} TO "${user}";`] : []),
  ],
  read,
  meaning,
};
