/** Reads a MongoDB server with commands that only read. */
import type { Fact, Unknown } from '../../core/drift/observation.ts';
import { codeOf, queried, type Connection, type DatabaseEngine } from './engine.ts';

function meaning(error: unknown): Unknown | undefined {
  const name = error instanceof Error ? error.name : '';
  switch (codeOf(error)) {
    case '18':
      return { reason: 'no-credentials', detail: 'the server refused the user or the password' };
    case '13':
      return { reason: 'denied', detail: 'the user may not read this', permission: 'clusterMonitor' };
    case '50':
      return { reason: 'timeout', detail: 'the command took longer than its time limit' };
    default:
      if (name === 'MongoServerSelectionError' || name === 'MongoNetworkError') {
        const refused = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH/.exec(
          error instanceof Error ? error.message : '',
        )?.[0];
        return refused === undefined
          ? { reason: 'timeout', detail: 'no server answered in time' }
          : { reason: 'unreachable', detail: `it can't be reached (${refused})` };
      }
      return undefined;
  }
}

type Document = Readonly<Record<string, unknown>>;
const as = (value: unknown): Document => (typeof value === 'object' && value !== null ? (value as Document) : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Milliseconds that this member is behind the primary's newest operation; `none` outside of a replica set. */
function lagOf(status: Document): number | 'none' {
  const members = list(status['members']).map(as);
  const time = (member: Document | undefined): number => new Date(member?.['optimeDate'] as Date | string).getTime();
  const primary = members.find((member) => member['stateStr'] === 'PRIMARY');
  const self = members.find((member) => member['self'] === true);
  const lag = time(primary) - time(self);
  return Number.isNaN(lag) ? 'none' : Math.max(0, lag);
}

async function read(connection: Connection, facts: readonly string[]): Promise<Readonly<Record<string, Fact>>> {
  const { target, password, timeoutMs, signal } = connection;
  const { MongoClient } = await import('mongodb');
  const client = new MongoClient(`mongodb://${target.host}:${String(target.port ?? 27017)}/`, {
    directConnection: true,
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    socketTimeoutMS: timeoutMs,
    maxPoolSize: 1,
    appName: 'drillbook',
    readPreference: 'secondaryPreferred',
    retryWrites: false,
    ...(connection.tls === 'off'
      ? {}
      : {
          tls: true,
          ...(target.ca === undefined ? {} : { tlsCAFile: target.ca }),
          tlsAllowInvalidCertificates: connection.tls === 'require',
          tlsAllowInvalidHostnames: connection.tls !== 'verify-full',
        }),
    ...(target.user === undefined
      ? {}
      : {
          auth: { username: target.user, ...(password === undefined ? {} : { password }) },
          authSource: target.database ?? 'admin',
        }),
  });
  const abort = (): void => void client.close(true).catch(() => undefined);
  signal.addEventListener('abort', abort, { once: true });
  try {
    connection.count('connect');
    await client.connect();
    const admin = client.db('admin');
    const command = async (what: Document): Promise<Document> => {
      connection.count('command');
      return as(await admin.command({ ...what, maxTimeMS: Math.floor(timeoutMs) }));
    };
    const build = await command({ buildInfo: 1 });
    const found: Record<string, Fact> = { engine: { value: 'mongodb' }, version: { value: String(build['version']) } };
    const one = async (name: string, ask: () => Promise<unknown>): Promise<void> => {
      if (facts.includes(name)) found[name] = await queried(ask, meaning);
    };
    await one('databases', async () =>
      list((await command({ listDatabases: 1, nameOnly: true }))['databases']).map((each) => String(as(each)['name'])),
    );
    await one('extensions', () => Promise.resolve({}));
    await one('roles', async () =>
      Object.fromEntries(
        list((await command({ usersInfo: { forAllDBs: true } }))['users']).map((each) => [
          String(as(each)['user']),
          { roles: list(as(each)['roles']).map((role) => String(as(role)['role'])) },
        ]),
      ),
    );
    await one('replicaLag', async () => {
      try {
        return lagOf(await command({ replSetGetStatus: 1 }));
      } catch (error) {
        // 76 NoReplicationEnabled, 94 NotYetInitialized.
        if (['76', '94'].includes(codeOf(error))) return 'none';
        throw error;
      }
    });
    for (const fact of facts.filter((each) => each.startsWith('setting:'))) {
      const name = fact.slice('setting:'.length);
      found[fact] = await queried(
        async () => {
          const value = (await command({ getParameter: 1, [name]: 1 }))[name];
          const version = as(value)['version'];
          return version ?? value;
        },
        (error) => meaning(error) ?? { reason: 'unsupported', detail: `this server has no parameter ${name}` },
      );
    }
    return found;
  } finally {
    signal.removeEventListener('abort', abort);
    await client.close(true).catch(() => undefined);
  }
}

export const mongodbEngine: DatabaseEngine = {
  kind: 'database/mongodb',
  defaultPort: 27017,
  privileges: { replicaLag: 'clusterMonitor', roles: 'viewUser on every database' },
  grants: (user, facts) => [
    `db.getSiblingDB("admin").createUser({ user: "${user}", pwd: passwordPrompt(), roles: [${facts.some((fact) => fact !== 'version' && fact !== 'engine') ? '"clusterMonitor"' : ''}] })`,
  ],
  read,
  meaning,
};
