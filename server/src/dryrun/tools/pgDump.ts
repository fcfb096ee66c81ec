/** pg_dump: custom, directory, tar and plain dumps, compressed or encrypted, restored by pg_restore or psql of a fitting major. */
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import {
  StageFault,
  type BackupPlan,
  type FetchedBackup,
  type FoundBackup,
  type RestoreOutcome,
  type RunContext,
  type RunningSandbox,
} from '../../core/recovery/engine.ts';
import type { BackupRecord } from '../../core/recovery/record.ts';
import { announced, type ShapeObject } from '../../core/recovery/shape.ts';
import type { EnginePorts } from '../ports.ts';
import { readArchiveHead, type ArchiveHead } from '../postgres/archive.ts';
import { findPostgres, type PostgresBinaries } from '../postgres/binaries.ts';
import { cutOff, isTrailer, loadPlain, restoreFault } from '../postgres/loader.ts';
import { addNeeds, noNeeds, type DumpNeeds } from '../postgres/needs.ts';
import { contentsOf, createDatabase, noteRoles, nothingPrepared, prepare } from '../postgres/prepare.ts';
import { scan, withoutComments } from '../postgres/scanner.ts';
import { majorOf, type PostgresHandle } from '../sandboxes/postgres.ts';
import { locateStored, type StoredHandle } from '../stored.ts';
import { noteChecksum, stage } from '../staging.ts';
import { head, once } from '../streams.ts';
import { runTool } from '../tool.ts';
import { isCompression, unwrap, wrappingOf, type Wrapping } from '../unwrap.ts';
import { writeFile } from '../writeFile.ts';
import type { BackupTool } from './backupTool.ts';
import { groupDirectories, stageDirectory } from './pgDirectory.ts';

type Format = 'custom' | 'tar' | 'directory' | 'plain';

/** What `FetchedBackup.handle` is here. */
interface Fetched {
  readonly format: Format;
  /** Wrappings still on it, outermost first: only plain dumps keep them, and stream. */
  readonly wrappings: readonly Wrapping[];
  readonly head?: ArchiveHead;
  /** What the dump says that it holds; known once its definitions were read. */
  announced?: readonly ShapeObject[];
}

const HEAD = 256 * 1024;

export const pgDump: BackupTool = { id: 'pg_dump', engines: ['postgres'], locate, fetch, restore };

async function locate(ports: EnginePorts, run: RunContext, backup: BackupPlan): Promise<FoundBackup> {
  const found = await locateStored(ports, run, backup, groupDirectories);
  const handle = found.handle as StoredHandle;
  if (handle.members.length > 1) return found;
  // The first bytes say which server it comes from; a cluster of a fitting major can be made ready while the rest is read.
  const first = await head(
    handle.store.read(handle.object, run.signal, { start: 0, end: Math.min(handle.object.bytes, 64 * 1024) }),
    64 * 1024,
  );
  const archive = readArchiveHead(first);
  if (!archive) return found;
  return { ...found, record: { ...found.record, ...describeHead(archive), format: 'custom' } };
}

async function fetch(
  ports: EnginePorts,
  run: RunContext,
  found: FoundBackup,
  restoring: boolean,
): Promise<FetchedBackup> {
  const handle = found.handle as StoredHandle;
  if (handle.members.length > 1) return await fetchDirectory(ports, run, found, handle, restoring);
  const staged = await stage(ports, run, handle.store, handle.object, handle.promised);
  noteChecksum(run, found, staged.checksum);
  let record: BackupRecord = { ...found.record, bytes: staged.bytes, checksum: staged.checksum };
  const wrappings: Wrapping[] = [];
  let path = staged.path;
  let first = await head(ports.files.readStream(path, { start: 0, end: HEAD }), HEAD);
  for (let wrapping = wrappingOf(first); wrapping !== undefined && wrappings.length < 4; wrapping = wrappingOf(first)) {
    wrappings.push(wrapping);
    record = { ...record, ...(isCompression(wrapping) ? { compression: wrapping } : { encryption: wrapping }) };
    first = await head(await open(ports, run, found, path, wrappings), HEAD);
    run.signal.throwIfAborted();
  }
  const format = formatOf(first);
  if (format === undefined) {
    throw new StageFault('failed', `${record.id} is no dump of pg_dump: it begins with ${describeBytes(first)}.`, {
      code: 'wrong-format',
    });
  }
  record = { ...record, format };
  const archive = readArchiveHead(first);
  if (archive)
    record = {
      ...record,
      ...describeHead(archive),
      ...(wrappings.length === 0 ? { compression: archive.compression } : {}),
    };
  if (format === 'plain') record = { ...record, ...describePlain(first) };
  refuseNewer(run, record);
  if (format !== 'plain' && wrappings.length > 0) {
    const target = join(run.folder, 'stage', 'unwrapped');
    await writeFile(ports, run, target, await open(ports, run, found, path, wrappings));
    path = target;
    wrappings.length = 0;
  }
  const result = { format, wrappings, ...(archive ? { head: archive } : {}) } satisfies Fetched;
  let message = checksumWords(record);
  if (restoring)
    message +=
      format === 'plain'
        ? '; the end trailer is looked for while it is loaded'
        : '; every block is decoded by the restore itself';
  else message += `; ${await verify(ports, run, found, path, result)}`;
  return { found, record, path, bytes: staged.bytes, message, handle: result };
}

async function fetchDirectory(
  ports: EnginePorts,
  run: RunContext,
  found: FoundBackup,
  handle: StoredHandle,
  restoring: boolean,
): Promise<FetchedBackup> {
  const staged = await stageDirectory(ports, run, handle);
  const first = await head(ports.files.readStream(join(staged.path, 'toc.dat'), { start: 0, end: HEAD }), HEAD);
  const archive = readArchiveHead(first);
  if (!archive) throw new StageFault('failed', `${found.record.id} is no directory dump: its toc.dat is damaged.`);
  const record: BackupRecord = {
    ...found.record,
    bytes: staged.bytes,
    format: 'directory',
    ...describeHead(archive),
    checksum: staged.checksum,
  };
  refuseNewer(run, record);
  const result: Fetched = { format: 'directory', wrappings: [], head: archive };
  const message = restoring
    ? `${handle.members.length} files summed; every one is decoded by the restore itself`
    : `${handle.members.length} files summed; ${await verify(ports, run, found, staged.path, result)}`;
  return { found, record, path: staged.path, bytes: staged.bytes, message, handle: result };
}

/** All wrappings taken off, as a stream. */
async function open(
  ports: EnginePorts,
  run: RunContext,
  found: FoundBackup,
  path: string,
  wrappings: readonly Wrapping[],
): Promise<AsyncIterable<Uint8Array>> {
  let stream: AsyncIterable<Uint8Array> = ports.files.readStream(path);
  for (const wrapping of wrappings) stream = await unwrap(ports, run, found.plan, wrapping, stream);
  return stream;
}

/** Level 2 by itself: `pg_restore -f /dev/null` decodes every block (`--list` passes a truncated file); a plain dump must end. */
async function verify(
  ports: EnginePorts,
  run: RunContext,
  found: FoundBackup,
  path: string,
  fetched: Fetched,
): Promise<string> {
  if (fetched.format === 'plain') {
    let complete = false;
    let statements = 0;
    for await (const piece of scan(await open(ports, run, found, path, fetched.wrappings))) {
      run.signal.throwIfAborted();
      if (piece.kind === 'statement' || piece.kind === 'copy') statements += 1;
      if (isTrailer(piece)) complete = true;
    }
    if (statements === 0) throw new StageFault('failed', 'The dump holds no statement.');
    if (!complete) throw new StageFault('failed', cutOff());
    return `${statements} statements up to the end trailer`;
  }
  const client = clientFor(await findPostgres(ports), fetched.head);
  const result = await runTool(ports, run, join(client.folder, 'pg_restore'), ['-f', '/dev/null', path], {
    stage: 'fetch+verify',
  });
  if (result.code !== 0) throw restoreFault(result.stderr, 'pg_restore', result.stderr);
  run.engine('pg_restore', client.version, client.folder);
  return `decoded whole by pg_restore ${client.version}`;
}

async function restore(
  ports: EnginePorts,
  run: RunContext,
  fetched: FetchedBackup,
  sandbox: RunningSandbox,
): Promise<RestoreOutcome> {
  const handle = sandbox.handle as PostgresHandle;
  const { format, wrappings, head: archive } = fetched.handle as Fetched;
  const path = fetched.path ?? '';
  const database = databaseName(fetched, handle);
  handle.databases.set(fetched.found.plan.name, database);
  let by: string;
  if (format === 'plain') {
    await createDatabase(run, handle, database, undefined);
    const outcome = await loadPlain(
      ports,
      run,
      handle,
      database,
      await open(ports, run, fetched.found, path, wrappings),
    );
    (fetched.handle as Fetched).announced = outcome.announced;
    by = `${outcome.statements} statements by ${outcome.by}`;
  } else {
    const client = clientFor(handle.all, archive);
    run.engine('pg_restore', client.version, client.folder);
    const program = join(client.folder, 'pg_restore');
    const needs = await needsOfDump(ports, run, fetched, handle);
    await createDatabase(run, handle, database, needs.encoding);
    const prepared = nothingPrepared();
    await prepare(ports, run, handle, database, needs, prepared);
    const jobs = format === 'tar' ? [] : ['--jobs', String(handle.jobs)];
    const result = await runTool(
      ports,
      run,
      program,
      [
        '--exit-on-error',
        ...jobs,
        '-h',
        handle.address.host,
        '-p',
        String(handle.address.port),
        '-U',
        handle.address.user,
        '-w',
        '-d',
        database,
        path,
      ],
      {
        stage: 'restore',
        ...(handle.address.password === undefined ? {} : { env: { PGPASSWORD: handle.address.password } }),
      },
    );
    if (result.code !== 0) throw restoreFault(result.stderr, 'pg_restore', result.stderr);
    noteRoles(run, prepared);
    by = `pg_restore ${client.version}${format === 'tar' ? '' : ` with ${handle.jobs} jobs`}`;
  }
  const contents = await contentsOf(run, handle, database);
  if (contents.objects === 0 || contents.bytes === 0) {
    throw new StageFault(
      'failed',
      `The restore ended without an error, but restored nothing: ${contents.objects} objects, ${contents.bytes} bytes.`,
      { code: 'nothing-restored' },
    );
  }
  return {
    restoredBytes: contents.bytes,
    message: `${contents.objects} relations, ${contents.bytes} bytes restored: ${by}`,
  };
}

/** Roles, tablespaces and extensions that the dump takes for granted, read from its definitions. */
export async function needsOfDump(
  ports: EnginePorts,
  run: RunContext,
  fetched: FetchedBackup,
  handle: PostgresHandle,
): Promise<DumpNeeds> {
  const { format, wrappings, head: archive } = fetched.handle as Fetched;
  const path = fetched.path ?? '';
  const needs = noNeeds();
  let source: AsyncIterable<Uint8Array>;
  if (format === 'plain') source = await open(ports, run, fetched.found, path, wrappings);
  else {
    const schema = await runTool(
      ports,
      run,
      join(clientFor(handle.all, archive).folder, 'pg_restore'),
      ['--schema-only', '-f', '-', path],
      { stage: 'restore', quiet: true, keepBytes: 64 * 1024 * 1024 },
    );
    if (schema.code !== 0) throw restoreFault(schema.stderr, 'pg_restore', schema.stderr);
    source = once(Buffer.from(schema.stdout));
  }
  const objects: ShapeObject[] = [];
  for await (const piece of scan(source)) {
    run.signal.throwIfAborted();
    if (piece.kind !== 'statement' && piece.kind !== 'copy') continue;
    const text = piece.bytes.toString('utf8');
    for (const object of announced(text)) objects.push(object);
    if (piece.kind === 'statement') addNeeds(needs, withoutComments(text));
  }
  (fetched.handle as Fetched).announced = objects;
  return needs;
}

/** What the dump says that it holds: its table of contents, or the comments of a plain one. Known after the restore. */
export function announcedBy(fetched: FetchedBackup): readonly ShapeObject[] {
  return fetched.found.plan.tool === 'pg_dump' ? ((fetched.handle as Fetched | undefined)?.announced ?? []) : [];
}

/** On a server of the team's the random name that was written into the lease; in a private one the database's own. */
function databaseName(fetched: FetchedBackup, handle: PostgresHandle): string {
  const given = handle.databases.get(fetched.found.plan.name);
  if (given !== undefined) return given;
  const wanted = fetched.found.plan.database ?? fetched.record.database ?? 'restored';
  const name = (/^(?:postgres|template[01])$/u.test(wanted) ? `restored_${wanted}` : wanted).slice(0, 60);
  return [...handle.databases.values()].includes(name) ? `${name.slice(0, 50)}_${handle.databases.size}` : name;
}

/** The client tools that can read the archive: at least of the major of the pg_dump that made it. */
function clientFor(all: readonly PostgresBinaries[], archive: ArchiveHead | undefined): PostgresBinaries {
  const needed = majorOf(archive?.toolVersion) ?? 0;
  const clients = all.filter((each) => each.client);
  const chosen = clients.filter((each) => each.major >= needed).sort((left, right) => left.major - right.major)[0];
  if (chosen) return chosen;
  const newest = clients[0];
  throw new StageFault(
    'inconclusive',
    newest
      ? `The archive was made by pg_dump ${archive?.toolVersion ?? ''}; the newest pg_restore here is ${newest.version}, which can't read it: install the client tools of PostgreSQL ${needed}.`
      : 'There is no pg_restore on this machine; install the PostgreSQL client tools (postgresql-client).',
    { sandbox: true, code: 'no-binaries' },
  );
}

/** Restoring into an older major than the dump's is not supported: said before anything runs. */
function refuseNewer(run: RunContext, record: BackupRecord): void {
  const source = majorOf(record.sourceVersion);
  const target = majorOf(run.plan.sandbox.version);
  if (source === undefined || target === undefined || source <= target || run.plan.level < 3) return;
  throw new StageFault(
    'failed',
    `${record.id} was dumped from PostgreSQL ${record.sourceVersion ?? ''}, but the dry run's sandbox is PostgreSQL ${run.plan.sandbox.version ?? ''}: a dump can't be counted on to load into an older major; set the sandbox's version to "${source}".`,
    { code: 'newer-major' },
  );
}

function formatOf(bytes: Buffer): Format | undefined {
  if (bytes.toString('latin1', 0, 5) === 'PGDMP') return 'custom';
  if (bytes.toString('latin1', 257, 262) === 'ustar' && bytes.toString('latin1', 0, 7) === 'toc.dat') return 'tar';
  const text = bytes.toString('utf8', 0, 8192);
  if (/^\uFEFF?(?:\s|--[^\n]*\n|\\restrict[^\n]*\n)*--\s*PostgreSQL database/u.test(text)) return 'plain';
  if (
    !bytes.subarray(0, 8192).includes(0) &&
    /^\s*(?:--|\/\*|SET\s|CREATE\s|BEGIN|INSERT\s|COPY\s|DROP\s|ALTER\s|SELECT\s|\\restrict)/iu.test(text)
  )
    return 'plain';
  return undefined;
}

function describeHead(archive: ArchiveHead): Partial<BackupRecord> {
  return {
    ...(archive.serverVersion === undefined ? {} : { sourceVersion: archive.serverVersion }),
    ...(archive.toolVersion === undefined ? {} : { toolVersion: `pg_dump ${archive.toolVersion}` }),
    ...(archive.database === undefined ? {} : { database: archive.database }),
  };
}

function describePlain(bytes: Buffer): Partial<BackupRecord> {
  const text = bytes.toString('utf8', 0, 16_384);
  const source = /^-- Dumped from database version (\S+)/mu.exec(text)?.[1];
  const tool = /^-- Dumped by (pg_dump|pg_dumpall) version (\S+)/mu.exec(text);
  return {
    ...(source === undefined ? {} : { sourceVersion: source }),
    ...(tool ? { toolVersion: `${tool[1] ?? ''} ${tool[2] ?? ''}` } : {}),
  };
}

function checksumWords(record: BackupRecord): string {
  const sum = record.checksum;
  const read = `${record.bytes ?? 0} bytes read`;
  if (!sum || sum.state === 'computed') return `${read}, no checksum to compare with`;
  return sum.state === 'matched'
    ? `${read}, ${sum.algorithm} matches ${sum.source ?? ''}`
    : `${read}, ${sum.source ?? 'the checksum'} can't be compared`;
}

function describeBytes(bytes: Buffer): string {
  const text = bytes.toString('latin1', 0, 16);
  return /^[\x20-\x7e]+$/u.test(text) ? `"${text}"` : `the bytes ${bytes.subarray(0, 8).toString('hex')}`;
}
