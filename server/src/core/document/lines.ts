/** Where lines begin, which of them holds an offset, and where what is written in a place ends. */
import type { Span } from './node.ts';

/**
 * The offset at which the line that holds `offset` begins. At 0 it is 0: `lastIndexOf` reads a place before the text
 * as 0, and would find a line break there that stands behind the offset.
 */
export function startOfLine(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The place of a value without the line break that ends a text over several lines: what is put there stands before it. */
export function writtenSpan(text: string, { start, end }: Span): Span {
  return { start, end: start + text.slice(start, end).trimEnd().length };
}

/** Index of the first line that starts behind `offset`. */
export function firstAfter(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
