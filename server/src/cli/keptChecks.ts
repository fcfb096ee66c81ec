/**
 * What the last check of a large workspace found, file by file, in the user's cache folder: with what tells whether a file
 * changed since, so that one that did not is neither read nor checked again.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import type { FileFacts } from '../app/checkParts.ts';
import type { FileStamp } from '../platform/workspaceFiles.ts';
import type { CommandContext } from './command.ts';
import type { Counts, FoundRow } from './foundRow.ts';

/** Changes with the shape of what is kept. */
const FORMAT = 2;
/** Workspaces and answers that are remembered; the rest makes room. */
const MOST_KEPT = 32;
/** File systems that count time in whole seconds (or two) can't tell a second change within one. */
const COARSE_MS = 2000;
const FINE_MS = 50;

export interface KeptFile {
  readonly stamp: FileStamp;
  /** Long enough unchanged when it was read that another change would have changed the stamp: what git calls racily clean is not. */
  readonly settled: boolean;
  /** Of the text; empty where the file is not ours. */
  readonly sum: string;
  readonly facts?: FileFacts;
  /** Everything in other files that the findings depend on, but what all depend on. */
  readonly key: string;
  readonly found?: FoundRow;
}

export interface KeptChecks {
  /** What all findings depend on. */
  readonly key: string;
  /** Milliseconds since the epoch; the findings hold from the first and before the second. */
  readonly from: number;
  readonly until: number;
  readonly files: ReadonlyMap<string, KeptFile>;
}

/** Whether a file with this stamp can be taken for unchanged later on, when it is read from `now` on. */
export function isSettled(stamp: FileStamp, now: number): boolean {
  const latest = Math.max(stamp.modifiedMs, stamp.changedMs);
  return latest + (latest % 1000 === 0 ? COARSE_MS : FINE_MS) < now;
}

export function isSameStamp(one: FileStamp, other: FileStamp): boolean {
  return (
    one.size === other.size &&
    one.modifiedMs === other.modifiedMs &&
    one.changedMs === other.changedMs &&
    one.inode === other.inode
  );
}

export function sumOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(parts.length === 1 ? part : `${part.length}:${part}`);
  return hash.digest('base64url').slice(0, 32);
}

/** Where it all is kept, for the user alone. */
export function keptFolder(context: CommandContext): string {
  return path.join(context.dependencies.machine.cacheFolder, 'checks');
}

function placeOf(context: CommandContext, root: string): string {
  return path.join(keptFolder(context), `${sumOf(root)}.json`);
}

/** Whether anything was kept of this workspace. */
export function hasKept(context: CommandContext, root: string): boolean {
  return existsSync(placeOf(context, root));
}

/** What was kept of this workspace; undefined where nothing can be read. */
export async function readKept(context: CommandContext, root: string): Promise<KeptChecks | undefined> {
  try {
    const [head = '', rows = '', ...lines] = (await context.dependencies.files.readText(placeOf(context, root))).split(
      '\n',
    );
    const { format, key, from, until } = JSON.parse(head) as Head;
    if (format !== FORMAT) return undefined;
    const stored = JSON.parse(rows) as readonly StoredFile[];
    // Cut off, it would seem that nothing was found in the last of them.
    if (lines.length !== stored.length + 1) return undefined;
    const files = stored.map((row, index) => [row[0], unpacked(row, lines[index] ?? '')] as const);
    return { key, from, until, files: new Map(files) };
  } catch {
    return undefined;
  }
}

/** Keeps it for the next run. A cache that can't be written costs time, not correctness. */
export async function writeKept(context: CommandContext, root: string, kept: KeptChecks): Promise<void> {
  const { files } = context.dependencies;
  const place = placeOf(context, root);
  const folder = path.dirname(place);
  const { key, from, until } = kept;
  const head: Head = { format: FORMAT, key, from, until };
  const rows: StoredFile[] = [];
  const lines: string[] = [];
  for (const [file, each] of kept.files) {
    rows.push(packed(file, each));
    lines.push(each.found?.line ?? '');
  }
  try {
    await files.makeFolder(folder);
    await files.setMode(folder, 0o700);
    // Replaced in one step: a second process reads the old answer or the new one, and its keys say which.
    const text = `${JSON.stringify(head)}\n${JSON.stringify(rows)}\n${lines.join('\n')}\n`;
    await files.writeAtomic(place, text, 0o600);
    await makeRoom(context, folder);
  } catch {
    // A read-only home or a full disk: the next run checks again.
  }
}

async function makeRoom(context: CommandContext, folder: string): Promise<void> {
  const { files } = context.dependencies;
  const names = (await files.list(folder)).filter((name) => /\.(?:json|answer)$/u.test(name));
  if (names.length <= MOST_KEPT) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await files.info(path.join(folder, name)))?.modifiedMs ?? 0 })),
  );
  aged.sort((one, other) => one.at - other.at);
  for (const { name } of aged.slice(0, names.length - MOST_KEPT)) await files.remove(path.join(folder, name));
}

interface Head {
  readonly format: number;
  readonly key: string;
  readonly from: number;
  readonly until: number;
}

/** Rows and not objects: ten thousand are read before anything is said. What was found stands in lines of its own, and is copied unread. */
type StoredFile = readonly [
  file: string,
  stamp: StoredStamp,
  settled: 0 | 1,
  sum: string,
  key: string,
  facts: FileFacts | 0,
  found: Counts | 0,
];

export type StoredStamp = readonly [size: number, modifiedMs: number, changedMs: number, inode: number];

export function packedStamp({ size, modifiedMs, changedMs, inode }: FileStamp): StoredStamp {
  return [size, modifiedMs, changedMs, inode];
}

export function unpackedStamp([size, modifiedMs, changedMs, inode]: StoredStamp): FileStamp {
  return { size, modifiedMs, changedMs, inode };
}

function packed(file: string, { stamp, settled, sum, key, facts, found }: KeptFile): StoredFile {
  return [file, packedStamp(stamp), settled ? 1 : 0, sum, key, facts ?? 0, found?.counts ?? 0];
}

function unpacked([, stamp, settled, sum, key, facts, counts]: StoredFile, line: string): KeptFile {
  const known = facts === 0 ? {} : { facts };
  const found = counts === 0 ? {} : { found: { line, counts } };
  return { stamp: unpackedStamp(stamp), settled: settled === 1, sum, key, ...known, ...found };
}
