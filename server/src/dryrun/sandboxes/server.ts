/** A PostgreSQL server that the team names for dry runs: a new database with a random name, dropped afterwards. */
import { randomBytes } from 'node:crypto';
import {
  StageFault,
  type FoundBackup,
  type Made,
  type RunContext,
  type RunningSandbox,
} from '../../core/recovery/engine.ts';
import { secret } from '../../core/recovery/dryRunPlan/values.ts';
import { asText, type PlainMap } from '../../core/references/read.ts';
import { findPostgres } from '../postgres/binaries.ts';
import { checkPostgres } from '../postgres/checks.ts';
import { connect, queryValue, quoted, withClient, type PostgresAddress } from '../postgres/connection.ts';
import type { EnginePorts } from '../ports.ts';
import { majorOf, type PostgresHandle } from './postgres.ts';
import type { Sandbox } from './sandbox.ts';

export const server: Sandbox = {
  kind: 'server',
  provision,
  check: async (ports, run, sandbox, check) => await checkPostgres(ports, run, sandbox.handle as PostgresHandle, check),
};

/** How the server is reached; its password is read when it is needed, and never written into a lease. */
async function addressOf(ports: EnginePorts, raw: PlainMap): Promise<PostgresAddress> {
  const host = asText(raw['socket']) ?? asText(raw['host']) ?? '127.0.0.1';
  if (!host.startsWith('/') && !ports.hosts.isApproved(host))
    throw new StageFault(
      'inconclusive',
      `The host ${host} of the sandbox is not approved for sending a password to: approve it with --allow-host ${host}.`,
      { code: 'unchecked/host-not-approved' },
    );
  const password = raw['password'] === undefined ? undefined : await ports.secrets.read(secret(raw['password']));
  const tls = asText(raw['tls']);
  const local = host.startsWith('/') || /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/u.test(host);
  const ssl = tls === 'disable' || (tls === undefined && local) ? false : { rejectUnauthorized: tls !== 'require' };
  return {
    host,
    port: Number(asText(raw['port']) ?? 5432),
    user: asText(raw['user']) ?? 'postgres',
    ...(password === undefined ? {} : { password }),
    ssl,
  };
}

async function provision(ports: EnginePorts, run: RunContext, found: readonly FoundBackup[]): Promise<RunningSandbox> {
  const { raw, engine } = run.plan.sandbox;
  if (engine !== 'postgres')
    throw new StageFault('inconclusive', `A server sandbox of ${engine} is not possible here; PostgreSQL is.`, {
      code: 'unsupported',
    });
  const address = await addressOf(ports, raw);
  const home = asText(raw['database']) ?? 'postgres';
  const facts = await withClient(address, home, async (client) => ({
    identifier: await queryValue(client, 'select system_identifier::text from pg_control_system()').catch(
      () => undefined,
    ),
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
    ...(facts.identifier === undefined ? {} : { systemIdentifier: facts.identifier as string }),
    handle,
  };
}

/** Drops a database of ours, and looks again. Answers with why it could not. */
export async function dropDatabase(
  ports: EnginePorts,
  made: Extract<Made, { kind: 'database' }>,
): Promise<string | undefined> {
  if (!/^drillbook_[0-9a-f]{12}$/u.test(made.name)) return 'its name is not one that a dry run gives';
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
