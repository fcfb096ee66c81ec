/** Where a text can be cut into pieces that YAML reads alone as it reads them together: documents, top-level keys, long maps and lists. */
import { BLANK, COMMENT, CONTENT, DIRECTIVE, DOCUMENT_END, DOCUMENT_START, type Lines } from './scan.ts';

/** Lines `from` to `to` (exclusive), parsed alone. */
export interface Leaf {
  readonly type: 'leaf';
  readonly from: number;
  readonly to: number;
}
/** A key without a value of its own, whose children are pieces too. */
export interface Branch {
  readonly type: 'branch';
  readonly head: Leaf;
  readonly children: Pieces;
}
export interface Pieces {
  readonly shape: 'map' | 'seq';
  readonly pieces: readonly (Leaf | Branch)[];
}

/** The lines of one document: its header lines, and whether it can't be cut (directives, text behind `---`). */
export interface Chunk {
  readonly from: number;
  readonly to: number;
  /** First line of the content, behind `---`. */
  readonly content: number;
  readonly whole: boolean;
}

/** Pieces within pieces, at most: what lies deeper is parsed as one. */
const DEEPEST_CUT = 10;
/** A key with children is cut further from this many lines on. */
const LONG = 40;
/** A line that can only be the start of a `key:` in block style. */
const KEY =
  /(?:[A-Za-z0-9_$./<][^\s#{}[\],&*!|>'"%@`:]*(?: [^\s#{}[\],&*!|>'"%@`:]+)*|"[^"\\\n]*"|'[^'\n]*') ?:(?=[ \t\r\n]|$)/y;
const VALUELESS = /:[ \t]*(?:#[^\n]*)?\r?$/;

/** Cuts a text at its document marks. */
export function documentChunks(text: string, lines: Lines): Chunk[] {
  const chunks: Chunk[] = [];
  const { kinds, starts } = lines;
  let from = 0;
  let header = -1;
  let hasContent = false;
  let directives = false;
  const close = (to: number, isEnded = false): void => {
    // Directives before an end mark belong to no document, which is a fault to be told.
    if (header < 0 && !hasContent && !(isEnded && directives)) return;
    const textBehind =
      header >= 0 && !/^---[ \t]*(?:#.*)?\r?$/.test(lineText(text, starts, header).replace(/^\uFEFF/, ''));
    chunks.push({
      from,
      to,
      content: textBehind ? header : Math.max(from, header + 1),
      whole: directives || textBehind,
    });
  };
  for (let line = 0; line < kinds.length; line++) {
    const kind = kinds[line];
    if (kind === DOCUMENT_START) {
      if (header >= 0 || hasContent) {
        close(line);
        from = line;
        hasContent = directives = false;
      }
      header = line;
    } else if (kind === DOCUMENT_END) {
      close(line + 1, true);
      from = line + 1;
      header = -1;
      hasContent = directives = false;
    } else if (kind === DIRECTIVE) {
      directives = true;
      hasContent ||= header >= 0;
    } else if (kind === CONTENT) hasContent = true;
  }
  close(kinds.length);
  return chunks;
}

/** The pieces of a document's content, or undefined where it must be parsed as one. */
export function cutDocument(text: string, lines: Lines, chunk: Chunk): Pieces | undefined {
  return chunk.whole ? undefined : cut(text, lines, chunk.content, chunk.to, 0, 'map', 0);
}

function cut(
  text: string,
  lines: Lines,
  from: number,
  to: number,
  indent: number,
  shape: 'map' | 'seq',
  depth: number,
): Pieces | undefined {
  const { kinds, indents } = lines;
  const firsts: number[] = [];
  for (let line = from; line < to; line++) {
    const kind = kinds[line];
    if (kind === BLANK || kind === COMMENT) continue;
    if (kind === DOCUMENT_END) break;
    const here = indents[line] ?? 0;
    if (here > indent) {
      if (firsts.length === 0) return undefined;
      continue;
    }
    if (here < indent) return undefined;
    if (startsPiece(text, lines, line, shape)) firsts.push(line);
    else if (firsts.length === 0) {
      if (shape === 'seq' || !isBrokenStart(text, lines, line)) return undefined;
      firsts.push(line);
    }
  }
  if (firsts.length === 0) return undefined;
  firsts[0] = from;
  const starts = shape === 'map' ? withoutPlainLines(text, lines, firsts) : firsts;
  const pieces = starts.map((first, index) => piece(text, lines, first, starts[index + 1] ?? to, indent, shape, depth));
  return { shape, pieces };
}

/** `key: word`, which no neighbour can change. */
const PLAIN_LINE = /^ *[\w.-]+: [\w./-]+\r?$/;

/**
 * Lines of their own, as `key: word`, go together: parsing each alone costs more than it spares. Where a group ends is
 * told by the line's own text, so that an insertion does not move all the groups behind it.
 */
function withoutPlainLines(text: string, lines: Lines, firsts: readonly number[]): readonly number[] {
  let before = false;
  return firsts.filter((line, index) => {
    const plain = firsts[index + 1] === line + 1 && PLAIN_LINE.test(lineText(text, lines.starts, line));
    const starts = !(plain && before) || lineHash(text, lines, line) % 16 === 0;
    before = plain;
    return starts;
  });
}

function lineHash(text: string, lines: Lines, line: number): number {
  const start = lines.starts[line] ?? 0;
  const end = lines.starts[line + 1] ?? text.length;
  let hash = end - start;
  for (let at = start; at < end; at++) hash = (hash * 31 + text.charCodeAt(at)) & 0xffff;
  return hash >> 4;
}

/** Whether a new key (or item) can only start here. */
function startsPiece(text: string, lines: Lines, line: number, shape: 'map' | 'seq'): boolean {
  const at =
    (lines.starts[line] ?? 0) + (lines.indents[line] ?? 0) + (line === 0 && text.charCodeAt(0) === 0xfeff ? 1 : 0);
  if (shape === 'seq') {
    const next = text.charCodeAt(at + 1);
    return text.charCodeAt(at) === 45 && (next === 32 || next === 10 || next === 13 || Number.isNaN(next));
  }
  KEY.lastIndex = at;
  return KEY.test(text);
}

/** A word or an item before the first key: never right before a key in the same column, so what follows may be cut off from it. */
function isBrokenStart(text: string, lines: Lines, line: number): boolean {
  return /^[ \uFEFF]*(?:[A-Za-z0-9_$./<][^\s#{}[\],&*!|>'"%@`:]*|-(?: .*)?)[ \t]*\r?$/.test(
    lineText(text, lines.starts, line),
  );
}

function piece(
  text: string,
  lines: Lines,
  from: number,
  to: number,
  indent: number,
  shape: 'map' | 'seq',
  depth: number,
): Leaf | Branch {
  const leaf: Leaf = { type: 'leaf', from, to };
  if (to - from <= LONG || shape === 'seq' || depth >= DEEPEST_CUT) return leaf;
  const key = nextContent(lines, from, to);
  if (key < 0 || !VALUELESS.test(lineText(text, lines.starts, key))) return leaf;
  const child = nextContent(lines, key + 1, to);
  if (child < 0) return leaf;
  const childIndent = lines.indents[child] ?? 0;
  const isItem = startsPiece(text, lines, child, 'seq');
  if (childIndent < indent || (childIndent === indent && !isItem)) return leaf;
  const children = cut(text, lines, child, to, childIndent, isItem ? 'seq' : 'map', depth + 1);
  return children ? { type: 'branch', head: { type: 'leaf', from, to: child }, children } : leaf;
}

function nextContent(lines: Lines, from: number, to: number): number {
  for (let line = from; line < to; line++) if (lines.kinds[line] === CONTENT) return line;
  return -1;
}

/** The text of a line without its line feed. */
export function lineText(text: string, starts: readonly number[], line: number): string {
  const end = starts[line + 1];
  return text.slice(starts[line] ?? 0, end === undefined ? text.length : end - 1);
}
