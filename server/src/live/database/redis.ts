/** Reads a Redis server with commands that only read. */
import type { Redis } from 'ioredis';
import { BASE_FACT } from '../../core/drift/kinds/database/settings.ts';
import type { Fact, Unknown } from '../../core/drift/observation.ts';
import { asked, codeOf, queried, settingsIn, tlsOptions, type Connection, type DatabaseEngine } from './engine.ts';

function meaning(error: unknown): Unknown | undefined {
  const message = error instanceof Error ? error.message : '';
  if (/^(WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH)/i.test(message))
    return { reason: 'no-credentials', detail: 'the server refused the user or the password' };
  if (/^NOPERM/.test(message)) {
    const command = /'([^']+)'/.exec(message)?.[1] ?? 'this command';
    return { reason: 'denied', detail: `the user may not run ${command}`, permission: `+${command}` };
  }
  if (/^ERR max number of clients/.test(message))
    return { reason: 'throttled', detail: 'the server has no connection left' };
  if (/^(LOADING|MASTERDOWN)/.test(message))
    return { reason: 'unreachable', detail: 'the server is still loading its data' };
  if (/^ERR unknown (sub)?command/i.test(message))
    return { reason: 'unsupported', detail: "this server or service doesn't take the command" };
  if (message === 'Connection is closed.' || /Command timed out/.test(message))
    return { reason: 'timeout', detail: 'it did not answer in time' };
  return undefined;
}

/** `key:value` lines of INFO. */
function infoOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .split(/\r?\n/)
      .filter((line) => line.includes(':') && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

/** Milliseconds since the primary was last heard of; `none` on a primary, and where the link is down. */
function lagOf(replication: Readonly<Record<string, string>>): number | 'none' {
  if (replication['role'] !== 'slave' || replication['master_link_status'] !== 'up') return 'none';
  return Number(replication['master_last_io_seconds_ago'] ?? 0) * 1000;
}

async function clientOf({ target, password, timeoutMs, tls: mode, ca }: Connection): Promise<Redis> {
  // Built into the program, a CommonJS library has no names but its default.
  const { default: Client } = await import('ioredis');
  const tls = tlsOptions(mode, target.host, ca);
  return new Client({
    ...(target.host.startsWith('/') ? { path: target.host } : { host: target.host, port: target.port ?? 6379 }),
    ...(target.user === undefined ? {} : { username: target.user }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls } : {}),
    lazyConnect: true,
    // One that speaks no TLS waits for ever for a whole command: there must be time left to find that out.
    connectTimeout: timeoutMs / 2,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableReadyCheck: false,
    connectionName: 'drillbook',
  });
}

/** Any answer will do, be it that a password is needed. */
async function answers(connection: Connection): Promise<boolean> {
  const client = await clientOf(connection);
  const heard = { reply: false };
  client.on('error', (error: Error) => {
    if (/^[A-Z]+ /.test(error.message) && codeOf(error) === '') heard.reply = true;
  });
  const abort = (): void => client.disconnect();
  connection.signal.addEventListener('abort', abort, { once: true });
  try {
    connection.count('connect');
    await client.connect();
    await client.ping();
    return true;
  } catch (error) {
    return heard.reply || meaning(error)?.reason === 'no-credentials';
  } finally {
    connection.signal.removeEventListener('abort', abort);
    client.disconnect();
  }
}

async function read(connection: Connection, facts: readonly string[]): Promise<Readonly<Record<string, Fact>>> {
  const { signal } = connection;
  const client = await clientOf(connection);
  // The reason of a failed connection comes only by this event.
  let cause: Error | undefined;
  client.on('error', (error: Error) => (cause ??= error));
  const abort = (): void => {
    client.disconnect();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    connection.count('connect');
    await client.connect();
    const info = async (section: string): Promise<Readonly<Record<string, string>>> => {
      connection.count('command');
      return infoOf(await client.info(section));
    };
    const server = await info('server');
    const found: Record<string, Fact> = {
      engine: { value: 'redis' },
      version: { value: server['redis_version'] ?? server['valkey_version'] ?? '' },
    };
    const one = async (name: string, ask: () => Promise<unknown>): Promise<void> => {
      if (facts.includes(name)) found[name] = await queried(ask, meaning);
    };
    await one('databases', async () => Object.keys(await info('keyspace')));
    await one('replicaLag', async () => lagOf(await info('replication')));
    await one('extensions', async () => {
      connection.count('command');
      const modules = (await client.call('MODULE', 'LIST')) as readonly (readonly unknown[])[];
      return Object.fromEntries(modules.map((each) => [String(each[1]), versionOfModule(Number(each[3]))]));
    });
    await one('roles', async () => {
      connection.count('command');
      return Object.fromEntries(((await client.call('ACL', 'USERS')) as readonly string[]).map((name) => [name, {}]));
    });
    for (const fact of facts.filter((each) => each.startsWith('setting:'))) {
      const name = fact.slice('setting:'.length);
      connection.count('command');
      found[fact] = await queried(
        async () => ((await client.call('CONFIG', 'GET', name)) as readonly string[])[1],
        meaning,
      );
      const got = found[fact];
      if (!('value' in got)) continue;
      if (got.value === undefined)
        found[fact] = { unknown: { reason: 'unsupported', detail: `this server has no setting ${name}` } };
      else if (Object.hasOwn(UNITS, name))
        found[`${BASE_FACT}${name}`] = { value: { value: got.value, unit: UNITS[name] } };
    }
    return found;
  } catch (error) {
    throw meaning(error) && cause === undefined ? error : (cause ?? error);
  } finally {
    signal.removeEventListener('abort', abort);
    client.disconnect();
  }
}

/** The units of times, which the server tells as bare numbers. Source: the comments of redis.conf. */
const UNITS: Readonly<Record<string, string>> = {
  timeout: 's',
  'tcp-keepalive': 's',
  'repl-timeout': 's',
  'repl-backlog-ttl': 's',
  'min-replicas-max-lag': 's',
  'cluster-node-timeout': 'ms',
  'lua-time-limit': 'ms',
  'busy-reply-threshold': 'ms',
};

/** Modules number their versions: 20609 is 2.6.9. */
function versionOfModule(number: number): string {
  return [Math.floor(number / 10_000), Math.floor(number / 100) % 100, number % 100].map(String).join('.');
}

export const redisEngine: DatabaseEngine = {
  kind: 'database/redis',
  defaultPort: 6379,
  calls: (facts) => ({
    connect: 1,
    command: 1 + asked(facts, 'databases', 'extensions', 'roles', 'replicaLag') + settingsIn(facts).length,
  }),
  grants: (user, facts) => [
    `ACL SETUSER ${user} on >… +info${facts.some((fact) => fact.startsWith('setting:')) ? ' +config|get' : ''}${facts.includes('roles') ? ' +acl|users' : ''}${facts.includes('extensions') ? ' +module|list' : ''}`,
  ],
  read,
  meaning,
  answers,
};
