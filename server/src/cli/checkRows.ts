/** The files of a large workspace as they are now, beside what was kept of them: which are unchanged is told without reading them. */
import type { FileFacts } from '../app/checkParts.ts';
import { readOurs, stampOf, type FileStamp } from '../platform/workspaceFiles.ts';
import type { FileFound } from './checkPart.ts';
import type { CommandContext } from './command.ts';
import { isSameStamp, isSettled, sumOf, type KeptChecks, type KeptFile } from './keptChecks.ts';

const SHARED = /^[ \t]*["']?kind["']?[ \t]*:[ \t]*["']?(?:Policy|Environment)\b/m;
const SHARED_NAME = /\.(?:policy|environment)\.ya?ml$/i;

/** What is known of a file; facts and findings are filled in while the check goes on. */
export interface Row {
  readonly stamp: FileStamp | undefined;
  readonly settled: boolean;
  readonly sum: string;
  facts?: FileFacts;
  key: string;
  found?: FileFound;
}

/** Every file as it is now: its stamp, and of those that may have changed the text. */
export function look(
  context: CommandContext,
  root: string,
  files: readonly string[],
  named: ReadonlySet<string>,
  kept: KeptChecks | undefined,
): {
  readonly rows: Map<string, Row>;
  readonly texts: Map<string, string>;
  readonly failed: { readonly file: string; readonly why: string }[];
} {
  const rows = new Map<string, Row>();
  const texts = new Map<string, string>();
  const failed: { readonly file: string; readonly why: string }[] = [];
  for (const file of files) {
    context.signal.throwIfAborted();
    if (rows.has(file)) continue;
    const before = kept?.files.get(file);
    const readFrom = Date.now();
    const stamp = named.has(file) ? undefined : stampOf(root, file);
    if (before?.settled === true && stamp !== undefined && isSameStamp(before.stamp, stamp)) {
      rows.set(file, { ...before });
      continue;
    }
    const read = readOurs(root, file, named.has(file));
    if (read.state === 'failed') failed.push({ file, why: read.why });
    else {
      const text = read.state === 'ours' ? read.text : undefined;
      const sum = text === undefined ? '' : sumOf(text);
      const settled = stamp !== undefined && isSettled(stamp, readFrom);
      if (text !== undefined) texts.set(file, text);
      const same = before?.sum === sum && sum !== '' ? before : undefined;
      rows.set(file, {
        stamp,
        settled,
        sum,
        key: same?.key ?? '',
        ...(same?.facts === undefined ? {} : { facts: same.facts }),
        ...(same?.found === undefined ? {} : { found: same.found }),
      });
    }
  }
  return { rows, texts, failed };
}

/** What every file depends on, as far as the text tells; the parser has the last word. */
export function sharedFiles(rows: ReadonlyMap<string, Row>, texts: ReadonlyMap<string, string>): readonly string[] {
  const files: string[] = [];
  for (const [file, { facts, sum }] of rows) {
    if (sum === '') continue;
    const text = texts.get(file);
    if (facts?.shared ?? (SHARED_NAME.test(file) || (text !== undefined && SHARED.test(text)))) files.push(file);
  }
  return files.sort();
}

/** Whether the next run would save something by what is known now. */
export function differs(kept: KeptFile | undefined, row: Row): boolean {
  return kept?.settled !== row.settled || row.stamp === undefined || !isSameStamp(kept.stamp, row.stamp);
}

/** What of the rows can be kept. */
export function keepable(rows: ReadonlyMap<string, Row>): ReadonlyMap<string, KeptFile> {
  const kept = new Map<string, KeptFile>();
  for (const [file, row] of rows) if (row.stamp !== undefined) kept.set(file, { ...row, stamp: row.stamp });
  return kept;
}
