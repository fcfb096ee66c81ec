/** One pass over the lines of a text: where each starts, how far it is indented, and what kind of line it is. */
import type { Difference } from './difference.ts';
import { firstAfter } from './lines.ts';

/** Kinds of lines, small numbers because there are many. */
export const BLANK = 0;
export const COMMENT = 1;
export const CONTENT = 2;
/** `---` at the start of a line. */
export const DOCUMENT_START = 3;
/** `...` at the start of a line. */
export const DOCUMENT_END = 4;
/** `%` at the start of a line. */
export const DIRECTIVE = 5;

export interface Lines {
  /** Offset of each line's first character, as editors count lines (`\n`, `\r\n`, lone `\r`). */
  readonly lineStarts: number[];
  /** Offsets of the lines as YAML counts them (`\n`); the same array where the text has no lone `\r`. */
  readonly starts: number[];
  readonly indents: number[];
  readonly kinds: number[];
}

/**
 * Scans `text`; a byte order mark counts to the first line but not to its indentation. `last`, the lines of the text before
 * it, is consumed: its lists are brought up to date where just a part differs.
 */
export function scanLines(text: string, last?: { readonly lines: Lines; readonly difference: Difference }): Lines {
  if (last && last.lines.lineStarts === last.lines.starts) {
    const { lines, difference } = last;
    const { starts } = lines;
    const from = Math.max(0, firstAfter(starts, difference.start) - 1);
    // A line is the same as before where what ends the one before it is.
    const to = Math.max(from + 1, firstAfter(starts, difference.end - difference.moved));
    const start = starts[from] ?? 0;
    const end = to < starts.length ? (starts[to] ?? 0) + difference.moved : text.length;
    if (!LONE_RETURN.test(text.slice(start, end))) return mended(text, lines, from, to, difference.moved);
  }
  const all = linesFrom(text, 0, text.length + 1);
  return { ...all, lineStarts: LONE_RETURN.test(text) ? editorLineStarts(text) : all.starts };
}

const LONE_RETURN = /\r(?!\n)/;

type Columns = Pick<Lines, 'starts' | 'indents' | 'kinds'>;

/** The lines that start from `start` on and before `end`. */
function linesFrom(text: string, start: number, end: number): Columns {
  const starts: number[] = [];
  const indents: number[] = [];
  const kinds: number[] = [];
  let here = start;
  while (here < end) {
    let at = here;
    if (here === 0 && text.charCodeAt(0) === 0xfeff) at = 1;
    const first = at;
    while (text.charCodeAt(at) === 32) at++;
    starts.push(here);
    indents.push(at - first);
    kinds.push(kindOf(text, first, at));
    const newline = text.indexOf('\n', at);
    if (newline < 0) break;
    here = newline + 1;
  }
  return { starts, indents, kinds };
}

/** The lines of before with those from `from` to `to` (exclusive) scanned anew, and those behind moved. */
function mended(text: string, lines: Lines, from: number, to: number, moved: number): Lines {
  const { starts, indents, kinds } = lines;
  const isLast = to >= starts.length;
  const end = isLast ? text.length + 1 : (starts[to] ?? 0) + moved;
  const made = linesFrom(text, starts[from] ?? 0, end);
  if (moved !== 0) for (let line = to; line < starts.length; line++) starts[line] = (starts[line] ?? 0) + moved;
  put(starts, from, to, made.starts);
  put(indents, from, to, made.indents);
  put(kinds, from, to, made.kinds);
  return lines;
}

function put(list: number[], from: number, to: number, made: readonly number[]): void {
  if (made.length !== to - from) {
    // Some lists are longer than what a call takes as arguments.
    const behind = list.splice(from).slice(to - from);
    for (const each of made) list.push(each);
    for (const each of behind) list.push(each);
    return;
  }
  for (let index = 0; index < made.length; index++) list[from + index] = made[index] ?? 0;
}

function kindOf(text: string, first: number, at: number): number {
  let rest = at;
  let code = text.charCodeAt(rest);
  while (code === 32 || code === 9 || (code === 13 && text.charCodeAt(rest + 1) === 10)) code = text.charCodeAt(++rest);
  if (Number.isNaN(code) || code === 10) return BLANK;
  if (code === 35) return COMMENT;
  if (at === first) {
    if (code === 37 && rest === first) return DIRECTIVE;
    if (code === 45 && isMarker(text, first, '---')) return DOCUMENT_START;
    if (code === 46 && isMarker(text, first, '...')) return DOCUMENT_END;
  }
  return CONTENT;
}

function isMarker(text: string, at: number, marker: string): boolean {
  if (!text.startsWith(marker, at)) return false;
  const next = text.charCodeAt(at + 3);
  return Number.isNaN(next) || next === 32 || next === 9 || next === 10 || next === 13;
}

function editorLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return starts;
}
