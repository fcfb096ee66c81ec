/** Makes in the sandbox what a dump takes for granted: a database, roles without login, tablespaces; and asks for extensions. */
import { join } from 'node:path';
import type { Client } from 'pg';
import type { FetchedBackup, RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { EnginePorts } from '../ports.ts';
import { queryValue, quoted, withSandbox } from './connection.ts';
import type { PostgresHandle } from './handle.ts';
import type { DumpNeeds } from './needs.ts';

/** What was made already, so that a streamed dump can ask again with every statement. */
export interface Prepared {
  readonly roles: Set<string>;
  readonly tablespaces: Set<string>;
  readonly extensions: Set<string>;
}

export function nothingPrepared(): Prepared {
  return { roles: new Set(), tablespaces: new Set(), extensions: new Set() };
}

/** On a server of the team's the random name that was written into the lease; in a private one the database's own. */
export function databaseName(fetched: FetchedBackup, handle: PostgresHandle): string {
  const given = handle.databases.get(fetched.found.plan.name);
  if (given !== undefined) return given;
  const wanted = fetched.found.plan.database ?? fetched.record.database ?? 'restored';
  const name = (/^(?:postgres|template[01])$/u.test(wanted) ? `restored_${wanted}` : wanted).slice(0, 60);
  return [...handle.databases.values()].includes(name) ? `${name.slice(0, 50)}_${handle.databases.size}` : name;
}

/** Creates an empty database for the restore. */
export async function createDatabase(run: RunContext, handle: PostgresHandle, name: string): Promise<void> {
  await withSandbox(
    handle.address,
    'postgres',
    async (client) => {
      await client.query(`create database ${quoted(name)} template template0`);
    },
    run.signal,
  );
}

/** An empty database for a dump, with what the dump is known to need. */
export async function openDatabase(
  ports: EnginePorts,
  run: RunContext,
  handle: PostgresHandle,
  name: string,
  needs: DumpNeeds,
  prepared: Prepared,
): Promise<void> {
  await withSandbox(
    handle.address,
    'postgres',
    async (client) => {
      const ascii = needs.encoding === 'SQL_ASCII';
      const spare = ascii || !onlyDumps(run) ? undefined : handle.spare?.pop();
      if (spare === undefined)
        await client.query(
          `create database ${quoted(name)} template template0${ascii ? ` encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'` : ''}`,
        );
      else await client.query(takeOver(quoted(spare), quoted(name)));
      await makeNeeded(ports, handle, client, needs, prepared);
    },
    run.signal,
  );
}

/** A command of the team's may want the template; a dump that is restored by us can't. */
function onlyDumps({ plan }: RunContext): boolean {
  return plan.backups.every((each) => each.tool === 'pg_dump');
}

/** `template1` of a new cluster holds what `template0` does: renamed and with the rights of any database it is the copy that would be made. */
function takeOver(spare: string, name: string): string {
  return [
    `alter database ${spare} is_template false`,
    `alter database ${spare} rename to ${name}`,
    `grant temporary on database ${name} to public`,
    `comment on database ${name} is null`,
  ].join(';');
}

/** Whether something is needed that is not prepared yet. */
export function isPrepared(needs: DumpNeeds, prepared: Prepared): boolean {
  return (
    needs.roles.size === prepared.roles.size &&
    needs.tablespaces.size === prepared.tablespaces.size &&
    needs.extensions.size === prepared.extensions.size
  );
}

/**
 * Makes what is needed and not there. What its role could do is not in a dump, and some of it can only belong to a superuser
 * (event triggers, foreign data wrappers) or read what its owner may (views): in a server that is thrown away every
 * role may all. A missing extension is the sandbox's fault, told before the restore meets it. */
export async function prepare(
  ports: EnginePorts,
  run: RunContext,
  handle: PostgresHandle,
  database: string,
  needs: DumpNeeds,
  prepared: Prepared,
): Promise<void> {
  if (isPrepared(needs, prepared)) return;
  await withSandbox(
    handle.address,
    database,
    async (client) => await makeNeeded(ports, handle, client, needs, prepared),
    run.signal,
  );
}

async function makeNeeded(
  ports: EnginePorts,
  handle: PostgresHandle,
  client: Client,
  needs: DumpNeeds,
  prepared: Prepared,
): Promise<void> {
  for (const role of needs.roles) {
    if (prepared.roles.has(role)) continue;
    prepared.roles.add(role);
    const there = await queryValue(client, 'select 1 from pg_roles where rolname = $1', [role]);
    if (there === undefined && handle.superuser)
      await client.query(`create role ${quoted(role)} nologin${handle.isOurs ? ' superuser' : ''}`);
  }
  for (const name of needs.tablespaces) {
    if (prepared.tablespaces.has(name)) continue;
    prepared.tablespaces.add(name);
    const there = await queryValue(client, 'select 1 from pg_tablespace where spcname = $1', [name]);
    if (there !== undefined || !handle.isOurs) continue;
    const folder = join(handle.folder, `ts${prepared.tablespaces.size}`);
    await ports.files.makeFolder(folder);
    await ports.files.setMode(folder, 0o700);
    if (handle.owner) await ports.files.setOwner(folder, handle.owner);
    await client.query(`create tablespace ${quoted(name)} location '${folder.replaceAll("'", "''")}'`);
  }
  const missing: string[] = [];
  for (const name of needs.extensions) {
    if (prepared.extensions.has(name)) continue;
    prepared.extensions.add(name);
    if ((await queryValue(client, 'select 1 from pg_available_extensions where name = $1', [name])) === undefined)
      missing.push(name);
  }
  if (missing.length > 0) {
    throw new StageFault(
      'inconclusive',
      `The sandbox (PostgreSQL ${handle.binaries.version}) lacks the extension ${missing.map((each) => `"${each}"`).join(', ')} that the backup needs; install it for this PostgreSQL, or use a sandbox that has it.`,
      { sandbox: true, code: 'extension' },
    );
  }
}

/** One note on roles that the backup names and does not hold. */
export function noteRoles(run: RunContext, prepared: Prepared): void {
  if (prepared.roles.size === 0) return;
  const names = [...prepared.roles].sort();
  const shown = names
    .slice(0, 8)
    .map((name) => `"${name}"`)
    .join(', ');
  run.note({
    severity: 'information',
    code: 'no-globals',
    message: `No globals in the backup: it names ${names.length} role${names.length === 1 ? '' : 's'} (${shown}${names.length > 8 ? ', …' : ''}) that it does not hold; they were made without login. A real restore needs them first (pg_dumpall --globals-only).`,
  });
}

export interface Contents {
  readonly objects: number;
  readonly bytes: number;
}

/** What is in the database after a restore: user relations, functions and large objects, and their bytes. */
export async function contentsOf(run: RunContext, handle: PostgresHandle, database: string): Promise<Contents> {
  return await withSandbox(
    handle.address,
    database,
    async (client) => {
      const user = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_toast%' and n.nspname not like 'pg\\_temp%'`;
      const answer = await client.query<[string, string]>({
        text: `select count(*), coalesce(sum(pg_total_relation_size(c.oid)) filter (where c.relkind in ('r', 'm', 'S')), 0) + (select case when exists (select 1 from pg_largeobject_metadata) then pg_relation_size('pg_largeobject') else 0 end) from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${user}`,
        rowMode: 'array',
      });
      const [objects, bytes] = answer.rows[0] ?? [];
      return { objects: Number(objects ?? 0), bytes: Number(bytes ?? 0) };
    },
    run.signal,
  );
}
