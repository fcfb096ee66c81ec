/** Verifies the journal: an edit, a removal in the middle, a reordering and a fork show; a cut tail only against an anchor. */
import { join } from 'node:path';
import type { Files } from '../core/ports.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import {
  FIRST,
  parseEntry,
  readChains,
  readRecordFile,
  recordHash,
  recordWithoutLine,
  type JournalEntry,
} from './journal.ts';
import { chainProblems, type JournalProblem } from './chainProblems.ts';
import { verifySignature } from './sign.ts';

/** A chain's head as something outside remembers it. */
export interface Anchor {
  readonly writer: string;
  readonly sequence: number;
  readonly hash: string;
  /** `commit 1a2b…`, `s3://…`. */
  readonly source: string;
}

export interface VerifyResult {
  readonly ok: boolean;
  readonly records: number;
  readonly chains: readonly {
    readonly writer: string;
    readonly length: number;
    readonly head: string;
    readonly anchoredBy?: string;
    readonly signed: number;
  }[];
  readonly problems: readonly JournalProblem[];
  /** What a chain alone can't show, said where nothing anchors a head. */
  readonly notes: readonly string[];
}

const PARALLEL = 64;

/**
 * Reads every record and every chain. `anchors` are heads from the commit, a locked bucket, or elsewhere; with `key` (PEM or
 * base64 DER) every record of a chain has to be signed by it, from its first that is.
 */
export async function verifyJournal(
  files: Files,
  folder: string,
  anchors: readonly Anchor[] = [],
  key?: string,
): Promise<VerifyResult> {
  const problems: JournalProblem[] = [];
  const notes: string[] = [];
  const chains: VerifyResult['chains'][number][] = [];
  let records = 0;
  const known = new Set<string>();
  for (const { writer, entries, broken, isHalf } of await readChains(files, folder)) {
    for (const line of broken)
      problems.push({
        kind: 'unreadable',
        writer,
        message: `Line ${line} of ${writer}.jsonl can't be read: it was edited or cut.`,
      });
    problems.push(...chainProblems(writer, entries));
    let signed = 0;
    /** What no signature has vouched for so far: a record's holds the hash of the line before, and so of all before it. */
    let unsigned: JournalProblem[] = [];
    let isBefore = true;
    for (let from = 0; from < entries.length; from += PARALLEL) {
      const part = entries.slice(from, from + PARALLEL);
      const checked = await Promise.all(
        part.map(async (entry) => await recordProblems(files, folder, { writer, entry, key })),
      );
      for (const each of checked) {
        problems.push(...each.problems);
        if (each.signed) signed += 1;
        if (each.unsigned) unsigned.push(each.unsigned);
        if (isBefore && each.byKey) {
          if (unsigned.length > 0)
            notes.push(
              `The first ${unsigned.length === 1 ? 'record' : `${unsigned.length} records`} of ${writer} ${unsigned.length === 1 ? 'is' : 'are'} not signed: the signature of the next one vouches for the chain up to there.`,
            );
          unsigned = [];
          isBefore = false;
        }
      }
    }
    problems.push(...unsigned);
    for (const entry of entries) known.add(entry.record);
    if (isHalf)
      problems.push({
        kind: 'unreadable',
        writer,
        message: `${writer}.jsonl ends in half a line: a writer was killed while it wrote, or its tail was cut; the next record mends it and says so.`,
      });
    const orphan = await recordWithoutLine(files, folder, {
      writer,
      sequence: (entries.at(-1)?.sequence ?? 0) + 1,
      previous: entries.at(-1)?.hash ?? FIRST,
    });
    if (orphan) {
      known.add(orphan.file);
      problems.push({
        kind: 'stray',
        writer,
        record: orphan.file,
        message: `The record ${orphan.file} fits as the next of ${writer}, but no line names it: a writer was killed, or the tail was cut; the next record gives it its line and says so.`,
      });
    }
    records += entries.length;
    const head = entries.at(-1);
    const anchoredBy = anchorChain(writer, entries, anchors, problems);
    chains.push({
      writer,
      length: entries.length,
      head: head?.hash ?? FIRST,
      signed,
      ...(anchoredBy === undefined ? {} : { anchoredBy }),
    });
    if (anchoredBy === undefined && entries.length > 0) {
      const risk =
        key === undefined
          ? "that its tail was cut, or all of it rewritten, can't be ruled out"
          : "the key's signatures rule out that it was rewritten, not that its tail was cut";
      notes.push(
        `Nothing anchors the head of ${writer} (${(head?.hash ?? '').slice(0, 12)}…): ${risk}. Commit the evidence, or keep it in a locked bucket.`,
      );
    }
  }
  for (const anchor of anchors) {
    if (!chains.some((chain) => chain.writer === anchor.writer)) {
      problems.push({
        kind: 'removed',
        writer: anchor.writer,
        message: `The chain ${anchor.writer} is gone: ${anchor.source} remembers ${anchor.sequence} records of it.`,
      });
    }
  }
  problems.push(...(await strays(files, folder, known)));
  return { ok: problems.length === 0, records, chains, problems, notes };
}

interface RecordChecked {
  readonly problems: readonly JournalProblem[];
  readonly signed: boolean;
  /** Signed by the key that was given. */
  readonly byKey: boolean;
  /** The problem that it is not signed, where a key asks for that. */
  readonly unsigned?: JournalProblem;
}

async function recordProblems(
  files: Files,
  folder: string,
  { writer, entry, key }: { readonly writer: string; readonly entry: JournalEntry; readonly key: string | undefined },
): Promise<RecordChecked> {
  const at = { writer, sequence: entry.sequence, record: entry.record };
  let record: EvidenceRecord;
  try {
    record = await readRecordFile(files, join(folder, entry.record));
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return {
      signed: false,
      byKey: false,
      problems: [
        missing
          ? { kind: 'removed', ...at, message: `The record ${entry.record} is missing.` }
          : { kind: 'unreadable', ...at, message: `The record ${entry.record} can't be read: it was edited or cut.` },
      ],
    };
  }
  const problems: JournalProblem[] = [];
  const hash = recordHash(record);
  if (hash !== entry.recordHash || record.hash !== entry.recordHash)
    problems.push({
      kind: 'edited',
      ...at,
      message: `The record ${entry.record} was edited: its content no longer has the hash in the journal.`,
    });
  else if (
    record.chain?.sequence !== entry.sequence ||
    record.chain.previous !== entry.previous ||
    record.chain.writer !== writer
  ) {
    problems.push({
      kind: 'reordered',
      ...at,
      message: `The record ${entry.record} does not belong at place ${entry.sequence} of ${writer}.`,
    });
  }
  if (!record.signature) {
    const message = `The record ${entry.record} is not signed, and the key asks that all are since the first that was.`;
    return {
      problems,
      signed: false,
      byKey: false,
      ...(key === undefined ? {} : { unsigned: { kind: 'signature', ...at, message } }),
    };
  }
  const wrong = signatureProblem(hash, record.signature, key);
  if (wrong !== undefined) problems.push({ kind: 'signature', ...at, message: `The record ${entry.record} ${wrong}.` });
  return { problems, signed: true, byKey: key !== undefined && wrong === undefined && hash === entry.recordHash };
}

function signatureProblem(
  hash: string,
  signature: NonNullable<EvidenceRecord['signature']>,
  key: string | undefined,
): string | undefined {
  if (!verifySignature(hash, signature)) return 'has a signature that does not fit its content';
  return key === undefined || verifySignature(hash, signature, key) ? undefined : 'is signed by another key';
}

/** Held against the strongest anchor; what it remembers must be in the chain. */
function anchorChain(
  writer: string,
  entries: readonly JournalEntry[],
  anchors: readonly Anchor[],
  problems: JournalProblem[],
): string | undefined {
  let best: Anchor | undefined;
  for (const anchor of anchors.filter((each) => each.writer === writer)) {
    const entry = entries.find((each) => each.sequence === anchor.sequence);
    if (!entry)
      problems.push({
        kind: 'cut',
        writer,
        sequence: anchor.sequence,
        message: `The tail of ${writer} was cut: ${anchor.source} remembers entry ${anchor.sequence}, the chain ends at ${entries.at(-1)?.sequence ?? 0}.`,
      });
    else if (entry.hash !== anchor.hash)
      problems.push({
        kind: 'edited',
        writer,
        sequence: anchor.sequence,
        message: `The chain ${writer} was rewritten: entry ${anchor.sequence} is not the one that ${anchor.source} remembers.`,
      });
    else if (!best || anchor.sequence > best.sequence) best = anchor;
  }
  return best?.sequence === entries.at(-1)?.sequence && best ? best.source : undefined;
}

/** Records that no chain names: put there by hand, or their journal lines were removed. */
async function strays(files: Files, folder: string, known: ReadonlySet<string>): Promise<readonly JournalProblem[]> {
  const problems: JournalProblem[] = [];
  for (const name of await files.list(folder).catch(() => [])) {
    const info = await files.info(join(folder, name));
    if (!info?.isDirectory) continue;
    for (const file of await files.list(join(folder, name)).catch(() => [])) {
      const record = `${name}/${file}`;
      if (!file.endsWith('.json') || known.has(record)) continue;
      problems.push({
        kind: 'stray',
        writer: name,
        record,
        message: `The record ${record} is in no chain: its journal line was removed, or it was put there by hand.`,
      });
    }
  }
  return problems;
}

/** The head of a chain in a journal's text: what a commit or a bucket remembers. */
export function anchorOf(text: string, source: string): Anchor | undefined {
  const entry = text
    .split('\n')
    .reverse()
    .map((line) => (line.trim() === '' ? undefined : parseEntry(line)))
    .find((each) => each !== undefined);
  return entry ? { writer: entry.writer, sequence: entry.sequence, hash: entry.hash, source } : undefined;
}
