/** pg_dump: custom, directory, tar and plain dumps, compressed or encrypted, restored by pg_restore or psql of a fitting major. */
import { join } from 'node:path';
import type {
  BackupPlan,
  FetchedBackup,
  FoundBackup,
  RestoreOutcome,
  RunContext,
  RunningSandbox,
} from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { BackupRecord } from '../../core/recovery/record.ts';
import { announced, type ShapeObject } from '../../core/recovery/shape.ts';
import type { EnginePorts } from '../ports.ts';
import { clientArguments } from '../postgres/connection.ts';
import { readArchiveHead, type ArchiveHead } from '../postgres/archive.ts';
import { textIn } from '../postgres/encoding.ts';
import { findPostgres } from '../postgres/binaries.ts';
import { cutOff, isTrailer, loadPlain } from '../postgres/loader.ts';
import { addNeeds, noNeeds, type DumpNeeds } from '../postgres/needs.ts';
import { contentsOf, databaseName, noteRoles, nothingPrepared, openDatabase } from '../postgres/prepare.ts';
import { scan } from '../postgres/scanner.ts';
import { restoreOptions } from '../postgres/settings.ts';
import { withoutComments } from '../postgres/sqlBytes.ts';
import type { PostgresHandle } from '../sandboxes/postgres.ts';
import { refuseOtherDatabase } from '../otherDatabase.ts';
import { refuseCutTar } from '../postgres/wholeTar.ts';
import { locateStored, type StoredHandle } from '../stored.ts';
import { freshPath, stage } from '../staging.ts';
import { head } from '../streams.ts';
import { runTool } from '../tool.ts';
import type { Wrapping } from '../unwrap.ts';
import { openWrapped, peel, readWords } from '../wrapped.ts';
import { writeFile } from '../writeFile.ts';
import type { BackupTool } from './backupTool.ts';
import { groupDirectories, isDirectory, stageDirectory } from './pgDirectory.ts';
import { definitionsOf } from './pgDefinitions.ts';
import {
  archiveFault,
  clientFor,
  describeHead,
  describePlain,
  formatOf,
  noDump,
  refuseNewer,
  unnoticed,
  type Format,
} from './pgDumpFormat.ts';

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
const TAR_HEADER = 512;

export const pgDump: BackupTool = { id: 'pg_dump', engines: ['postgres'], locate, fetch, restore };

async function locate(ports: EnginePorts, run: RunContext, backup: BackupPlan): Promise<FoundBackup> {
  const found = await locateStored(ports, run, backup, groupDirectories);
  const handle = found.handle as StoredHandle;
  if (isDirectory(handle)) return found;
  // The first bytes say which server it comes from; a cluster of a fitting major can be made ready while the rest is read.
  const first = await head(
    handle.store.read(handle.object, run.signal, { start: 0, end: Math.min(handle.object.bytes, 64 * 1024) }),
    64 * 1024,
  );
  const archive = readArchiveHead(first);
  if (!archive) return found;
  const record: BackupRecord = { ...found.record, ...describeHead(archive), format: 'custom' };
  refuseOtherDatabase(backup, record);
  return { ...found, record };
}

async function fetch(
  ports: EnginePorts,
  run: RunContext,
  found: FoundBackup,
  restoring: boolean,
): Promise<FetchedBackup> {
  const handle = found.handle as StoredHandle;
  if (isDirectory(handle)) return await fetchDirectory(ports, run, found, handle, restoring);
  const staged = await stage(ports, run, handle.store, handle.object, handle.promised);
  const { wrappings, first, described } = await peel(ports, run, found.plan, staged.path, HEAD);
  let record: BackupRecord = { ...found.record, bytes: staged.bytes, checksum: staged.checksum, ...described };
  let { path } = staged;
  const format = formatOf(first);
  if (format === undefined) throw noDump(record.id, first);
  record = { ...record, format };
  // In a tar archive toc.dat comes first, behind its own header; nothing in one is compressed.
  const archive = readArchiveHead(format === 'tar' ? first.subarray(TAR_HEADER) : first);
  if (archive)
    record = {
      ...record,
      ...describeHead(archive),
      ...(wrappings.length === 0 && format !== 'tar' ? { compression: archive.compression } : {}),
    };
  if (format === 'plain') record = { ...record, ...describePlain(first) };
  refuseNewer(run, record);
  refuseOtherDatabase(found.plan, record);
  if (format !== 'plain' && wrappings.length > 0) {
    const target = await freshPath(ports, run, 'unwrapped');
    await writeFile(ports, run, target, await openWrapped(ports, run, found.plan, path, wrappings));
    path = target;
  }
  if (format === 'tar') await refuseCutTar(ports.files, path);
  const result: Fetched = {
    format,
    wrappings: format === 'plain' ? wrappings : [],
    ...(archive ? { head: archive } : {}),
  };
  const why = unnoticed(record, wrappings.length > 0);
  if (why !== undefined) run.note({ severity: 'information', code: 'changes-unnoticed', message: why });
  let message = readWords(staged.bytes, staged.checksum);
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
  refuseOtherDatabase(found.plan, record);
  const result: Fetched = { format: 'directory', wrappings: [], head: archive };
  const message = restoring
    ? `${handle.members.length} files summed; every one is decoded by the restore itself`
    : `${handle.members.length} files summed; ${await verify(ports, run, found, staged.path, result)}`;
  return { found, record, path: staged.path, bytes: staged.bytes, message, handle: result };
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
    for await (const piece of scan(await openWrapped(ports, run, found.plan, path, fetched.wrappings))) {
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
  if (result.code !== 0) throw archiveFault(result.stderr);
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
    await openDatabase(ports, run, handle, database, noNeeds(), nothingPrepared());
    const outcome = await loadPlain(
      ports,
      run,
      handle,
      database,
      await openWrapped(ports, run, fetched.found.plan, path, wrappings),
    );
    (fetched.handle as Fetched).announced = outcome.announced;
    by = `${outcome.statements} statements by ${outcome.by}`;
  } else {
    const client = clientFor(handle.all, archive);
    run.engine('pg_restore', client.version, client.folder);
    const program = join(client.folder, 'pg_restore');
    const needs = await needsOfDump(ports, run, fetched, handle);
    const prepared = nothingPrepared();
    await openDatabase(ports, run, handle, database, needs, prepared);
    const jobs = format === 'tar' ? [] : ['--jobs', String(handle.jobs)];
    const indexes = announcedBy(fetched).filter((each) => each.kind === 'index' || each.kind === 'constraint').length;
    const result = await runTool(
      ports,
      run,
      program,
      ['--exit-on-error', ...jobs, ...clientArguments(handle.address, database), path],
      {
        stage: 'restore',
        env: {
          ...(handle.isOurs ? restoreOptions(run, ports.machine, format === 'tar' ? 1 : handle.jobs, indexes) : {}),
          ...(handle.address.password === undefined ? {} : { PGPASSWORD: handle.address.password }),
        },
      },
    );
    if (result.code !== 0) throw archiveFault(result.stderr);
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
  const source =
    format === 'plain'
      ? await openWrapped(ports, run, fetched.found.plan, path, wrappings)
      : await definitionsOf(ports, run, clientFor(handle.all, archive), path);
  const objects: ShapeObject[] = [];
  for await (const piece of scan(source)) {
    run.signal.throwIfAborted();
    if (piece.kind !== 'statement' && piece.kind !== 'copy') continue;
    const text = textIn(needs.encoding, piece.bytes);
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
