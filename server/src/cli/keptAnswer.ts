/**
 * The report of the last check of a large workspace, as it was printed: where the same is asked and no stamp of any file has
 * changed since, it is printed again with nothing read, checked or set anew; else what it says of unchanged files is.
 */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { stampOf, type FileStamp } from '../platform/workspaceFiles.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { isSameStamp, keptFolder, packedStamp, sumOf, unpackedStamp, type StoredStamp } from './keptChecks.ts';

/** Changes with the shape of what is kept. */
const FORMAT = 2;
const LENGTH_BYTES = 4;

/** What the answer says of one file. */
export interface AnswerPart {
  readonly file: string;
  readonly stamp: FileStamp;
  /** Of its text, and of what else the findings depend on beside what all depend on. */
  readonly sum: string;
  readonly key: string;
  readonly text: Uint8Array;
}

export interface Answer {
  /** What was asked, by which program, and what else than the files the answer depends on. */
  readonly question: string;
  /** What all findings depend on. */
  readonly key: string;
  /** Milliseconds since the epoch; the answer holds from the first and before the second. */
  readonly from: number;
  readonly until: number;
  readonly status: ExitStatus;
  /** In the order of the list of files. */
  readonly parts: readonly AnswerPart[];
  /** What is printed: the parts, and the lines that sum up. */
  readonly text: Uint8Array;
}

interface Head extends Omit<Answer, 'parts' | 'text'> {
  readonly format: number;
  readonly files: readonly (readonly [file: string, stamp: StoredStamp, sum: string, key: string, bytes: number])[];
}

function placeOf(context: CommandContext, root: string, question: string): string {
  return path.join(keptFolder(context), `${sumOf(root, question).slice(0, 24)}.answer`);
}

/** The last answer to this question, where the time has not changed it. */
export function recallAnswer(context: CommandContext, root: string, question: string): Answer | undefined {
  try {
    const content = readFileSync(placeOf(context, root, question));
    const end = LENGTH_BYTES + content.readUInt32LE(0);
    const { files, format, ...head } = JSON.parse(content.toString('utf8', LENGTH_BYTES, end)) as Head;
    const now = context.dependencies.clock.now();
    if (format !== FORMAT || head.question !== question || now < head.from || head.until <= now) return undefined;
    const text = content.subarray(end);
    let at = 0;
    const parts = files.map(([file, stamp, sum, key, bytes]): AnswerPart => {
      const part = { file, stamp: unpackedStamp(stamp), sum, key, text: text.subarray(at, at + bytes) };
      at += bytes;
      return part;
    });
    return { ...head, parts, text };
  } catch {
    return undefined;
  }
}

/** Whether the files are these, and every one as it was. */
export function isCurrent({ parts }: Answer, root: string, listed: readonly string[]): boolean {
  if (parts.length !== listed.length) return false;
  for (const [index, { file, stamp: kept }] of parts.entries()) {
    const stamp = file === listed[index] ? stampOf(root, file) : undefined;
    if (stamp === undefined || !isSameStamp(stamp, kept)) return false;
  }
  return true;
}

/** Keeps the answer. A cache that can't be written costs time, not correctness. */
export async function keepAnswer(context: CommandContext, root: string, answer: Answer): Promise<void> {
  const { parts, text, ...rest } = answer;
  const files = parts.map(
    ({ file, stamp, sum, key, text: own }) => [file, packedStamp(stamp), sum, key, own.length] as const,
  );
  const stored: Head = { format: FORMAT, ...rest, files };
  const head = Buffer.from(JSON.stringify(stored));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(head.length);
  try {
    const place = placeOf(context, root, answer.question);
    await context.dependencies.files.writeAtomic(place, Buffer.concat([length, head, text]), 0o600);
  } catch {
    // A read-only home or a full disk: the next run sets it anew.
  }
}
