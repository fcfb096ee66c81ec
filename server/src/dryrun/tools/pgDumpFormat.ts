/** Tells what a dump of pg_dump is: its format, what made it from what, and which client tools and servers fit it. */
import type { Buffer } from 'node:buffer';
import type { RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { BackupRecord } from '../../core/recovery/record.ts';
import type { ArchiveHead } from '../postgres/archive.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import { restoreFault } from '../postgres/restoreFault.ts';
import { majorOf } from '../sandboxes/postgres.ts';
import { describeBytes } from '../streams.ts';

export type Format = 'custom' | 'tar' | 'directory' | 'plain';

/** The client tools that can read the archive: at least of the major of the pg_dump that made it. */
export function clientFor(all: readonly PostgresBinaries[], archive: ArchiveHead | undefined): PostgresBinaries {
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

/** What it means that pg_restore stopped. It was chosen to be new enough for the archive: a version that it does not know is damage. */
export function archiveFault(stderr: string): StageFault {
  const odd = /unsupported version \([^)]*\)|could not close data file|^pg_restore: error: out of memory/mu.exec(
    stderr,
  )?.[0];
  if (odd === undefined) return restoreFault(stderr, 'pg_restore', stderr);
  return new StageFault('failed', `The backup is cut off or damaged: pg_restore stopped with "${odd}".`, {
    output: stderr,
  });
}

/** One sentence where a changed byte could go unnoticed: nothing that was read has a checksum of its own. */
export function unnoticed(record: BackupRecord, wrapped: boolean): string | undefined {
  if (record.checksum?.state === 'matched' || wrapped || (record.compression ?? 'none') !== 'none') return undefined;
  return `A byte of ${record.id} that changes within a value would go unnoticed: it is not compressed, and no checksum could be compared; keep a SHA-256 beside each backup.`;
}

/** Restoring into an older major than the dump's is not supported: said before anything runs. */
export function refuseNewer(run: RunContext, record: BackupRecord): void {
  const source = majorOf(record.sourceVersion);
  const target = majorOf(run.plan.sandbox.version);
  if (source === undefined || target === undefined || source <= target || run.plan.level < 3) return;
  throw new StageFault(
    'failed',
    `${record.id} was dumped from PostgreSQL ${record.sourceVersion ?? ''}, but the dry run's sandbox is PostgreSQL ${run.plan.sandbox.version ?? ''}: a dump can't be counted on to load into an older major; set the sandbox's version to "${source}".`,
    { code: 'newer-major' },
  );
}

/** What the first bytes (nothing wrapped around them) say that it is. */
export function formatOf(bytes: Buffer): Format | undefined {
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

/** What a file is that is no dump: the backup's fault, but for a directory dump in a tar archive, which only has to be unpacked. */
export function noDump(id: string, first: Buffer): StageFault {
  if (!holdsDirectory(first))
    return new StageFault('failed', `${id} is no dump of pg_dump: it begins with ${describeBytes(first)}.`, {
      code: 'wrong-format',
    });
  return new StageFault(
    'inconclusive',
    `${id} is a directory dump (pg_dump -Fd) packed as a tar archive, which a dry run does not unpack: keep the folder with its toc.dat unpacked, dump with -Fc, or restore it with the runbook's own steps ("steps: true").`,
    { code: 'unsupported' },
  );
}

/** Whether a tar archive has a file of a directory dump among those that its first bytes name. */
function holdsDirectory(bytes: Buffer): boolean {
  for (let at = 0; bytes.toString('latin1', at + 257, at + 262) === 'ustar';) {
    const name = bytes.toString('latin1', at, at + 100).replace(/\0.*$/su, '');
    if (/(?:^|\/)(?:toc\.dat|\d+\.dat(?:\.(?:gz|lz4|zst))?)$/u.test(name)) return true;
    const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 136), 8);
    if (!(size >= 0)) return false;
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return false;
}

/** What an archive's head tells for the record. */
export function describeHead(archive: ArchiveHead): Partial<BackupRecord> {
  return {
    ...(archive.serverVersion === undefined ? {} : { sourceVersion: archive.serverVersion }),
    ...(archive.toolVersion === undefined ? {} : { toolVersion: `pg_dump ${archive.toolVersion}` }),
    ...(archive.database === undefined ? {} : { database: archive.database }),
  };
}

/** What the comments at the head of a plain dump tell. */
export function describePlain(bytes: Buffer): Partial<BackupRecord> {
  const text = bytes.toString('utf8', 0, 16_384);
  const source = /^-- Dumped from database version (\S+)/mu.exec(text)?.[1];
  const tool = /^-- Dumped by (pg_dump|pg_dumpall) version (\S+)/mu.exec(text);
  return {
    ...(source === undefined ? {} : { sourceVersion: source }),
    ...(tool ? { toolVersion: `${tool[1] ?? ''} ${tool[2] ?? ''}` } : {}),
  };
}
