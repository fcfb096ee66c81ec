/** Reads the head of a custom-format archive of pg_dump: which server, which pg_dump, which database, when. */
import type { Buffer } from 'node:buffer';

export interface ArchiveHead {
  /** `1.14`: what pg_restore must be able to read. */
  readonly archiveVersion: string;
  readonly compression: string;
  readonly database?: string;
  readonly serverVersion?: string;
  readonly toolVersion?: string;
  /** Milliseconds; local time of the machine that dumped, read as UTC. */
  readonly createdMs?: number;
}

const COMPRESSIONS = ['none', 'gzip', 'lz4', 'zstd'];

/** Whether bytes begin a custom-format archive. */
function isArchive(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 5) === 'PGDMP';
}

/** The head, or undefined where the bytes are no archive or end too soon. Format: pg_backup_archiver.c, ReadHead. */
export function readArchiveHead(bytes: Buffer): ArchiveHead | undefined {
  if (!isArchive(bytes) || bytes.length < 12) return undefined;
  let at = 5;
  const byte = (): number => bytes[at++] ?? 0;
  const [major, minor, revision] = [byte(), byte(), byte()];
  const intSize = byte();
  byte(); // size of an offset
  byte(); // format: 1 custom, 3 tar, 5 directory
  if (intSize < 1 || intSize > 8) return undefined;
  const int = (): number => {
    const negative = byte() !== 0;
    let value = 0;
    for (let index = 0; index < intSize; index++) value += byte() * 2 ** (8 * index);
    return negative ? -value : value;
  };
  const text = (): string | undefined => {
    const length = int();
    if (length < 0) return undefined;
    if (at + length > bytes.length) {
      at = bytes.length + 1;
      return undefined;
    }
    const found = bytes.toString('utf8', at, at + length);
    at += length;
    return found;
  };
  const version = major * 1000 + minor;
  const compression = version >= 1015 ? (COMPRESSIONS[byte()] ?? 'unknown') : int() === 0 ? 'none' : 'gzip';
  const [second, minute, hour, day, month, year] = [int(), int(), int(), int(), int(), int()];
  int(); // daylight saving
  const database = text();
  const serverVersion = text();
  const toolVersion = text();
  if (at > bytes.length) return { archiveVersion: `${major}.${minor}`, compression };
  const createdMs = Date.UTC(1900 + year, month, day, hour, minute, second);
  return {
    archiveVersion: `${major}.${minor}${revision > 0 ? `.${revision}` : ''}`,
    compression,
    ...(database === undefined ? {} : { database }),
    ...(serverVersion === undefined ? {} : { serverVersion }),
    // Where the head is damaged the texts in it may be anything.
    ...(toolVersion === undefined || !/^\d/u.test(toolVersion) ? {} : { toolVersion }),
    ...(Number.isFinite(createdMs) ? { createdMs } : {}),
  };
}
