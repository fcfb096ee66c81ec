/** The journal: evidence appended to chains of SHA-256 hashes, one chain a writer, safe with two writers at once. */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, Files, Processes } from '../core/ports.ts';
import { canonicalJson } from '../core/recovery/canonical.ts';
import type { ChainRecord, DraftRecord, EvidenceRecord } from '../core/recovery/record.ts';
import { entryOf } from './entry.ts';
import type { EvidenceEntry } from '../core/rules/rule.ts';

/** One line of a chain: which record, its hash, the hash of the line before, and what lenses need of it. */
export interface JournalEntry extends ChainRecord {
  readonly version: 1;
  readonly id: string;
  /** Path of the record from the evidence folder. */
  readonly record: string;
  readonly recordHash: string;
  readonly at: string;
  readonly summary: EvidenceEntry;
  /** SHA-256 of this line's canonical JSON without `hash`. */
  readonly hash: string;
}

export interface JournalPorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly processes: Pick<Processes, 'isAlive' | 'ownPid' | 'startToken'>;
}

/** Where the evidence of a workspace lies, from its root. */
export const EVIDENCE_FOLDER = '.drillbook/evidence';
export const FIRST = '0'.repeat(64);
const LOCK_TRIES = 400;
const LOCK_WAIT_MS = 25;
/** A lock whose owner can't be told is taken over after this. */
const LOCK_STALE_MS = 60_000;

export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** The hash that a record carries: over everything but itself and the signature made over it. */
export function recordHash(record: EvidenceRecord | DraftRecord): string {
  const { hash: _hash, signature: _signature, ...content } = record as EvidenceRecord;
  return hashOf(content);
}

/** The name of this writer's chain: one for each clone and branch, so that merging never forks one. */
export function writerName(parts: {
  readonly clone: string;
  readonly branch?: string;
  readonly user: string;
  readonly host: string;
}): string {
  const unique = createHash('sha256')
    .update(`${parts.clone}\n${parts.branch ?? ''}\n${parts.user}\n${parts.host}`)
    .digest('hex')
    .slice(0, 10);
  const branch = (parts.branch ?? 'local').replace(/[^\w.-]+/gu, '-').slice(0, 40);
  return `${branch}-${unique}`;
}

export interface AppendOptions {
  /** Absolute path of the evidence folder. */
  readonly folder: string;
  readonly writer: string;
  /** Signs the record's hash. */
  readonly sign?: (hash: string) => Promise<EvidenceRecord['signature']>;
}

/** Writes `draft` as a record of the writer's chain and returns it as written, with its path from the evidence folder. */
export async function appendRecord(
  ports: JournalPorts,
  draft: DraftRecord,
  options: AppendOptions,
): Promise<{ readonly record: EvidenceRecord; readonly file: string }> {
  const { folder, writer } = options;
  await ports.files.makeFolder(join(folder, writer));
  return await withLock(ports, join(folder, `${writer}.lock`), async () => {
    const journal = join(folder, `${writer}.jsonl`);
    const text = await readOptional(ports.files, journal);
    const last = lastEntry(text);
    const chain: ChainRecord = { writer, sequence: (last?.sequence ?? 0) + 1, previous: last?.hash ?? FIRST };
    const content = { ...draft, chain };
    const hash = recordHash(content);
    const signature = await options.sign?.(hash);
    const record: EvidenceRecord = { ...content, hash, ...(signature === undefined ? {} : { signature }) };
    const name = `${String(chain.sequence).padStart(6, '0')}-${draft.runbook.name.replace(/[^\w.-]+/gu, '-').slice(0, 60)}-${draft.id.slice(0, 12)}.json`;
    const file = `${writer}/${name}`;
    await ports.files.writeAtomic(join(folder, file), `${JSON.stringify(record, undefined, 2)}\n`);
    const line = {
      version: 1 as const,
      ...chain,
      id: draft.id,
      record: file,
      recordHash: hash,
      at: draft.finishedAt,
      summary: { ...entryOf(record), file: `${EVIDENCE_FOLDER}/${file}` },
    };
    const entry: JournalEntry = { ...line, hash: hashOf(line) };
    const separator = text === '' || text.endsWith('\n') ? '' : '\n';
    await ports.files.append(journal, `${separator}${JSON.stringify(entry)}\n`);
    return { record, file };
  });
}

/** The lines of every chain, by writer; lines that can't be read are told. */
export async function readChains(
  files: Files,
  folder: string,
): Promise<
  readonly { readonly writer: string; readonly entries: readonly JournalEntry[]; readonly broken: readonly number[] }[]
> {
  const names = await files.list(folder).catch(() => []);
  const journals = names.filter((name) => name.endsWith('.jsonl')).sort();
  return await Promise.all(
    journals.map(async (name) => {
      const entries: JournalEntry[] = [];
      const broken: number[] = [];
      const lines = (await readOptional(files, join(folder, name))).split('\n');
      lines.forEach((line, index) => {
        if (line.trim() === '') return;
        const entry = parseEntry(line);
        if (entry) entries.push(entry);
        else broken.push(index + 1);
      });
      return { writer: name.slice(0, -'.jsonl'.length), entries, broken };
    }),
  );
}

/** Every record's journal entry, newest first. Records themselves are not opened. */
export async function listRecords(files: Files, folder: string): Promise<readonly JournalEntry[]> {
  const chains = await readChains(files, folder);
  return chains
    .flatMap((chain) => chain.entries)
    .sort((left, right) => (left.at < right.at ? 1 : left.at > right.at ? -1 : right.sequence - left.sequence));
}

/**
 * One record, by id (or the beginning of it) or by its path from the evidence folder; undefined where there is none.
 * @throws Error where the journal has it and its file is gone or broken.
 */
export async function readRecord(files: Files, folder: string, wanted: string): Promise<EvidenceRecord | undefined> {
  const entry = (await listRecords(files, folder)).find(
    (each) => each.id.startsWith(wanted) || each.record === wanted || wanted.endsWith(each.record),
  );
  if (!entry) return undefined;
  try {
    return JSON.parse(await files.readText(join(folder, entry.record))) as EvidenceRecord;
  } catch (error) {
    const message = `The record ${entry.record} is in the journal, and its file is missing or broken; drillbook evidence verify tells what was changed.`;
    throw new Error(message, { cause: error });
  }
}

/** A new id of a run: time first, so that names sort. */
export function newRunId(now: number): string {
  return `${new Date(now)
    .toISOString()
    .replace(/[-:.TZ]/gu, '')
    .slice(0, 14)}${randomBytes(4).toString('hex')}`;
}

export function parseEntry(line: string): JournalEntry | undefined {
  try {
    const value = JSON.parse(line) as Partial<JournalEntry>;
    const whole =
      value.version === 1 &&
      typeof value.sequence === 'number' &&
      typeof value.hash === 'string' &&
      typeof value.record === 'string' &&
      typeof value.previous === 'string';
    return whole ? (value as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
}

function lastEntry(text: string): JournalEntry | undefined {
  const lines = text.split('\n');
  for (let index = lines.length - 1; index >= 0; index--) {
    const entry = lines[index]?.trim() ? parseEntry(lines[index] ?? '') : undefined;
    if (entry) return entry;
  }
  return undefined;
}

async function readOptional(files: Files, path: string): Promise<string> {
  try {
    return await files.readText(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** Holds the lock file while `work` runs; a dead owner's lock is taken over. */
async function withLock<T>(ports: JournalPorts, lock: string, work: () => Promise<T>): Promise<T> {
  const token = await ports.processes.startToken(ports.processes.ownPid);
  const own = JSON.stringify({
    pid: ports.processes.ownPid,
    ...(token === undefined ? {} : { startToken: token }),
    nonce: randomBytes(6).toString('hex'),
  });
  for (let attempt = 0; ; attempt++) {
    if (await ports.files.createExclusive(lock, own)) break;
    if (await isStale(ports, lock)) await ports.files.remove(lock).catch(() => undefined);
    else if (attempt > LOCK_TRIES) throw new Error(`The journal is locked by another writer: ${lock}.`);
    else await new Promise<void>((resolve) => ports.clock.after(LOCK_WAIT_MS, resolve));
  }
  try {
    return await work();
  } finally {
    if ((await readOptional(ports.files, lock)) === own) await ports.files.remove(lock).catch(() => undefined);
  }
}

async function isStale(ports: JournalPorts, lock: string): Promise<boolean> {
  const text = await readOptional(ports.files, lock);
  try {
    const holder = JSON.parse(text) as { pid: number; startToken?: string };
    return !(await ports.processes.isAlive(holder.pid, holder.startToken));
  } catch {
    const info = await ports.files.info(lock);
    return info !== undefined && ports.clock.now() - info.modifiedMs > LOCK_STALE_MS;
  }
}
