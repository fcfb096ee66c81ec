/**
 * What the last check of a large workspace found, file by file, in the user's cache folder: with what tells whether a file
 * changed since, so that one that did not is neither read nor checked again.
 */
import { createHash } from 'node:crypto';
import * as path from 'node:path';
import type { FileFacts } from '../app/checkParts.ts';
import { helpPage } from '../core/rules/catalogue.ts';
import type { FileStamp } from '../platform/workspaceFiles.ts';
import type { FileFound } from './checkPart.ts';
import type { CommandContext } from './command.ts';
import type { ReportFinding } from './format/report.ts';

/** Changes with the shape of what is kept. */
const FORMAT = 1;
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
  readonly found?: FileFound;
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

/** What was kept of this workspace; undefined where nothing can be read. */
export async function readKept(context: CommandContext, root: string): Promise<KeptChecks | undefined> {
  try {
    const value = JSON.parse(await context.dependencies.files.readText(placeOf(context, root))) as Stored;
    if (value.format !== FORMAT) return undefined;
    const { key, from, until } = value;
    return { key, from, until, files: new Map(value.files.map((row) => [row[0], unpacked(row)])) };
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
  const stored: Stored = { format: FORMAT, key, from, until, files: [...kept.files].map((each) => packed(...each)) };
  try {
    await files.makeFolder(folder);
    await files.setMode(folder, 0o700);
    // Replaced in one step: a second process reads the old answer or the new one, and its keys say which.
    await files.writeAtomic(place, written(stored), 0o600);
    await makeRoom(context, folder);
  } catch {
    // A read-only home or a full disk: the next run checks again.
  }
}

/** JSON has no whole numbers beyond 2^53, and asking each value whether it is one takes longer than all the rest. */
function written(stored: Stored): string {
  try {
    return JSON.stringify(stored);
  } catch {
    return JSON.stringify(stored, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
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

interface Stored {
  readonly format: number;
  readonly key: string;
  readonly from: number;
  readonly until: number;
  readonly files: readonly StoredFile[];
}

/** Rows and not objects: ten thousand files and their findings are read before anything is said. */
type StoredFile = readonly [
  file: string,
  stamp: readonly [size: number, modifiedMs: number, changedMs: number, inode: number],
  settled: 0 | 1,
  sum: string,
  key: string,
  facts: FileFacts | 0,
  findings: readonly StoredFinding[] | 0,
  suppressed: FileFound['suppressed'] | 0,
];

type StoredFinding = readonly [
  code: string,
  severity: ReportFinding['severity'],
  message: string,
  range: readonly [startLine: number, startCharacter: number, endLine: number, endCharacter: number],
  path: ReportFinding['path'],
  document: number,
  fingerprint: string,
  more: Partial<ReportFinding> | 0,
];

function packed(file: string, kept: KeptFile): StoredFile {
  const { size, modifiedMs, changedMs, inode } = kept.stamp;
  const { found } = kept;
  return [
    file,
    [size, modifiedMs, changedMs, inode],
    kept.settled ? 1 : 0,
    kept.sum,
    kept.key,
    kept.facts ?? 0,
    found === undefined ? 0 : found.findings.map(packedFinding),
    found === undefined || found.suppressed.length === 0 ? 0 : found.suppressed,
  ];
}

function unpacked(row: StoredFile): KeptFile {
  const [file, [size, modifiedMs, changedMs, inode], settled, sum, key, facts, findings, suppressed] = row;
  const found =
    findings === 0
      ? {}
      : {
          found: {
            findings: findings.map((each) => unpackedFinding(file, each)),
            suppressed: suppressed === 0 ? [] : suppressed,
          },
        };
  const known = facts === 0 ? {} : { facts };
  return { stamp: { size, modifiedMs, changedMs, inode }, settled: settled === 1, sum, key, ...known, ...found };
}

function packedFinding(finding: ReportFinding): StoredFinding {
  const {
    code,
    severity,
    message,
    range,
    path: at,
    document,
    fingerprint,
    file: _file,
    help: _help,
    ...more
  } = finding;
  const { start, end } = range;
  return [
    code,
    severity,
    message,
    [start.line, start.character, end.line, end.character],
    at,
    document,
    fingerprint,
    Object.keys(more).length === 0 ? 0 : more,
  ];
}

function unpackedFinding(file: string, stored: StoredFinding): ReportFinding {
  const [code, severity, message, [startLine, startCharacter, endLine, endCharacter], at, document, fingerprint, more] =
    stored;
  const range = {
    start: { line: startLine, character: startCharacter },
    end: { line: endLine, character: endCharacter },
  };
  const finding = { code, severity, message, file, range, path: at, document };
  return more === 0
    ? { ...finding, help: helpPage(code), fingerprint }
    : { ...finding, ...more, help: helpPage(code), fingerprint };
}
