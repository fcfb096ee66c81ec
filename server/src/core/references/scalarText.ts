/** From an index in the value of a scalar back to the offset in the source: through quotes, escapes, folding and indentation. */
import type { ScalarNode, Span } from '../document/node.ts';

/** A text inside a document, and the way from its indexes to source offsets. */
export interface PlacedText {
  readonly text: string;
  /** Source span of the half-open range of indexes. Its ends are exact where the range starts and ends in no white space. */
  spanOf(start: number, end: number): Span;
}

/** The value of a scalar as placed text; undefined where it is no text. */
export function placedText(source: string, node: ScalarNode): PlacedText | undefined {
  if (typeof node.value !== 'string') return undefined;
  const text = node.value;
  let starts: Int32Array | undefined;
  return {
    text,
    spanOf(start, end) {
      starts ??= align(source, node, text);
      const from = starts[start] ?? node.end;
      // The end of the last character, not the start of the next: between them may stand a line's indentation.
      const last = Math.max(start, end - 1);
      const to = end > start ? endAfter(source, node, starts, last) : from;
      return { start: from, end: Math.max(from, to) };
    },
  };
}

/** Source offset of each index of `text`, and one more for its end. */
function align(source: string, node: ScalarNode, text: string): Int32Array {
  const starts = new Int32Array(text.length + 1);
  let at = contentStart(source, node);
  const last = node.style === 'single' || node.style === 'double' ? node.end - 1 : node.end;
  let index = 0;
  while (index < text.length) {
    const wanted = text.charCodeAt(index);
    if (node.style === 'double') at = skipLineEscapes(source, at, last);
    const escape = node.style === 'double' && source.charCodeAt(at) === BACKSLASH ? readEscape(source, at) : undefined;
    if (escape && text.startsWith(escape.text, index)) {
      starts.fill(at, index, index + escape.text.length);
      index += escape.text.length;
      at += escape.length;
      continue;
    }
    if (isSpace(wanted)) {
      starts[index++] = at;
      if (source.charCodeAt(at) === wanted) at++;
      else if (wanted === LINE_FEED && source.charCodeAt(at) === RETURN)
        at += source.charCodeAt(at + 1) === LINE_FEED ? 2 : 1;
      continue;
    }
    while (at < last && source.charCodeAt(at) !== wanted && isSpace(source.charCodeAt(at))) {
      at++;
      if (node.style === 'double') at = skipLineEscapes(source, at, last);
    }
    const again =
      node.style === 'double' && source.charCodeAt(at) === BACKSLASH && !escape ? readEscape(source, at) : undefined;
    if (again && text.startsWith(again.text, index)) continue;
    starts[index++] = Math.min(at, last);
    if (node.style === 'single' && wanted === QUOTE && source.charCodeAt(at + 1) === QUOTE) at += 2;
    else at++;
  }
  starts[text.length] = Math.min(at, last);
  return starts;
}

/** Offset of the first character that can belong to the value: behind the quote, the block header and its comment. */
function contentStart(source: string, node: ScalarNode): number {
  if (node.style === 'single' || node.style === 'double') return node.start + 1;
  if (node.style !== 'literal' && node.style !== 'folded') return node.start;
  const feed = source.indexOf('\n', node.start);
  const back = source.indexOf('\r', node.start);
  const headerEnd = feed < 0 ? back : feed;
  if (headerEnd < 0 || headerEnd >= node.end) return node.end;
  // The indentation of the first line that holds something is that of the block; more of it belongs to the value.
  const indent = blockIndent(source, node, headerEnd + 1);
  return Math.min(headerEnd + 1 + indent, node.end);
}

function blockIndent(source: string, node: ScalarNode, from: number): number {
  const text = String(node.value);
  const firstLine = /^\n*([ \t]*)/.exec(text)?.[1]?.length ?? 0;
  const written = /^(?:[ \t]*\r?\n)*( *)/.exec(source.slice(from, node.end))?.[1]?.length ?? 0;
  return text.startsWith('\n') ? 0 : Math.max(0, written - firstLine);
}

function endAfter(source: string, node: ScalarNode, starts: Int32Array, index: number): number {
  const at = starts[index] ?? node.end;
  if (node.style === 'double' && source.charCodeAt(at) === BACKSLASH) return at + (readEscape(source, at)?.length ?? 1);
  if (node.style === 'single' && source.charCodeAt(at) === QUOTE && source.charCodeAt(at + 1) === QUOTE) return at + 2;
  return Math.min(at + 1, node.end);
}

const BACKSLASH = 92;
const QUOTE = 39;
const LINE_FEED = 10;
const RETURN = 13;

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === LINE_FEED || code === RETURN;
}

/** Past `\` at the end of a line, with the next line's indentation. */
function skipLineEscapes(source: string, at: number, last: number): number {
  let here = at;
  while (here < last && source.charCodeAt(here) === BACKSLASH) {
    const next = source.charCodeAt(here + 1);
    if (next !== LINE_FEED && next !== RETURN) break;
    here += next === RETURN && source.charCodeAt(here + 2) === LINE_FEED ? 3 : 2;
    while (here < last && (source.charCodeAt(here) === 32 || source.charCodeAt(here) === 9)) here++;
  }
  return here;
}

const SIMPLE: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const HEX: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** The escape of a double-quoted scalar at `at`: what it stands for, and its length in the source. */
function readEscape(source: string, at: number): { readonly text: string; readonly length: number } | undefined {
  const letter = source.charAt(at + 1);
  const simple = SIMPLE[letter];
  if (simple !== undefined) return { text: simple, length: 2 };
  const digits = HEX[letter];
  if (digits === undefined) return undefined;
  const code = Number.parseInt(source.slice(at + 2, at + 2 + digits), 16);
  if (Number.isNaN(code) || code > 0x10ffff) return undefined;
  return { text: String.fromCodePoint(code), length: 2 + digits };
}
