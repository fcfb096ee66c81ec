/**
 * The report of the last check of a large workspace, as it was printed: where the same is asked and no stamp of any file has
 * changed since, it is printed again with nothing read, checked or set anew.
 */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { stampOf, type FileStamp } from '../platform/workspaceFiles.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { isSameStamp, keptFolder, sumOf } from './keptChecks.ts';

/** Changes with the shape of what is kept. */
const FORMAT = 1;
const LENGTH_BYTES = 4;

export interface KeptAnswer {
  /** What was asked, by which program, and what else than the files the answer depends on. */
  readonly question: string;
  /** Milliseconds since the epoch; the answer holds from the first and before the second. */
  readonly from: number;
  readonly until: number;
  readonly status: ExitStatus;
  readonly files: readonly (readonly [file: string, stamp: FileStamp])[];
}

function placeOf(context: CommandContext, root: string, question: string): string {
  return path.join(keptFolder(context), `${sumOf(root, question).slice(0, 24)}.answer`);
}

/** The text and status of the last answer to this question, where it still holds for exactly these files. */
export function recallAnswer(
  context: CommandContext,
  root: string,
  question: string,
  listed: readonly string[],
): { readonly status: ExitStatus; readonly text: Buffer } | undefined {
  try {
    const content = readFileSync(placeOf(context, root, question));
    const end = LENGTH_BYTES + content.readUInt32LE(0);
    const head = JSON.parse(content.toString('utf8', LENGTH_BYTES, end)) as KeptAnswer & { readonly format: number };
    const now = context.dependencies.clock.now();
    const holds = head.format === FORMAT && head.question === question && head.from <= now && now < head.until;
    if (!holds || head.files.length !== listed.length) return undefined;
    for (const [index, [file, kept]] of head.files.entries()) {
      const stamp = file === listed[index] ? stampOf(root, file) : undefined;
      if (stamp === undefined || !isSameStamp(stamp, kept)) return undefined;
    }
    return { status: head.status, text: content.subarray(end) };
  } catch {
    return undefined;
  }
}

/** Keeps the answer; `text` as it was printed. A cache that can't be written costs time, not correctness. */
export async function keepAnswer(
  context: CommandContext,
  root: string,
  answer: KeptAnswer,
  text: string,
): Promise<void> {
  const { files } = context.dependencies;
  const place = placeOf(context, root, answer.question);
  const head = Buffer.from(JSON.stringify({ format: FORMAT, ...answer }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(head.length);
  try {
    await files.writeAtomic(place, Buffer.concat([length, head, Buffer.from(text)]), 0o600);
  } catch {
    // A read-only home or a full disk: the next run sets it anew.
  }
}
