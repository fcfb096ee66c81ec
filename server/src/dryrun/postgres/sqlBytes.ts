/** What single bytes and short runs of them mean in SQL and in COPY data, as psql reads them. */
import { Buffer } from 'node:buffer';

export const QUOTE = 0x27;
export const DOUBLE = 0x22;
export const DOLLAR = 0x24;
export const DASH = 0x2d;
export const SLASH = 0x2f;
export const STAR = 0x2a;
export const SEMICOLON = 0x3b;
export const BACKSLASH = 0x5c;
export const NEWLINE = 0x0a;
export const OPEN = 0x28;
export const CLOSE = 0x29;

/** Whether the line `\\.` that ends COPY data stands at `at`. */
export function startsWithEnd(bytes: Buffer, at: number): boolean {
  if (bytes[at] !== BACKSLASH || bytes[at + 1] !== 0x2e) return false;
  const next = bytes[at + 2];
  return next === NEWLINE || (next === 0x0d && bytes[at + 3] === NEWLINE);
}

/** Index of the `$` that closes a dollar quote's tag; -1 where it is no tag, -2 where more bytes are needed. */
export function closeOfTag(bytes: Buffer, open: number): number {
  for (let index = open + 1; index < bytes.length && index < open + 66; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === DOLLAR) return index;
    if (!isWordByte(byte) || (index === open + 1 && byte >= 0x30 && byte <= 0x39)) return -1;
  }
  return bytes.length - open > 66 ? -1 : -2;
}

/** Letters, digits, underscores and every byte above ASCII. */
export function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x5f ||
    byte >= 0x80
  );
}

const COPY_LINE = /^COPY\s[\s\S]*\sFROM\s+STDIN\b/iu;

/** Whether the statement up to `end` is a COPY whose data follow. */
export function isCopyFromStdin(bytes: Buffer, end: number): boolean {
  if (end > 1_000_000) return false;
  return COPY_LINE.test(withoutComments(bytes.toString('latin1', 0, end)));
}

/** Text behind leading blanks and comments. */
export function withoutComments(text: string): string {
  return text.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/u, '');
}

/** Whether there is nothing but blanks and comments. */
export function isBlank(bytes: Buffer): boolean {
  return bytes.length < 1_000_000 && withoutComments(bytes.toString('latin1')) === '';
}

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The bytes behind a byte-order mark of UTF-8, which psql overlooks in the first line of what it reads. */
export async function* withoutMark(source: AsyncIterable<Uint8Array>, onMark?: () => void): AsyncGenerator<Uint8Array> {
  let first: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    if (!first) {
      yield chunk;
      continue;
    }
    first = Buffer.concat([first, chunk]);
    if (first.length < MARK.length && MARK.subarray(0, first.length).equals(first)) continue;
    const isMarked = MARK.equals(first.subarray(0, MARK.length));
    if (isMarked) onMark?.();
    yield isMarked ? first.subarray(MARK.length) : first;
    first = undefined;
  }
  if (first && first.length > 0) yield first;
}
