/** A database server that the team names for dry runs: a new database with a random name, dropped afterwards. */
import { randomBytes } from 'node:crypto';
import type { FoundBackup, Made, RunContext, RunningSandbox } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { asText, type PlainMap } from '../../core/references/read.ts';
import { checkMariadb } from '../mariadb/checks.ts';
import { findPostgres } from '../postgres/binaries.ts';
import { checkPostgres } from '../postgres/checks.ts';
import {
  connect,
  queryValue,
  quoted,
  systemIdentifier,
  withClient,
  type PostgresAddress,
} from '../postgres/connection.ts';
import type { EnginePorts } from '../ports.ts';
import { majorOf, type PostgresHandle } from './postgres.ts';
import { dropMariadbDatabase, provisionMariadbServer } from './mariadbServer.ts';
import { reachOf } from './reach.ts';
import type { Sandbox } from './sandbox.ts';

export const server: Sandbox = {
  kind: 'server',
  provision,
  check: async (ports, run, sandbox, check) =>
    sandbox.engine === 'postgres'
      ? await checkPostgres(ports, run, sandbox.handle as PostgresHandle, check)
      : await checkMariadb(ports, run, sandbox, check),
};

async function addressOf(ports: EnginePorts, raw: PlainMap): Promise<PostgresAddress> {
  return await reachOf(ports, raw, { port: 5432, user: 'postgres' });
}

async function provision(ports: EnginePorts, run: RunContext, found: readonly FoundBackup[]): Promise<RunningSandbox> {
  const { raw, engine } = run.plan.sandbox;
  if (engine === 'mariadb' || engine === 'mysql') return await provisionMariadbServer(ports, run, found);
  if (engine !== 'postgres')
    throw new StageFault(
      'inconclusive',
      `A server sandbox of ${engine} is not possible here; postgres, mariadb and mysql are.`,
      { code: 'unsupported' },
    );
  const address = await addressOf(ports, raw);
  const home = asText(raw['database']) ?? 'postgres';
  const facts = await withClient(address, home, async (client) => ({
    identifier: await systemIdentifier(client).catch(() => undefined),
    version: String(await queryValue(client, 'show server_version')),
    superuser: (await queryValue(client, 'select rolsuper from pg_roles where rolname = current_user')) === true,
  })).catch((error: unknown) => {
    run.signal.throwIfAborted();
    throw new StageFault(
      'inconclusive',
      `The sandbox server at ${address.host}:${address.port} can't be used: ${error instanceof Error ? error.message : String(error)}`,
      { sandbox: true },
    );
  });
  const major = majorOf(facts.version) ?? 0;
  const wanted = majorOf(run.plan.sandbox.version);
  if (wanted !== undefined && wanted !== major)
    throw new StageFault(
      'inconclusive',
      `The sandbox server runs PostgreSQL ${facts.version}, the dry run asks for ${run.plan.sandbox.version ?? ''}.`,
      { sandbox: true },
    );
  run.engine('postgres', facts.version, `${address.host}:${address.port}`);
  const all = await findPostgres(ports);
  const databases = new Map<string, string>();
  for (const each of found) databases.set(each.plan.name, `drillbook_${randomBytes(6).toString('hex')}`);
  const handle: PostgresHandle = {
    address,
    binaries: { major, version: facts.version, folder: '', server: true, client: false, from: 'server' },
    all,
    folder: run.folder,
    jobs: Math.max(1, Math.min(4, ports.machine.cpus)),
    databases,
    superuser: facts.superuser,
    isOurs: false,
    log: () => '',
  };
  // Written down before they are made: a killed run's databases are dropped by the next one.
  for (const name of databases.values())
    await run.made({ kind: 'database', server: `${address.host}:${address.port}`, engine, name, connection: raw });
  return {
    kind: 'server',
    engine: 'postgres',
    version: facts.version,
    address: `${address.host}:${address.port}`,
    ...(facts.identifier === undefined ? {} : { systemIdentifier: facts.identifier }),
    handle,
  };
}

/** Drops a database of ours, and looks again. Answers with why it could not. */
export async function dropDatabase(
  ports: EnginePorts,
  made: Extract<Made, { kind: 'database' }>,
): Promise<string | undefined> {
  if (!/^drillbook_[0-9a-f]{12}$/u.test(made.name)) return 'its name is not one that a dry run gives';
  if (made.engine !== 'postgres') return await dropMariadbDatabase(ports, made);
  const address = await addressOf(ports, made.connection);
  const client = await connect(address, asText(made.connection['database']) ?? 'postgres');
  try {
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
      [made.name],
    );
    await client.query(`drop database if exists ${quoted(made.name)}`);
    return (await queryValue(client, 'select 1 from pg_database where datname = $1', [made.name])) === undefined
      ? undefined
      : 'it is still there';
  } finally {
    await client.end();
  }
}
