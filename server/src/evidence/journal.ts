/** The journal: evidence appended to chains of SHA-256 hashes, one chain a writer, safe with two writers at once. */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Files } from '../core/ports.ts';
import { withLock, type LockPorts } from './lock.ts';
import { canonicalJson } from '../core/recovery/canonical.ts';
import type { ChainRecord, DraftRecord, EvidenceRecord } from '../core/recovery/record.ts';
import { entryOf } from './entry.ts';
import type { EvidenceEntry } from '../core/rules/rule.ts';
import type { Signer } from './sign.ts';

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

/** Where the evidence of a workspace lies, from its root. */
export const EVIDENCE_FOLDER = '.drillbook/evidence';
export const FIRST = '0'.repeat(64);

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
  /** Signs the record's hash; where it can't, the record is kept without a signature and says why. */
  readonly sign?: Signer;
}

/**
 * Writes `draft` as a record of the writer's chain and returns it as written, with its path from the evidence folder. What
 * a writer that was killed left half written is completed or taken out first, and the record says so.
 */
export async function appendRecord(
  ports: LockPorts,
  draft: DraftRecord,
  options: AppendOptions,
): Promise<{ readonly record: EvidenceRecord; readonly file: string }> {
  const { folder, writer } = options;
  await ports.files.makeFolder(join(folder, writer));
  return await withLock(ports, join(folder, `${writer}.lock`), async () => {
    const journal = join(folder, `${writer}.jsonl`);
    const { text, last, mended } = await mendedJournal(ports.files, folder, writer);
    const chain = nextAfter(writer, last);
    const notes = mended.map((message) => ({ severity: 'warning' as const, code: 'journal-mended', message }));
    const record = await sealed({ ...draft, notes: [...draft.notes, ...notes], chain }, options.sign);
    const name = `${sequenceName(chain)}-${draft.runbook.name.replace(/[^\w.-]+/gu, '-').slice(0, 60)}-${draft.id.slice(0, 12)}.json`;
    const file = `${writer}/${name}`;
    await ports.files.writeAtomic(join(folder, file), `${JSON.stringify(record, undefined, 2)}\n`);
    const separator = text === '' || text.endsWith('\n') ? '' : '\n';
    await ports.files.append(
      journal,
      `${separator}${JSON.stringify(entryFor(record, chain, record.hash ?? '', file))}\n`,
    );
    return { record, file };
  });
}

/** The record with its hash, signed where that is asked for and can be done: what a run found out is not lost for a key. */
async function sealed(
  content: Omit<EvidenceRecord, 'hash' | 'signature'>,
  sign: Signer | undefined,
): Promise<EvidenceRecord> {
  const hash = recordHash(content);
  if (!sign) return { ...content, hash };
  try {
    return { ...content, hash, signature: await sign(hash) };
  } catch (error) {
    const message = `The record is not signed: ${error instanceof Error ? error.message : String(error)}`;
    const told = { ...content, notes: [...content.notes, { severity: 'error' as const, code: 'unsigned', message }] };
    return { ...told, hash: recordHash(told) };
  }
}

function nextAfter(writer: string, last: JournalEntry | undefined): ChainRecord {
  return { writer, sequence: (last?.sequence ?? 0) + 1, previous: last?.hash ?? FIRST };
}

function sequenceName({ sequence }: Pick<ChainRecord, 'sequence'>): string {
  return String(sequence).padStart(6, '0');
}

function entryFor(record: EvidenceRecord, chain: ChainRecord, hash: string, file: string): JournalEntry {
  const line = {
    version: 1 as const,
    ...chain,
    id: record.id,
    record: file,
    recordHash: hash,
    at: record.finishedAt,
    summary: { ...entryOf(record), file: `${EVIDENCE_FOLDER}/${file}` },
  };
  return { ...line, hash: hashOf(line) };
}

/** The journal with what a killed writer left of a write: half a line taken out, a record without its line given one. */
async function mendedJournal(
  files: Files,
  folder: string,
  writer: string,
): Promise<{ readonly text: string; readonly last: JournalEntry | undefined; readonly mended: readonly string[] }> {
  const journal = join(folder, `${writer}.jsonl`);
  const mended: string[] = [];
  let text = await readOptional(files, journal);
  const whole = text.slice(0, text.length - halfLineOf(text).length);
  if (whole !== text) {
    await files.writeAtomic(journal, whole);
    text = whole;
    mended.push(`Half a line that a killed writer left was taken out of the journal ${writer}.`);
  }
  const last = lastEntry(text);
  const orphan = await recordWithoutLine(files, folder, nextAfter(writer, last));
  if (!orphan) return { text, last, mended };
  const { record, file } = orphan;
  const entry = entryFor(record, nextAfter(writer, last), recordHash(record), file);
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  await files.append(journal, `${separator}${JSON.stringify(entry)}\n`);
  mended.push(
    `The record ${file}, whose writer was killed before it could note it, was given its line in the journal.`,
  );
  return { text: `${text}${separator}\n`, last: entry, mended };
}

/** The end of a journal that is no whole line and can't be read as one; empty where there is none. */
function halfLineOf(text: string): string {
  const end = text.slice(text.lastIndexOf('\n') + 1);
  return end.trim() === '' || parseEntry(end) !== undefined ? '' : end;
}

/** The record that would follow next, where it was written and its hash fits, but no line names it. */
export async function recordWithoutLine(
  files: Files,
  folder: string,
  chain: ChainRecord,
): Promise<{ readonly record: EvidenceRecord; readonly file: string } | undefined> {
  const names = await files.list(join(folder, chain.writer)).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(`${sequenceName(chain)}-`) && each.endsWith('.json'))) {
    const file = `${chain.writer}/${name}`;
    const record = await readRecordFile(files, join(folder, file)).catch(() => undefined);
    const fits =
      record?.chain?.writer === chain.writer &&
      record.chain.sequence === chain.sequence &&
      record.chain.previous === chain.previous &&
      record.hash === recordHash(record);
    if (fits) return { record, file };
  }
  return undefined;
}

/** A record as its file has it. @throws where it can't be read as the one thing that it says. */
export async function readRecordFile(files: Files, path: string): Promise<EvidenceRecord> {
  return parseWhole(await files.readText(path)) as EvidenceRecord;
}

/** JSON that says everything once: of two keys of one name, one reader takes the first and another the last. */
function parseWhole(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (text === `${JSON.stringify(value, undefined, 2)}\n` || text === JSON.stringify(value)) return value;
  if (text.replace(/("(?:[^"\\]|\\.)*")|\s+/gu, '$1') !== JSON.stringify(value))
    throw new Error('It was not written by Drillbook: a key stands twice, or a value is written in another way.');
  return value;
}

/** Stands for a journal that can't be opened: a line that no one can read, and so a chain that is told as broken. */
const UNREADABLE = '?\n';

/** The lines of every chain, by writer; lines that can't be read are told. */
export async function readChains(
  files: Files,
  folder: string,
): Promise<
  readonly {
    readonly writer: string;
    readonly entries: readonly JournalEntry[];
    readonly broken: readonly number[];
    /** Its last line has no end and can't be read: a writer was killed. */
    readonly isHalf: boolean;
  }[]
> {
  const names = await files.list(folder).catch(() => []);
  const journals = names.filter((name) => name.endsWith('.jsonl')).sort();
  return await Promise.all(
    journals.map(async (name) => {
      const entries: JournalEntry[] = [];
      const broken: number[] = [];
      const text = await readOptional(files, join(folder, name)).catch(() => UNREADABLE);
      const half = halfLineOf(text);
      const lines = text.slice(0, text.length - half.length).split('\n');
      lines.forEach((line, index) => {
        if (line.trim() === '') return;
        const entry = parseEntry(line);
        if (entry) entries.push(entry);
        else broken.push(index + 1);
      });
      return { writer: name.slice(0, -'.jsonl'.length), entries, broken, isHalf: half !== '' };
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
    return await readRecordFile(files, join(folder, entry.record));
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
    const value = parseWhole(line) as Partial<JournalEntry>;
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
