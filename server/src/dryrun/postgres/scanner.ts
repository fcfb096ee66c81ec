/** Reads a plain SQL dump as it streams by: statements, COPY data and psql's own commands told apart, as psql would. */
import { Buffer } from 'node:buffer';
import {
  QUOTE,
  DOUBLE,
  DOLLAR,
  DASH,
  SLASH,
  STAR,
  SEMICOLON,
  BACKSLASH,
  NEWLINE,
  OPEN,
  CLOSE,
  closeOfTag,
  isBlank,
  isCopyFromStdin,
  isWordByte,
  startsWithEnd,
  withoutMark,
} from './sqlBytes.ts';

/** A piece of a dump; the pieces' bytes, joined, are the dump behind its byte-order mark. */
export type Piece =
  /** One statement with what stands before it, up to its `;`. */
  | { readonly kind: 'statement'; readonly bytes: Buffer }
  /** `COPY … FROM stdin;` and its line end; data follows until `copy-end`. */
  | { readonly kind: 'copy'; readonly bytes: Buffer }
  | { readonly kind: 'data'; readonly bytes: Buffer }
  /** The line `\.` */
  | { readonly kind: 'copy-end'; readonly bytes: Buffer }
  /** A psql command: from its backslash to the end of the line. */
  | { readonly kind: 'meta'; readonly bytes: Buffer }
  /** Blanks and comments at the end. */
  | { readonly kind: 'rest'; readonly bytes: Buffer };

/** A statement longer than this is no dump. */
const LONGEST = 512 * 1024 * 1024;

type Mode =
  | 'sql'
  | 'quote'
  | 'escape-quote'
  | 'double'
  | 'dollar'
  | 'line-comment'
  | 'block-comment'
  | 'copy-line'
  | 'copy'
  | 'meta';

export class DumpTooLong extends Error {}

/** Splits `source` into pieces. Memory: one chunk and one statement. A byte-order mark at its very beginning is left out, as psql does. */
export async function* scan(source: AsyncIterable<Uint8Array>, onMark?: () => void): AsyncGenerator<Piece> {
  const state = new Scanner();
  for await (const chunk of withoutMark(source, onMark))
    yield* state.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  yield* state.finish();
}

class Scanner {
  private mode: Mode = 'sql';
  /** Bytes not given out yet, and how far of them is scanned. */
  private pending: Buffer = Buffer.alloc(0);
  private at = 0;
  private tag = '';
  private comments = 0;
  private parentheses = 0;
  /** Depth of BEGIN ATOMIC … END in SQL function bodies. */
  private begins = 0;
  /** Where the last word began, for telling E'' and keywords. */
  private word = -1;
  private isFunction = false;

  *push(chunk: Buffer): Generator<Piece> {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    if (this.pending.length > LONGEST) throw new DumpTooLong(`A statement is longer than ${LONGEST} bytes.`);
    yield* this.advance(false);
  }

  *finish(): Generator<Piece> {
    yield* this.advance(true);
    if (this.pending.length === 0) return;
    if (this.mode === 'copy') yield { kind: 'data', bytes: this.pending };
    else if (this.mode === 'meta') yield { kind: 'meta', bytes: this.pending };
    else
      yield {
        kind:
          this.mode === 'sql' || this.mode === 'line-comment'
            ? isBlank(this.pending)
              ? 'rest'
              : 'statement'
            : 'statement',
        bytes: this.pending,
      };
    this.pending = Buffer.alloc(0);
  }

  /** Takes the first `count` pending bytes out. */
  private take(count: number): Buffer {
    const taken = this.pending.subarray(0, count);
    this.pending = this.pending.subarray(count);
    this.at = 0;
    this.word = -1;
    return taken;
  }

  private *advance(last: boolean): Generator<Piece> {
    for (;;) {
      if (this.mode === 'copy') {
        const more = yield* this.copyData(last);
        if (!more) return;
        continue;
      }
      if (this.mode === 'copy-line' || this.mode === 'meta') {
        const end = this.pending.indexOf(NEWLINE, this.at);
        if (end < 0) return;
        if (this.mode === 'meta') yield { kind: 'meta', bytes: this.take(end + 1) };
        else yield { kind: 'copy', bytes: this.take(end + 1) };
        this.mode = this.mode === 'meta' ? 'sql' : 'copy';
        continue;
      }
      const found = this.sql(last);
      if (found === undefined) return;
      yield* found;
    }
  }

  /** Data lines up to the line `\.`; gives out everything but what may be the beginning of that line. */
  private *copyData(last: boolean): Generator<Piece, boolean> {
    const { pending } = this;
    let end = startsWithEnd(pending, 0) ? 0 : -1;
    for (let from = 0; end < 0;) {
      const found = pending.indexOf('\n\\.', from);
      if (found < 0) break;
      if (startsWithEnd(pending, found + 1)) end = found + 1;
      else if (found + 4 >= pending.length && !last) break;
      else from = found + 1;
    }
    if (end >= 0) {
      if (end > 0) yield { kind: 'data', bytes: this.take(end) };
      const line = this.pending.indexOf(NEWLINE);
      yield { kind: 'copy-end', bytes: this.take(line < 0 ? this.pending.length : line + 1) };
      this.mode = 'sql';
      return true;
    }
    // Only whole lines go out, so that an end line is never split.
    const line = pending.lastIndexOf(NEWLINE);
    const held = line >= 0 && line > pending.length - 5 ? pending.lastIndexOf(NEWLINE, line - 1) : line;
    if (held >= 0) yield { kind: 'data', bytes: this.take(held + 1) };
    else if (pending.length > 1024 * 1024) yield { kind: 'data', bytes: this.take(pending.length - 8) };
    return false;
  }

  /** Scans SQL; undefined where more bytes are needed. */
  private sql(last: boolean): Piece[] | undefined {
    const { pending } = this;
    const { length } = pending;
    let index = this.at;
    for (; index < length; index++) {
      const byte = pending[index] ?? 0;
      switch (this.mode) {
        case 'quote':
          if (byte === QUOTE) this.mode = 'sql';
          continue;
        case 'escape-quote':
          if (byte === BACKSLASH) {
            if (index + 1 >= length && !last) return this.waitAt(index);
            index += 1;
          } else if (byte === QUOTE) this.mode = 'sql';
          continue;
        case 'double':
          if (byte === DOUBLE) this.mode = 'sql';
          continue;
        case 'line-comment':
          if (byte === NEWLINE) this.mode = 'sql';
          continue;
        case 'block-comment':
          if (index + 1 >= length && !last) return this.waitAt(index);
          if (byte === STAR && pending[index + 1] === SLASH) {
            index += 1;
            this.comments -= 1;
            if (this.comments === 0) this.mode = 'sql';
          } else if (byte === SLASH && pending[index + 1] === STAR) {
            index += 1;
            this.comments += 1;
          }
          continue;
        case 'dollar': {
          const end = pending.indexOf(this.tag, index);
          if (end < 0) return this.waitAt(Math.max(index, length - this.tag.length + 1));
          index = end + this.tag.length - 1;
          this.mode = 'sql';
          continue;
        }
        default:
      }
      if (isWordByte(byte)) {
        if (this.word < 0) this.word = index;
        continue;
      }
      if (this.word >= 0 && byte !== DOLLAR) {
        if (byte === QUOTE && index - this.word === 1 && ((pending[this.word] ?? 0) | 0x20) === 0x65) {
          this.mode = 'escape-quote';
          this.word = -1;
          continue;
        }
        this.keyword(pending, this.word, index);
        this.word = -1;
      }
      switch (byte) {
        case QUOTE:
          this.mode = 'quote';
          break;
        case DOUBLE:
          this.mode = 'double';
          break;
        case DASH:
          if (index + 1 >= length && !last) return this.waitAt(index);
          if (pending[index + 1] === DASH) this.mode = 'line-comment';
          break;
        case SLASH:
          if (index + 1 >= length && !last) return this.waitAt(index);
          if (pending[index + 1] === STAR) {
            this.mode = 'block-comment';
            this.comments = 1;
            index += 1;
          }
          break;
        case DOLLAR: {
          if (this.word >= 0) break;
          const close = closeOfTag(pending, index);
          if (close === -2 && !last) return this.waitAt(index);
          if (close >= 0) {
            this.tag = pending.toString('latin1', index, close + 1);
            this.mode = 'dollar';
            index = close;
          }
          break;
        }
        case OPEN:
          this.parentheses += 1;
          break;
        case CLOSE:
          this.parentheses = Math.max(0, this.parentheses - 1);
          break;
        case BACKSLASH: {
          const before = index > 0 ? this.take(index) : undefined;
          this.mode = 'meta';
          const blank = before === undefined || isBlank(before);
          return before === undefined ? [] : [{ kind: blank ? 'rest' : 'statement', bytes: before }];
        }
        case SEMICOLON: {
          if (this.parentheses > 0 || this.begins > 0) break;
          this.isFunction = false;
          this.words = 0;
          if (isCopyFromStdin(pending, index)) {
            this.mode = 'copy-line';
            this.at = index + 1;
            return [];
          }
          return [{ kind: 'statement', bytes: this.take(index + 1) }];
        }
        default:
      }
    }
    return this.waitAt(index);
  }

  private words = 0;

  /** SQL function bodies (BEGIN ATOMIC … END) hold semicolons of their own. */
  private keyword(bytes: Buffer, from: number, to: number): void {
    const size = to - from;
    if (this.words < 6) {
      this.words += 1;
      if (size === 8 || size === 9) {
        const word = bytes.toString('latin1', from, to).toUpperCase();
        if (word === 'FUNCTION' || word === 'PROCEDURE') this.isFunction = true;
      }
    }
    if (!this.isFunction || size < 3 || size > 6) return;
    const word = bytes.toString('latin1', from, to).toUpperCase();
    if (word === 'BEGIN') this.begins += 1;
    else if (word === 'CASE' && this.begins > 0) this.begins += 1;
    else if (word === 'END' && this.begins > 0) this.begins -= 1;
  }

  /** Goes on here when more bytes come. */
  private waitAt(index: number): Piece[] | undefined {
    this.at = index;
    return undefined;
  }
}
