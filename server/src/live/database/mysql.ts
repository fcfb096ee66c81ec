/** Reads a MySQL or MariaDB server through one read-only session. */
import type { Fact, Unknown } from '../../core/drift/observation.ts';
import { BASE_FACT } from '../../core/drift/kinds/database/settings.ts';
import {
  asked,
  codeOf,
  ONLY_TLS,
  queried,
  settingsIn,
  tlsOptions,
  UNSEEN_FACT,
  type Connection,
  type DatabaseEngine,
  type TlsMode,
} from './engine.ts';

type Row = Readonly<Record<string, unknown>>;
type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** Not the column that holds the password's hash. */
const USER_COLUMNS = 'SELECT (user, host, super_priv) ON mysql.user';

/** The last privilege that the server names is the least: MariaDB wants another one than MySQL. */
function privilegeIn(error: unknown): string {
  const named = /you need \(at least one of\) the (.+?) privilege/i.exec(error instanceof Error ? error.message : '');
  return named?.[1]?.split(',').at(-1)?.trim() ?? 'REPLICATION CLIENT';
}

function meaning(error: unknown, tls?: TlsMode): Unknown | undefined {
  switch (codeOf(error)) {
    case 'ER_SECURE_TRANSPORT_REQUIRED':
      return { reason: 'unreachable', detail: `it ${ONLY_TLS}` };
    case 'ER_ACCESS_DENIED_ERROR':
      // A user that may only come over TLS is refused in the same words.
      return {
        reason: 'no-credentials',
        detail: `the server refused the user or the password${tls === 'off' ? ', or takes them over TLS alone' : ''}`,
      };
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
    case 'ER_HOST_NOT_PRIVILEGED':
    case 'ER_NOT_SUPPORTED_AUTH_MODE':
      return { reason: 'no-credentials', detail: 'the server refused the user or the password' };
    case 'ER_DBACCESS_DENIED_ERROR':
    case 'ER_TABLEACCESS_DENIED_ERROR':
    case 'ER_COLUMNACCESS_DENIED_ERROR':
      return { reason: 'denied', detail: 'the user may not read this', permission: USER_COLUMNS };
    case 'ER_SPECIFIC_ACCESS_DENIED_ERROR':
      return { reason: 'denied', detail: 'the user may not read this', permission: privilegeIn(error) };
    case 'ER_CON_COUNT_ERROR':
    case 'ER_TOO_MANY_USER_CONNECTIONS':
      return { reason: 'throttled', detail: 'the server has no connection left' };
    case 'ER_STATEMENT_TIMEOUT':
    case 'ER_QUERY_TIMEOUT':
    case 'PROTOCOL_SEQUENCE_TIMEOUT':
      return { reason: 'timeout', detail: 'the query took longer than its time limit' };
    default:
      return undefined;
  }
}

async function session<T>(connection: Connection, work: (query: Query) => Promise<T>): Promise<T> {
  const { target, password, timeoutMs, signal } = connection;
  const { default: mysql } = await import('mysql2/promise');
  const ssl = tlsOptions(connection.tls, target.host, connection.ca);
  connection.count('connect');
  const client = await mysql.createConnection({
    ...(target.host.startsWith('/') ? { socketPath: target.host } : { host: target.host, port: target.port ?? 3306 }),
    ...(target.user === undefined ? {} : { user: target.user }),
    ...(password === undefined ? {} : { password }),
    ...(ssl
      ? {
          ssl: {
            rejectUnauthorized: ssl.rejectUnauthorized,
            ...(ssl.ca === undefined ? {} : { ca: ssl.ca }),
            verifyIdentity: connection.tls === 'verify-full',
          },
        }
      : {}),
    ...(target.database === undefined ? {} : { database: target.database }),
    connectTimeout: timeoutMs,
    // A server must not be able to ask for files of this machine.
    flags: ['-LOCAL_FILES'],
  });
  const abort = (): void => {
    client.destroy();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    const query: Query = async (text, values = []) => {
      connection.count('query');
      const [rows] = await client.query({ sql: text, values: [...values], timeout: timeoutMs });
      return Array.isArray(rows) ? (rows as Row[]) : [];
    };
    await query('SET SESSION TRANSACTION READ ONLY');
    return await work(query);
  } finally {
    signal.removeEventListener('abort', abort);
    await client.end().catch(() => undefined);
  }
}

/** The first of these columns that holds anything, as text; column names differ in case from server to server. */
function text(row: Row, ...names: readonly string[]): string {
  for (const [key, value] of Object.entries(row)) {
    if (!names.includes(key.toLowerCase())) continue;
    if (Buffer.isBuffer(value)) return value.toString('utf8');
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'bigint') return value.toString();
  }
  return '';
}

/** Milliseconds behind; `none` where it replicates from nowhere or has stopped. */
async function replicaLag(query: Query): Promise<number | 'none'> {
  const statements = ['SHOW REPLICA STATUS', 'SHOW SLAVE STATUS'];
  let rows: readonly Row[] | undefined;
  for (const statement of statements) {
    try {
      rows = await query(statement);
      break;
    } catch (error) {
      // Older servers don't know the newer word.
      if (codeOf(error) !== 'ER_PARSE_ERROR' || statement === statements.at(-1)) throw error;
    }
  }
  const seconds = rows?.[0] && text(rows[0], 'seconds_behind_source', 'seconds_behind_master');
  return seconds === undefined || seconds === '' ? 'none' : Number(seconds) * 1000;
}

/** A user without a global privilege sees only databases that it has rights on, and no error says so. */
async function seesAllDatabases(query: Query): Promise<boolean> {
  const rows = await query(
    "SELECT DISTINCT privilege_type AS name FROM information_schema.user_privileges WHERE privilege_type IN ('SHOW DATABASES', 'SELECT')",
  );
  return rows.length > 0;
}

async function read(connection: Connection, facts: readonly string[]): Promise<Readonly<Record<string, Fact>>> {
  return await session(connection, async (query) => {
    const [row] = await query('SELECT VERSION() AS version');
    const full = row ? text(row, 'version') : '';
    const mariadb = /mariadb/i.test(full);
    const found: Record<string, Fact> = {
      engine: { value: mariadb ? 'mariadb' : 'mysql' },
      // MariaDB once put 5.5.5- before its own version for old replicas.
      version: { value: /^\d+(?:\.\d+)*/.exec(full.replace(/^5\.5\.5-(?=\d)/, ''))?.[0] ?? full },
    };
    const one = async (name: string, ask: () => Promise<unknown>): Promise<void> => {
      if (facts.includes(name)) found[name] = await queried(ask, meaning);
    };
    // A statement ends by itself even where this program doesn't.
    await query(
      mariadb
        ? `SET SESSION max_statement_time = ${String(connection.timeoutMs / 1000)}`
        : `SET SESSION max_execution_time = ${String(Math.floor(connection.timeoutMs))}`,
    ).catch((error: unknown) => {
      if (codeOf(error) !== 'ER_UNKNOWN_SYSTEM_VARIABLE') throw error;
    });
    await one('databases', async () => (await query('SHOW DATABASES')).map((each) => text(each, 'database')));
    if (facts.includes('databases') && !(await seesAllDatabases(query)))
      found[`${UNSEEN_FACT}databases`] = { value: 'SHOW DATABASES' };
    await one('extensions', async () =>
      Object.fromEntries(
        (await query('SELECT plugin_name AS name, plugin_version AS version FROM information_schema.plugins')).map(
          (each) => [text(each, 'name'), text(each, 'version')],
        ),
      ),
    );
    await one('roles', async () =>
      Object.fromEntries(
        (await query('SELECT user AS name, host, super_priv AS super FROM mysql.user')).map((each) => [
          text(each, 'name'),
          { host: text(each, 'host'), superuser: text(each, 'super') === 'Y' },
        ]),
      ),
    );
    await one('replicaLag', async () => await replicaLag(query));
    const names = settingsIn(facts);
    if (names.length > 0) Object.assign(found, await settings(query, names));
    return found;
  });
}

/** The units of times, which the server tells as bare numbers. Source: the server system variables of both manuals. */
const UNITS: readonly (readonly [name: RegExp, unit: string])[] = [
  [/^rpl_semi_sync_\w+_timeout$|^max_execution_time$/i, 'ms'],
  [/_days$/i, 'd'],
  [/_timeout$|_seconds$|^long_query_time$|^max_statement_time$/i, 's'],
];

async function settings(query: Query, names: readonly string[]): Promise<Record<string, Fact>> {
  const rows = await query('SHOW GLOBAL VARIABLES WHERE Variable_name IN (?)', [names]);
  return Object.fromEntries(
    names.flatMap((name): [string, Fact][] => {
      const hit = rows.find((each) => text(each, 'variable_name').toLowerCase() === name.toLowerCase());
      if (!hit)
        return [
          [`setting:${name}`, { unknown: { reason: 'unsupported', detail: `this server has no setting ${name}` } }],
        ];
      const value = text(hit, 'value');
      const unit = UNITS.find(([pattern]) => pattern.test(name))?.[1];
      return [
        [`setting:${name}`, { value }],
        ...(unit === undefined ? [] : [[`${BASE_FACT}${name}`, { value: { value, unit } }] as [string, Fact]]),
      ];
    }),
  );
}

function engine(kind: string): DatabaseEngine {
  return {
    kind,
    defaultPort: 3306,
    // Two that make the session read-only and short, the version, and one a fact; `databases` asks whether it sees all.
    calls: (facts) => ({
      connect: 1,
      query:
        3 +
        asked(facts, 'databases', 'databases', 'extensions', 'roles', 'replicaLag') +
        Math.min(1, settingsIn(facts).length),
    }),
    grants: (user, facts) => [
      `CREATE USER '${user}'@'%' IDENTIFIED BY '…';`,
      ...(facts.includes('databases') ? [`GRANT SHOW DATABASES ON *.* TO '${user}'@'%';`] : []),
      ...(facts.includes('roles') ? [`GRANT ${USER_COLUMNS} TO '${user}'@'%';`] : []),
      ...(facts.includes('replicaLag')
        ? [`GRANT ${kind === 'database/mariadb' ? 'SLAVE MONITOR' : 'REPLICATION CLIENT'} ON *.* TO '${user}'@'%';`]
        : []),
    ],
    read,
    meaning,
  };
}

export const mysqlEngine = engine('database/mysql');
export const mariadbEngine = engine('database/mariadb');
