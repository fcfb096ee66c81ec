/** Scalars of the fast reader: plain and quoted ones of a single line, read as the library reads them, or not at all. */
import { ScalarNode, type Block, type ScalarStyle, type ScalarValue } from './node.ts';

/** What the fast reader reads from: a piece of text, and what it must give back of it. */
export interface FastText {
  readonly text: string;
  readonly block: Block;
  readonly reveal: (text: string) => string;
  /** Plain scalars in brackets, where the piece has expressions. */
  readonly flowScalars: ScalarNode[] | undefined;
}

const NULL = /^(?:~|[Nn]ull|NULL)$/;
const TRUE = /^(?:[Tt]rue|TRUE)$/;
const FALSE = /^(?:[Ff]alse|FALSE)$/;
const INTEGER = /^[-+]?[0-9]{1,15}$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)$/;
/** What may be a number in a notation that is left to the library. */
const ODD_NUMBER = /^(?:[-+]?[0-9]+$|0[ox]|[-+]?\.(?:inf|nan)|[-+.0-9]+[eE][-+]?[0-9]+$)/i;

/** The scalar between two offsets, plain style; undefined where only the library can tell what it means. */
export function plainScalar(from: number, to: number, given: FastText): ScalarNode | undefined {
  const source = given.text.slice(from, to);
  const value = plainValue(source);
  if (value === undefined) return undefined;
  const shown = given.reveal(source);
  return scalar(given, from, to, typeof value === 'string' ? shown : value, shown, 'plain');
}

function plainValue(source: string): ScalarValue | undefined {
  switch (source.charCodeAt(0)) {
    case 126: // ~
    case 110: // n
    case 78: // N
      return NULL.test(source) ? null : source;
    case 116: // t
    case 84: // T
      return TRUE.test(source) ? true : source;
    case 102: // f
    case 70: // F
      return FALSE.test(source) ? false : source;
    case 43: // +
    case 45: // -
    case 46: // .
    case 48:
    case 49:
    case 50:
    case 51:
    case 52:
    case 53:
    case 54:
    case 55:
    case 56:
    case 57:
      if (INTEGER.test(source)) return source === '-0' ? undefined : Number(source);
      if (FLOAT.test(source)) return Number.parseFloat(source);
      return ODD_NUMBER.test(source) ? undefined : source;
    default:
      return source;
  }
}

/** The quoted scalar that opens at an offset; undefined where it goes over lines or has escapes. */
export function quotedScalar(from: number, given: FastText): ScalarNode | undefined {
  const { text } = given;
  const quote = text.charAt(from);
  let to = from + 1;
  for (; ; to++) {
    const code = text.charCodeAt(to);
    if (Number.isNaN(code) || code === 10 || code === 13 || code === 9 || (code === 92 && quote === '"'))
      return undefined;
    if (text[to] !== quote) continue;
    if (quote === "'" && text[to + 1] === "'") to++;
    else break;
  }
  const inner = given.reveal(text.slice(from + 1, to));
  const value = quote === "'" ? inner.replaceAll("''", "'") : inner;
  return scalar(given, from, to + 1, value, value, quote === "'" ? 'single' : 'double');
}

export function scalar(
  given: FastText,
  from: number,
  to: number,
  value: ScalarValue,
  source: string,
  style: ScalarStyle,
): ScalarNode {
  return new ScalarNode(given.block, from, to, value, source, style);
}

/** Whether a plain scalar of either style may begin with this character, and begins nothing else. */
export function mayBeginPlain(code: number, next: number): boolean {
  switch (code) {
    case 33: // !
    case 34: // "
    case 35: // #
    case 37: // %
    case 38: // &
    case 39: // '
    case 42: // *
    case 44: // ,
    case 58: // :
    case 62: // >
    case 63: // ?
    case 64: // @
    case 91: // [
    case 93: // ]
    case 96: // `
    case 123: // {
    case 124: // |
    case 125: // }
      return false;
    case 45: // -
      return (next >= 48 && next <= 57) || (next >= 97 && next <= 122);
    default:
      return code > 32 && code < 0xfdd0 && code !== 127;
  }
}
