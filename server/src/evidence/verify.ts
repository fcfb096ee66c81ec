/** Verifies the journal: an edit, a removal in the middle, a reordering and a fork show; a cut tail only against an anchor. */
import { join } from 'node:path';
import type { Files } from '../core/ports.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import { FIRST, hashOf, parseEntry, readChains, recordHash, type JournalEntry } from './journal.ts';
import { verifySignature } from './sign.ts';

export type ProblemKind = 'edited' | 'removed' | 'reordered' | 'forked' | 'cut' | 'unreadable' | 'signature' | 'stray';

export interface JournalProblem {
  readonly kind: ProblemKind;
  readonly writer: string;
  readonly sequence?: number;
  readonly record?: string;
  /** One sentence. */
  readonly message: string;
}

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

/** Reads every record and every chain. `anchors` are heads from the commit, a locked bucket, or elsewhere. */
export async function verifyJournal(
  files: Files,
  folder: string,
  anchors: readonly Anchor[] = [],
): Promise<VerifyResult> {
  const problems: JournalProblem[] = [];
  const notes: string[] = [];
  const chains: VerifyResult['chains'][number][] = [];
  let records = 0;
  const known = new Set<string>();
  for (const { writer, entries, broken } of await readChains(files, folder)) {
    for (const line of broken)
      problems.push({
        kind: 'unreadable',
        writer,
        message: `Line ${line} of ${writer}.jsonl can't be read: it was edited or cut.`,
      });
    problems.push(...chainProblems(writer, entries));
    let signed = 0;
    for (let from = 0; from < entries.length; from += PARALLEL) {
      const part = entries.slice(from, from + PARALLEL);
      const checked = await Promise.all(part.map(async (entry) => await recordProblems(files, folder, writer, entry)));
      for (const each of checked) {
        problems.push(...each.problems);
        if (each.signed) signed += 1;
      }
    }
    for (const entry of entries) known.add(entry.record);
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
      notes.push(
        `Nothing anchors the head of ${writer} (${(head?.hash ?? '').slice(0, 12)}…): that its tail was cut, or all of it rewritten, can't be ruled out. Commit the evidence, or keep it in a locked bucket.`,
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

function chainProblems(writer: string, entries: readonly JournalEntry[]): readonly JournalProblem[] {
  const problems: JournalProblem[] = [];
  const seen = new Map<number, JournalEntry>();
  const followed = new Map<string, number>();
  let before: JournalEntry | undefined;
  for (const entry of entries) {
    const { hash, ...content } = entry;
    const at = { writer, sequence: entry.sequence, record: entry.record };
    if (hashOf(content) !== hash)
      problems.push({
        kind: 'edited',
        ...at,
        message: `Entry ${entry.sequence} of ${writer} was edited: its content no longer has its hash.`,
      });
    if (entry.writer !== writer)
      problems.push({
        kind: 'edited',
        ...at,
        message: `Entry ${entry.sequence} of ${writer} belongs to the chain ${entry.writer}.`,
      });
    const other = followed.get(entry.previous);
    if (seen.has(entry.sequence) || other !== undefined) {
      problems.push({
        kind: 'forked',
        ...at,
        message: `The chain ${writer} forks: two entries follow entry ${entry.sequence - 1}.`,
      });
    } else if (before && entry.sequence < before.sequence) {
      problems.push({
        kind: 'reordered',
        ...at,
        message: `Entry ${entry.sequence} of ${writer} stands behind entry ${before.sequence}: the order was changed.`,
      });
    } else if (before ? entry.sequence > before.sequence + 1 : entry.sequence !== 1) {
      const from = (before?.sequence ?? 0) + 1;
      const later = entries.some((each) => each.sequence === from);
      problems.push(
        later
          ? {
              kind: 'reordered',
              ...at,
              message: `Entry ${entry.sequence} of ${writer} stands before entry ${from}: the order was changed.`,
            }
          : {
              kind: 'removed',
              ...at,
              message: `${entry.sequence - from === 1 ? `Entry ${from}` : `Entries ${from} to ${entry.sequence - 1}`} of ${writer} ${entry.sequence - from === 1 ? 'is' : 'are'} missing.`,
            },
      );
    } else if (entry.previous !== (before?.hash ?? FIRST)) {
      problems.push({
        kind: 'edited',
        ...at,
        message: `Entry ${entry.sequence} of ${writer} does not follow from the one before: one of the two was rewritten.`,
      });
    }
    seen.set(entry.sequence, entry);
    followed.set(entry.previous, entry.sequence);
    before = entry;
  }
  return problems;
}

async function recordProblems(
  files: Files,
  folder: string,
  writer: string,
  entry: JournalEntry,
): Promise<{ readonly problems: readonly JournalProblem[]; readonly signed: boolean }> {
  const at = { writer, sequence: entry.sequence, record: entry.record };
  let record: EvidenceRecord;
  try {
    record = JSON.parse(await files.readText(join(folder, entry.record))) as EvidenceRecord;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return {
      signed: false,
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
  if (record.signature && !verifySignature(hash, record.signature))
    problems.push({ kind: 'signature', ...at, message: `The signature of ${entry.record} does not fit its content.` });
  return { problems, signed: record.signature !== undefined };
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
      if (!/^\d{6}-.*\.json$/u.test(file) || known.has(record)) continue;
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
