/** The files of a large workspace as they are now, beside what was kept of them: which are unchanged is told without reading them. */
import type { FileFacts } from '../app/checkParts.ts';
import { isOursByName, readOurs, stampOf, type FileStamp } from '../platform/workspaceFiles.ts';
import type { CommandContext } from './command.ts';
import type { FoundRow } from './foundRow.ts';
import { isSameStamp, isSettled, sumOf, type KeptChecks, type KeptFile } from './keptChecks.ts';

const SHARED = /^[ \t]*["']?kind["']?[ \t]*:[ \t]*["']?(?:Policy|Environment)\b/m;
const SHARED_NAME = /\.(?:policy|environment)\.ya?ml$/i;

/** What is known of a file; all but the stamp is filled in while the check goes on. */
export interface Row {
  readonly stamp: FileStamp | undefined;
  readonly settled: boolean;
  /** What was kept of it, where its text may have changed since; it counts where the text has the same sum. */
  readonly before?: KeptFile;
  /** Whether its text is still to be read. */
  unread: boolean;
  /** Empty where it is not ours. */
  sum: string;
  facts?: FileFacts;
  key: string;
  found?: FoundRow;
  /** The findings as text, where they were made just now. */
  printed?: string;
  /** Why it can't be read. */
  failed?: string;
}

export interface Looked {
  readonly rows: Map<string, Row>;
  /** The texts of the files that all others depend on, as far as can be told before they are parsed. */
  readonly shared: Map<string, string>;
}

/**
 * Every file as it is now by its stamp; what has to be read is left to the threads. But the files that all others depend on
 * are read here: those in `known`, and those that look like it. A name that says runbook is believed until the text is parsed.
 */
export function look(
  context: CommandContext,
  root: string,
  files: readonly string[],
  options: {
    readonly named: ReadonlySet<string>;
    readonly known: ReadonlySet<string>;
    readonly kept: KeptChecks | undefined;
  },
): Looked {
  const { named, known, kept } = options;
  const rows = new Map<string, Row>();
  const shared = new Map<string, string>();
  for (const file of files) {
    context.signal.throwIfAborted();
    if (rows.has(file)) continue;
    const before = kept?.files.get(file);
    const readFrom = Date.now();
    const stamp = named.has(file) ? undefined : stampOf(root, file);
    const isSame = before?.settled === true && stamp !== undefined && isSameStamp(before.stamp, stamp);
    const settled = stamp !== undefined && isSettled(stamp, readFrom);
    const row: Row = isSame
      ? { ...before, unread: false }
      : { stamp, settled, unread: true, sum: '', key: '', ...(before === undefined ? {} : { before }) };
    rows.set(file, row);
    const maybe = known.has(file) || (row.facts ?? before?.facts)?.shared === true || SHARED_NAME.test(file);
    const isOpen = row.unread && (named.has(file) || !isOursByName(file));
    if (!maybe && !isOpen) continue;
    const read = readOurs(root, file, named.has(file));
    if (read.state !== 'ours') {
      row.unread = false;
      row.sum = '';
      delete row.facts;
      if (read.state === 'failed') row.failed = read.why;
    } else if (known.has(file) || (row.facts?.shared ?? (SHARED_NAME.test(file) || SHARED.test(read.text)))) {
      shared.set(file, read.text);
      if (row.unread) takeText(row, sumOf(read.text));
    }
  }
  return { rows, shared };
}

/** A text with this sum was read: what was kept of one with the same sum holds again. */
export function takeText(row: Row, sum: string): void {
  row.unread = false;
  row.sum = sum;
  const { before } = row;
  if (before?.sum !== sum || sum === '') return;
  row.key = before.key;
  if (before.facts !== undefined) row.facts = before.facts;
  if (before.found !== undefined) row.found = before.found;
}

/** Whether the next run would save something by what is known now. */
export function differs(kept: KeptFile | undefined, row: Row): boolean {
  return kept?.settled !== row.settled || row.stamp === undefined || !isSameStamp(kept.stamp, row.stamp);
}

/** What of the rows can be kept. */
export function keepable(rows: ReadonlyMap<string, Row>): ReadonlyMap<string, KeptFile> {
  const kept = new Map<string, KeptFile>();
  for (const [file, { stamp, settled, sum, key, facts, found }] of rows) {
    if (stamp === undefined) continue;
    const known = { ...(facts === undefined ? {} : { facts }), ...(found === undefined ? {} : { found }) };
    kept.set(file, { stamp, settled, sum, key, ...known });
  }
  return kept;
}
