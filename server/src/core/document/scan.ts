/** One pass over the lines of a text: where each starts, how far it is indented, and what kind of line it is. */

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

/** Scans `text`; a byte order mark counts to the first line but not to its indentation. */
export function scanLines(text: string): Lines {
  const starts: number[] = [];
  const indents: number[] = [];
  const kinds: number[] = [];
  const length = text.length;
  let start = 0;
  while (start <= length) {
    let at = start;
    if (start === 0 && text.charCodeAt(0) === 0xfeff) at = 1;
    const first = at;
    while (text.charCodeAt(at) === 32) at++;
    starts.push(start);
    indents.push(at - first);
    kinds.push(kindOf(text, first, at));
    const end = text.indexOf('\n', at);
    if (end < 0) break;
    start = end + 1;
  }
  return { lineStarts: /\r(?!\n)/.test(text) ? editorLineStarts(text) : starts, starts, indents, kinds };
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
