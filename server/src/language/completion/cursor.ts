/** Where a cursor stands in a document, read from indentation and not from the tree: a half-typed document has no good tree. */
import { startOfLine } from '../../core/document/lines.ts';
import { flowPlaceAt, lineEnd } from './flow.ts';
import { isEmpty, MARKS, readLine, withoutComment, type Line } from './line.ts';
import { columnMeant, pathAbove, pathOfLine, withBelow } from './surroundings.ts';

/** What can be typed at a cursor. */
export interface Cursor {
  /** `key` of a map; the `value` of a key; an `item` of a sequence, which may be a scalar or the first key of a map. */
  readonly at: 'key' | 'value' | 'item';
  /** Of the map whose key is typed, of the value, or of the item. Indexes are 0: only that it is an item is known. */
  readonly path: readonly (string | number)[];
  readonly flow: boolean;
  /** What is typed already, without quotes. */
  readonly typed: string;
  /** Offset where what is typed begins. */
  readonly from: number;
  /** Column at which keys of this map (or of the value's map) stand. */
  readonly column: number;
  /** Scalars beside each level of the path, by the length of the path of their map. */
  readonly scalars: ReadonlyMap<number, Readonly<Record<string, string>>>;
  /** The value follows right behind the colon, with no blank between. */
  readonly needsBlank: boolean;
  /** Columns that the line is short of that of the other keys of its map. */
  readonly lacksColumns: number;
  /** What is typed began with this quote. */
  readonly quote: '"' | "'" | undefined;
}

/**
 * The cursor at `offset` of the document whose text begins at `start`; undefined in comments and inside the text of
 * scalars, where no key or value of ours can begin.
 */
export function cursorAt(text: string, start: number, offset: number): Cursor | undefined {
  const lineStart = Math.max(start, startOfLine(text, offset));
  const before = text.slice(lineStart, offset);
  if (/\t/u.test(/^\s*/u.exec(before)?.[0] ?? '')) return undefined;
  if (/(?:^|\s)#/u.test(before.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/gu, ''))) return undefined;
  if (text[offset] === '#') return undefined;
  const flow = inFlow(text, start, lineStart, offset);
  if (flow) return flow === 'taken' ? undefined : flow;
  const line = readLine(before);
  const end = lineEnd(text, lineStart);
  // What stands behind the cursor, but for a comment.
  const rest = text
    .slice(offset, end)
    .replace(/(?:^|\s+)#.*$/u, '')
    .trimEnd();
  const outer = (column: number, inSequence: boolean): ReturnType<typeof pathAbove> =>
    pathAbove(text, start, lineStart, column, inSequence);
  if (line.key !== undefined) {
    const above = pathOfLine(line, line.column, outer);
    if (!above) return undefined;
    const value = before.slice(line.valueColumn);
    if (/^[|>]/u.test(value)) return undefined;
    const marks = MARKS.exec(value)?.[0].length ?? 0;
    if (marks > 0 && !/\s$/u.test(value.slice(0, marks))) return undefined;
    const { typed, quote } = typedOf(value.slice(marks));
    if (/^[{[]/u.test(typed)) return undefined;
    // The value stands there already, behind the cursor or below it.
    if (typed === '' && !quote && (/^\s|^[{[&*!|>]/u.test(rest) || (rest === '' && isGoneOn(text, end, line.column))))
      return undefined;
    const colon = before[line.valueColumn - 1] === ':';
    return {
      at: 'value',
      path: [...above.path, line.key],
      flow: false,
      typed,
      from: offset - typed.length - (quote ? 1 : 0),
      column: line.column,
      scalars: withBelow(text, lineStart, line.column, above),
      needsBlank: colon,
      lacksColumns: 0,
      quote,
    };
  }
  const { typed, quote } = typedOf(before.slice(line.column));
  // A flow collection that is closed: what goes on behind it is no key and no value.
  if (/^[{[]/u.test(typed)) return undefined;
  const item = line.dashes.length > 0;
  const column = item ? line.column : columnMeant(text, start, lineStart, line.column);
  const above = column === undefined ? undefined : pathOfLine(line, column, outer);
  if (column === undefined || !above) return undefined;
  // A key that is complete already (`kind|: x`) is completed as a key all the same.
  if (!/^[\w./"'-]*\s*(?::(?:\s|$)|$)/u.test(rest) || (typed === '' && /^\s/u.test(rest))) return undefined;
  return {
    at: item ? 'item' : 'key',
    path: above.path,
    flow: false,
    typed,
    from: offset - typed.length - (quote ? 1 : 0),
    column,
    scalars: withBelow(text, lineStart, column, above),
    needsBlank: item && /-$/u.test(before),
    lacksColumns: column - line.column,
    quote,
  };
}

/** The lines below a key's own are its value. */
function isGoneOn(text: string, end: number, column: number): boolean {
  for (let from = end + 1; from < text.length; from = lineEnd(text, from) + 1) {
    const raw = text.slice(from, lineEnd(text, from)).replace(/\r$/u, '');
    if (isEmpty(raw)) continue;
    const below = readLine(raw);
    const first = below.dashes[0];
    return (first ?? below.column) > column || first === column;
  }
  return false;
}

function typedOf(value: string): { typed: string; quote: Cursor['quote'] } {
  const quote = value.startsWith('"') ? '"' : value.startsWith("'") ? "'" : undefined;
  return { typed: quote ? value.slice(1) : value, quote };
}

/** Lines that a flow collection may be begun above the cursor. */
const FLOW_LINES = 100;

/** The cursor in a flow collection; `taken` where what is meant to be typed stands there already. */
function inFlow(text: string, start: number, lineStart: number, offset: number): Cursor | 'taken' | undefined {
  let from = lineStart;
  let found: (() => ReturnType<typeof flowCursor>) | undefined;
  for (let count = 0; count < FLOW_LINES; count++) {
    const raw = text.slice(from, Math.min(offset, lineEnd(text, from)));
    if (!isEmpty(raw)) {
      const line = readLine(raw);
      // A collection that goes on over several lines has an end of line that says so.
      if (from !== lineStart && !/[,[{]$/u.test(withoutComment(raw.trim()))) break;
      const marks = MARKS.exec(raw.slice(line.valueColumn))?.[0].length ?? 0;
      const open = from + line.valueColumn + marks;
      if (text[open] === '{' || text[open] === '[') {
        const place = flowPlaceAt(text, open, offset);
        const begins = from;
        if (place) found = () => flowCursor(text, start, begins, line, place, offset);
      }
    }
    if (from <= start) break;
    from = Math.max(start, startOfLine(text, from - 1));
  }
  return found?.();
}

function flowCursor(
  text: string,
  start: number,
  lineStart: number,
  line: Line,
  place: NonNullable<ReturnType<typeof flowPlaceAt>>,
  offset: number,
): Cursor | 'taken' | undefined {
  const above = pathOfLine(line, line.column, (column, sequence) =>
    pathAbove(text, start, lineStart, column, sequence),
  );
  if (!above) return undefined;
  const base = line.key === undefined ? above.path : [...above.path, line.key];
  const scalars = withBelow(text, lineStart, line.column, above);
  // A level of the flow's path is a map or a sequence; each stands one below the other.
  place.siblings.forEach((found, depth) => scalars.set(base.length + depth, found));
  const quote = text[place.from - 1] === '"' ? '"' : text[place.from - 1] === "'" ? "'" : undefined;
  const rest = text.slice(offset, lineEnd(text, offset));
  if (place.typed === '' && !quote && /^(?:[ ]+[^\s,}\]#]|[{[&*!|>])/u.test(rest)) return 'taken';
  return {
    at: place.at,
    path: [...base, ...place.path],
    flow: true,
    typed: place.typed,
    from: place.from - (quote ? 1 : 0),
    column: line.column,
    scalars,
    needsBlank: place.typed === '' && /[:,]$/u.test(text.slice(place.from - 1, offset)),
    lacksColumns: 0,
    quote,
  };
}

/** A value that holds what the schema's conditions read: the scalars beside each level of the path. */
export function skeletonOf(cursor: Pick<Cursor, 'path' | 'scalars'>): unknown {
  const levels = [...cursor.path];
  let below: unknown = undefined;
  for (let length = levels.length; length >= 0; length--) {
    const scalars = cursor.scalars.get(length);
    const segment = levels[length];
    if (typeof segment === 'number') below = [below];
    else if (segment === undefined) below = scalars && Object.keys(scalars).length > 0 ? { ...scalars } : {};
    else below = { ...scalars, [segment]: below };
  }
  return below;
}
