/** Reads a MongoDB server with commands that only read. */
import type { MongoClient } from 'mongodb';
import type { Fact, Unknown } from '../../core/drift/observation.ts';
import { asked, codeOf, queried, settingsIn, type Connection, type DatabaseEngine } from './engine.ts';

function meaning(error: unknown): Unknown | undefined {
  const name = error instanceof Error ? error.name : '';
  switch (codeOf(error)) {
    case '18':
      return { reason: 'no-credentials', detail: 'the server refused the user or the password' };
    case '13':
      return { reason: 'denied', detail: 'the user may not read this', permission: 'clusterMonitor' };
    // CommandNotFound, CommandNotSupported: compatible servers have only some of the commands, and hosted ones hide some.
    case '59':
    case '115':
      return { reason: 'unsupported', detail: "this server or service doesn't take the command" };
    case '50':
      return { reason: 'timeout', detail: 'the command took longer than its time limit' };
    default:
      if (name === 'MongoCompatibilityError')
        return { reason: 'unsupported', detail: 'it is older than MongoDB 4.4, which is the oldest that can be asked' };
      if (name === 'MongoServerSelectionError' || name === 'MongoNetworkError') {
        // What TLS refused is the provider's to say.
        if (/SSL|TLS|certificate|altname/i.test(`${codeOf(error)} ${error instanceof Error ? error.message : ''}`))
          return undefined;
        const refused = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH/.exec(
          error instanceof Error ? error.message : '',
        )?.[0];
        if (refused !== undefined) return { reason: 'unreachable', detail: `it can't be reached (${refused})` };
        return name === 'MongoNetworkError'
          ? { reason: 'unreachable', detail: 'the connection was closed' }
          : { reason: 'timeout', detail: 'no server answered in time' };
      }
      return undefined;
  }
}

type Library = typeof import('mongodb');
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

/** Connects, or rejects with what the server's first failure was: by itself the driver tries until its time is out. */
async function connected(client: MongoClient): Promise<void> {
  const failed = new Promise<never>((_resolve, reject) => {
    client.on('serverDescriptionChanged', ({ newDescription }) => {
      if (newDescription.error) reject(newDescription.error);
    });
  });
  failed.catch(() => undefined);
  await Promise.race([client.connect(), failed]);
}

async function clientOf(connection: Connection): Promise<MongoClient> {
  const { target, password, timeoutMs } = connection;
  // Built into the program, a CommonJS library has no names but its default; this one has no default elsewhere.
  const library: Library | { readonly default: Library } = await import('mongodb');
  const { MongoClient } = 'MongoClient' in library ? library : library.default;
  return new MongoClient(`mongodb://${target.host}:${String(target.port ?? 27017)}/`, {
    directConnection: true,
    serverSelectionTimeoutMS: timeoutMs / 2,
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
}

async function answers(connection: Connection): Promise<boolean> {
  const client = await clientOf(connection);
  const abort = (): void => void client.close(true).catch(() => undefined);
  connection.signal.addEventListener('abort', abort, { once: true });
  try {
    connection.count('connect');
    await connected(client);
    return true;
  } catch {
    return false;
  } finally {
    connection.signal.removeEventListener('abort', abort);
    await client.close(true).catch(() => undefined);
  }
}

async function read(connection: Connection, facts: readonly string[]): Promise<Readonly<Record<string, Fact>>> {
  const { timeoutMs, signal } = connection;
  const client = await clientOf(connection);
  const abort = (): void => void client.close(true).catch(() => undefined);
  signal.addEventListener('abort', abort, { once: true });
  try {
    connection.count('connect');
    await connected(client);
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
    // Without `authorizedDatabases: false` a user with few rights is given a shorter list and no error.
    await one('databases', async () =>
      list((await command({ listDatabases: 1, nameOnly: true, authorizedDatabases: false }))['databases']).map((each) =>
        String(as(each)['name']),
      ),
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
    for (const name of settingsIn(facts)) {
      found[`setting:${name}`] = await queried(
        async () => {
          const value = (await command({ getParameter: 1, [name]: 1 }))[name];
          const version = as(value)['version'];
          return version ?? value;
        },
        (error) =>
          meaning(error) ??
          (codeOf(error) === ''
            ? undefined
            : { reason: 'unsupported', detail: `this server has no parameter ${name}` }),
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
  calls: (facts) => ({
    connect: 1,
    command: 1 + asked(facts, 'databases', 'roles', 'replicaLag') + settingsIn(facts).length,
  }),
  grants: (user, facts) => {
    const roles = [
      ...(asked(facts, 'databases', 'replicaLag') + settingsIn(facts).length > 0 ? ['"clusterMonitor"'] : []),
      ...(facts.includes('roles') ? ['"drillbookUsers"'] : []),
    ];
    return [
      ...(facts.includes('roles')
        ? [
            'db.getSiblingDB("admin").createRole({ role: "drillbookUsers", privileges: [{ resource: { db: "", collection: "" }, actions: ["viewUser"] }], roles: [] })',
          ]
        : []),
      `db.getSiblingDB("admin").createUser({ user: "${user}", pwd: passwordPrompt(), roles: [${roles.join(', ')}] })`,
    ];
  },
  read,
  meaning,
  answers,
};
