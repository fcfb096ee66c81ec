/**
 * The fast reader: the YAML that runbooks mostly are (block maps and lists, scalars and brackets of one line, literal
 * text), several times faster than the library. Whatever else there is, it gives up, and the library reads the piece;
 * it never reports an error itself. The fuzz holds it to the library's trees.
 */
import { flowCollection } from './fastFlow.ts';
import { mayBeginPlain, plainScalar, quotedScalar, scalar, type FastText } from './fastScalar.ts';
import { MapNode, SeqNode, type DocNode, type Pair, type ScalarNode } from './node.ts';

/** Where the reader stands: the next line with content. */
interface Cursor extends FastText {
  /** Offset of its first character behind the indentation; the text's length at the end. */
  at: number;
  /** Its indentation; -1 at the end. */
  indent: number;
}

/** The tree of a piece of text, or undefined where the library must read it. */
export function readFast(given: FastText): MapNode | SeqNode | undefined {
  const cursor: Cursor = { ...given, at: 0, indent: 0 };
  // Tabs and lone carriage returns make questions that only the library answers.
  if (/\t|\r(?!\n)/.test(given.text) || !nextLine(cursor, 0) || cursor.indent < 0) return undefined;
  const root = block(cursor, cursor.indent);
  return cursor.indent === -1 ? root : undefined;
}

/** Goes to the next line with content, from the start of a line. False where that can't be told. */
function nextLine(cursor: Cursor, lineStart: number): boolean {
  const { text } = cursor;
  let start = lineStart;
  while (start < text.length) {
    let at = start;
    while (text.charCodeAt(at) === 32) at++;
    const code = text.charCodeAt(at);
    if (code !== 10 && code !== 13 && code !== 35 && !Number.isNaN(code)) {
      cursor.at = at;
      cursor.indent = at - start;
      return true;
    }
    const end = text.indexOf('\n', at);
    if (end < 0) break;
    start = end + 1;
  }
  cursor.at = text.length;
  cursor.indent = -1;
  return true;
}

/** Goes on behind a value on its line: nothing but blanks and a comment may follow. */
function endLine(cursor: Cursor, from: number): boolean {
  const { text } = cursor;
  let at = from;
  while (text.charCodeAt(at) === 32) at++;
  const code = text.charCodeAt(at);
  if (Number.isNaN(code)) return nextLine(cursor, text.length);
  if (code === 35 && at > from) {
    const end = text.indexOf('\n', at);
    return nextLine(cursor, end < 0 ? text.length : end + 1);
  }
  if (code === 13) return nextLine(cursor, at + 2);
  return code === 10 && nextLine(cursor, at + 1);
}

function isDash(cursor: Cursor): boolean {
  return cursor.text.charCodeAt(cursor.at) === 45 && cursor.text.charCodeAt(cursor.at + 1) === 32;
}

function block(cursor: Cursor, indent: number): MapNode | SeqNode | undefined {
  return isDash(cursor) ? sequence(cursor, indent) : map(cursor, indent);
}

function map(cursor: Cursor, indent: number): MapNode | undefined {
  const pairs: Pair[] = [];
  const from = cursor.at;
  let to: number;
  do {
    const key = readKey(cursor);
    if (!key) return undefined;
    const value = readValue(cursor, key.to + 1, indent);
    if (value === undefined) return undefined;
    pairs.push({ key, value: value ?? undefined });
    to = (value ?? key).to;
  } while (cursor.indent === indent);
  // Deeper than its map and no value: the indentation is wrong, or a value goes over lines.
  if (cursor.indent > indent) return undefined;
  const made = new MapNode(cursor.block, from, to, false, pairs);
  made.stable = true;
  return made;
}

function sequence(cursor: Cursor, indent: number): SeqNode | undefined {
  const items: DocNode[] = [];
  const from = cursor.at;
  do {
    if (!isDash(cursor)) break;
    let at = cursor.at + 1;
    while (cursor.text.charCodeAt(at) === 32) at++;
    const code = cursor.text.charCodeAt(at);
    if (
      code === 10 ||
      code === 13 ||
      code === 35 ||
      Number.isNaN(code) ||
      (code === 45 && cursor.text.charCodeAt(at + 1) === 32)
    )
      return undefined;
    const column = indent + at - cursor.at;
    const item = startsKey(cursor.text, at) ? inlineMap(cursor, at, column) : readValue(cursor, at - 1, indent);
    if (!item) return undefined;
    items.push(item);
  } while (cursor.indent === indent);
  if (cursor.indent > indent) return undefined;
  const made = new SeqNode(cursor.block, from, items.at(-1)?.to ?? from, false, items);
  made.stable = true;
  return made;
}

/** A map that begins on the line of its dash. */
function inlineMap(cursor: Cursor, at: number, column: number): MapNode | undefined {
  cursor.at = at;
  cursor.indent = column;
  return map(cursor, column);
}

const KEY = /(?:[A-Za-z_$/][\w$./-]*|"[^"\\\r\n]*"|'[^'\r\n]*'):(?=[ \r\n]|$)/y;

function startsKey(text: string, at: number): boolean {
  KEY.lastIndex = at;
  return KEY.test(text);
}

function readKey(cursor: Cursor): ScalarNode | undefined {
  const { text, at } = cursor;
  KEY.lastIndex = at;
  if (!KEY.test(text)) return undefined;
  const to = KEY.lastIndex - 1;
  const code = text.charCodeAt(at);
  return code === 34 || code === 39 ? quotedScalar(at, cursor) : plainScalar(at, to, cursor);
}

/** The value behind a colon or dash at `from - 1`; null where none is written, undefined where the library must tell. */
function readValue(cursor: Cursor, from: number, indent: number): DocNode | null | undefined {
  const { text } = cursor;
  let at = from;
  while (text.charCodeAt(at) === 32) at++;
  const code = text.charCodeAt(at);
  if (code === 10 || code === 13 || Number.isNaN(code) || (code === 35 && at > from)) {
    if (!endLine(cursor, from)) return undefined;
    if (cursor.indent > indent) return block(cursor, cursor.indent);
    return cursor.indent === indent && isDash(cursor) ? sequence(cursor, indent) : null;
  }
  if (code === 124) return literal(cursor, at, indent);
  const value = lineValue(cursor, at, code);
  return value && endLine(cursor, value.to) && cursor.indent <= indent ? value : undefined;
}

/** A value of one line. */
function lineValue(cursor: Cursor, at: number, code: number): DocNode | undefined {
  const { text } = cursor;
  if (code === 123 || code === 91) return flowCollection(at, cursor);
  if (code === 34 || code === 39) return quotedScalar(at, cursor);
  if (!mayBeginPlain(code, text.charCodeAt(at + 1))) return undefined;
  let end = text.indexOf('\n', at);
  if (end < 0) end = text.length;
  if (text.charCodeAt(end - 1) === 13) end--;
  for (let here = at; here < end; here++) {
    const each = text.charCodeAt(here);
    // A colon and a blank would be another pair, a blank and a hash a comment.
    if (each === 58 && (here + 1 >= end || text.charCodeAt(here + 1) === 32)) return undefined;
    if (each === 35 && text.charCodeAt(here - 1) === 32) end = here;
  }
  while (text.charCodeAt(end - 1) === 32) end--;
  return plainScalar(at, end, cursor);
}

/** Literal text (`|` or `|-`), whose indentation its first line tells. */
function literal(cursor: Cursor, at: number, indent: number): ScalarNode | undefined {
  const { text } = cursor;
  const strip = text.charCodeAt(at + 1) === 45;
  let header = at + (strip ? 2 : 1);
  if (text.charCodeAt(header) === 13) header++;
  if (text.charCodeAt(header) !== 10) return undefined;
  const lines: string[] = [];
  let depth = -1;
  let start = header + 1;
  let end = start;
  while (start < text.length) {
    let column = start;
    while (text.charCodeAt(column) === 32) column++;
    const newline = text.indexOf('\n', column);
    const lineEnd = newline < 0 ? text.length : newline;
    const stop = text.charCodeAt(lineEnd - 1) === 13 ? lineEnd - 1 : lineEnd;
    if (column === stop) {
      // A blank line that is longer than the indentation is content; one before it may be an error.
      if (depth < 0 || column - start > depth) return undefined;
      lines.push('');
    } else {
      if (column - start <= indent) break;
      if (depth < 0) depth = column - start;
      if (column - start < depth) return undefined;
      lines.push(text.slice(start + depth, stop));
      end = newline < 0 ? lineEnd : lineEnd + 1;
    }
    if (newline < 0) {
      start = text.length;
      break;
    }
    start = newline + 1;
  }
  while (lines.at(-1) === '') lines.pop();
  if (lines.length === 0 || text.charCodeAt(end - 1) !== 10) return undefined;
  if (!nextLine(cursor, start) || cursor.indent > indent) return undefined;
  const value = cursor.reveal(lines.join('\n') + (strip ? '' : '\n'));
  return scalar(cursor, at, end, value, value, 'literal');
}
