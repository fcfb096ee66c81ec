/** One line of a half-typed document: its dashes, its key and its value, read without a tree. */
import { unquoted } from './flow.ts';

/** What stands on a line. */
export interface Line {
  readonly dashes: readonly number[];
  /** Column of the key, or of the first text. */
  readonly column: number;
  readonly key: string | undefined;
  readonly value: string;
  /** Column where the value begins. */
  readonly valueColumn: number;
}

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#:'"{}[\],&*!|>%@`-][^#]*?|-[^\s#][^#]*?)\s*:(?=\s|$)/u;
/** Anchors and tags before a value. */
export const MARKS = /^(?:[&!]\S*\s*)*/u;

/** Reads a line, or what of it stands before a cursor. */
export function readLine(text: string): Line {
  const dashes: number[] = [];
  let column = /^ */u.exec(text)?.[0].length ?? 0;
  while (/^-(?:\s|$)/u.test(text.slice(column))) {
    dashes.push(column);
    column += 1 + (/^ */u.exec(text.slice(column + 1))?.[0].length ?? 0);
  }
  const rest = text.slice(column);
  const match = KEY.exec(rest);
  const head = match?.[0] ?? '';
  const behind = rest.slice(head.length);
  const blank = /^\s*/u.exec(behind)?.[0].length ?? 0;
  return {
    dashes,
    column,
    key: match?.[1] === undefined ? undefined : unquoted(match[1]),
    value: withoutComment(behind.trim()),
    valueColumn: column + head.length + blank,
  };
}

/** A value without the comment behind it. */
export function withoutComment(value: string): string {
  if (value.startsWith('#')) return '';
  return value.startsWith('"') || value.startsWith("'") ? value : value.replace(/\s+#.*$/u, '');
}

/** Nothing of its own stands on the line: it opens no level and is no sibling. */
export function isEmpty(text: string): boolean {
  return /^\s*(?:#.*)?$/u.test(text);
}
