/** The parser of `${{ … }}`: dotted names in any text, each piece with its place. Never throws. */

/** Half-open range of indexes in the text that was parsed. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One name of a dotted path; `resources['vault-dr'].id` has three. */
export interface Segment extends Range {
  readonly name: string;
}

/** One `${{ … }}` of a text; its own range holds the braces. */
export interface Expression extends Range {
  readonly segments: readonly Segment[];
  /** What stands between the braces, white space at both ends left out. */
  readonly inner: Range;
  /** What keeps it from being a dotted path, and where; then `segments` holds what was read so far. */
  readonly problem?: Range & { readonly message: string };
}

/** Whether it is worth parsing at all. */
export function mayHoldExpression(text: string): boolean {
  return text.includes('${{');
}

/** Every expression of `text`, in order, half-typed ones included. */
export function parseExpressions(text: string): readonly Expression[] {
  const made: Expression[] = [];
  for (let from = text.indexOf('${{'); from >= 0; from = text.indexOf('${{', from)) {
    const expression = parseOne(text, from);
    made.push(expression);
    from = Math.max(expression.end, from + 3);
  }
  return made;
}

const ASCII_NAME = /\w[\w-]*/y;

/** Where the name that starts at `from` ends; `from` where none does. */
function nameEnd(text: string, from: number): number {
  ASCII_NAME.lastIndex = from;
  const end = ASCII_NAME.test(text) ? ASCII_NAME.lastIndex : from;
  if (!(text.charCodeAt(end) > 127)) return end;
  // All letters of Unicode are slow to make, and seldom needed.
  const name = /[\p{L}\p{N}_][\p{L}\p{N}_-]*/uy;
  name.lastIndex = from;
  return name.test(text) ? name.lastIndex : from;
}
const QUOTED = /\[\s*(?:'([^'\n]*)'|"([^"\n]*)")\s*\]/y;

function parseOne(text: string, start: number): Expression {
  const { close, limit } = extentOf(text, start + 3);
  const from = skipSpace(text, start + 3, limit);
  const to = trimEnd(text, from, limit);
  const inner = { start: from, end: Math.max(from, to) };
  const end = close === undefined ? inner.end : close + 2;
  const segments: Segment[] = [];
  const fail = (message: string, at: Range): Expression => ({
    start,
    end,
    segments,
    inner,
    problem: { message, ...at },
  });
  const unclosed = (): Expression =>
    fail('The expression has no closing "}}".', { start, end: Math.max(end, start + 3) });

  let at = from;
  while (at < to) {
    QUOTED.lastIndex = at;
    const bracket = segments.length > 0 ? QUOTED.exec(text) : null;
    if (bracket && QUOTED.lastIndex <= limit) {
      const name = bracket[1] ?? bracket[2] ?? '';
      const offset = bracket[0].indexOf(name, 1);
      segments.push({ name, start: at + offset, end: at + offset + name.length });
      at = QUOTED.lastIndex;
    } else {
      const dotted = segments.length > 0;
      if (dotted && text[at] !== '.') {
        if (close === undefined) return unclosed();
        return fail(
          `The expression can't go on with "${shorten(text.slice(at, to))}"; it is a dotted name such as vars.NAME.`,
          { start: at, end: to },
        );
      }
      const nameAt = dotted ? skipSpace(text, at + 1, to) : at;
      const nameTo = nameAt < to ? nameEnd(text, nameAt) : nameAt;
      if (nameTo === nameAt || nameTo > to) {
        if (close === undefined) return unclosed();
        const rest = text.slice(nameAt, to);
        const message =
          rest === ''
            ? 'The expression ends in a dot; a name has to follow.'
            : `"${shorten(rest)}" is no name; an expression is a dotted name such as vars.NAME.`;
        return fail(message, { start: at, end: to });
      }
      segments.push({ name: text.slice(nameAt, nameTo), start: nameAt, end: nameTo });
      at = nameTo;
    }
    at = skipSpace(text, at, to);
  }
  if (close === undefined) return unclosed();
  if (segments.length === 0)
    return fail('The expression is empty; a name such as vars.NAME has to stand in it.', { start, end });
  return { start, end, segments, inner };
}

/** Where the `}}` stands that ends the expression, on its line and before another one begins; else how far it goes. Looks no further than that, so that a text of thousands is read once. */
function extentOf(text: string, from: number): { readonly close: number | undefined; readonly limit: number } {
  const next = text.indexOf('${{', from);
  const piece = text.slice(from, next < 0 ? text.length : next);
  const feed = piece.indexOf('\n');
  const line = feed < 0 ? piece : piece.slice(0, feed);
  const close = line.indexOf('}}');
  return close < 0 ? { close: undefined, limit: from + line.length } : { close: from + close, limit: from + close };
}

function skipSpace(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && /\s/.test(text.charAt(at))) at++;
  return at;
}

function trimEnd(text: string, from: number, to: number): number {
  let at = to;
  while (at > from && /\s/.test(text.charAt(at - 1))) at--;
  return at;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
