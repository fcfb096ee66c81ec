/** Where the line of an offset begins. */

/**
 * The offset at which the line that holds `offset` begins. At 0 it is 0: `lastIndexOf` reads a place before the text
 * as 0, and would find a line break there that stands behind the offset.
 */
export function startOfLine(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}
