/** A MySQL or MariaDB that the team names for dry runs: a new database with a random name, dropped afterwards. */
import { randomBytes } from 'node:crypto';
import type { FoundBackup, Made, RunContext, RunningSandbox } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { PlainMap } from '../../core/references/read.ts';
import { backticked, mariadbIdentity, mariadbValue, withMariadb, type MariadbAddress } from '../mariadb/connection.ts';
import type { EnginePorts } from '../ports.ts';
import { clientOf, type MariadbHandle } from './mariadb.ts';
import { reachOf } from './reach.ts';

async function addressOf(ports: EnginePorts, raw: PlainMap): Promise<MariadbAddress> {
  const { host, port, user, password, ssl } = await reachOf(ports, raw, { port: 3306, user: 'root' });
  return {
    ...(host.startsWith('/') ? { socketPath: host } : { host, port }),
    user,
    ...(password === undefined ? {} : { password }),
    ...(ssl === false ? {} : { ssl }),
  };
}

/** Asks the server who it is and gives each backup a database of its own there; it is made by the restore. */
export async function provisionMariadbServer(
  ports: EnginePorts,
  run: RunContext,
  found: readonly FoundBackup[],
): Promise<RunningSandbox> {
  const { raw } = run.plan.sandbox;
  const address = await addressOf(ports, raw);
  const place = address.socketPath ?? `${address.host ?? ''}:${address.port ?? ''}`;
  const facts = await withMariadb(address, undefined, async (connection) => ({
    version: String(await mariadbValue(connection, 'select version()')),
    identity: await mariadbIdentity(connection),
  })).catch((error: unknown) => {
    run.signal.throwIfAborted();
    throw new StageFault(
      'inconclusive',
      `The sandbox server at ${place} can't be used: ${error instanceof Error ? error.message : String(error)}`,
      { sandbox: true },
    );
  });
  const flavour = /mariadb/iu.test(facts.version) ? 'mariadb' : 'mysql';
  const wanted = run.plan.sandbox.version;
  if (flavour !== run.plan.sandbox.engine || (wanted !== undefined && !`${facts.version}.`.startsWith(`${wanted}.`)))
    throw new StageFault(
      'inconclusive',
      `The sandbox server at ${place} runs ${flavour} ${facts.version}, the dry run asks for ${run.plan.sandbox.engine} ${wanted ?? ''}.`,
      { sandbox: true },
    );
  run.engine(flavour, facts.version, place);
  const client = await clientOf(ports, flavour);
  const databases = new Map(found.map((each) => [each.plan.name, `drillbook_${randomBytes(6).toString('hex')}`]));
  // Written down before they are made: a killed run's databases are dropped by the next one.
  for (const name of databases.values())
    await run.made({ kind: 'database', server: place, engine: flavour, name, connection: raw });
  const handle: MariadbHandle = {
    flavour,
    server: place,
    version: facts.version,
    ...(client === undefined ? {} : { client }),
    data: '',
    address,
    databases,
    isShared: true,
  };
  return {
    kind: 'server',
    engine: flavour,
    version: facts.version,
    address: place,
    systemIdentifier: facts.identity,
    handle,
  };
}

/** Drops a database of ours, and looks again. Answers with why it could not. */
export async function dropMariadbDatabase(
  ports: EnginePorts,
  made: Extract<Made, { kind: 'database' }>,
): Promise<string | undefined> {
  return await withMariadb(await addressOf(ports, made.connection), undefined, async (connection) => {
    await connection.query(`drop database if exists ${backticked(made.name)}`);
    const left = await mariadbValue(
      connection,
      `select 1 from information_schema.schemata where schema_name = ${connection.escape(made.name)}`,
    );
    return left === undefined ? undefined : 'it is still there';
  });
}
