/** Where a cursor stands in a document, read from indentation and not from the tree: a half-typed document has no good tree. */
import { flowPlaceAt, lineEnd, unquoted } from './flow.ts';

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
  /** What is typed began with this quote. */
  readonly quote: '"' | "'" | undefined;
}

interface Line {
  readonly dashes: readonly number[];
  /** Column of the key, or of the first text. */
  readonly column: number;
  readonly key: string | undefined;
  readonly value: string;
  /** Column where the value begins. */
  readonly valueColumn: number;
}

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#:'"{}[\],&*!|>%@`-][^#]*?|-[^\s#][^#]*?)\s*:(?=\s|$)/u;
const MARKS = /^(?:[&!]\S*\s*)*/u;

function readLine(text: string): Line {
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

function withoutComment(value: string): string {
  if (value.startsWith('#')) return '';
  return value.startsWith('"') || value.startsWith("'") ? value : value.replace(/\s+#.*$/u, '');
}

/** Nothing of its own stands on the line: it opens no level and is no sibling. */
function isEmpty(text: string): boolean {
  return /^\s*(?:#.*)?$/u.test(text);
}

/**
 * The cursor at `offset` of the document whose text begins at `start`; undefined in comments and inside the text of
 * scalars, where no key or value of ours can begin.
 */
export function cursorAt(text: string, start: number, offset: number): Cursor | undefined {
  const lineStart = Math.max(start, text.lastIndexOf('\n', offset - 1) + 1);
  const before = text.slice(lineStart, offset);
  if (/\t/u.test(/^\s*/u.exec(before)?.[0] ?? '')) return undefined;
  if (/(?:^|\s)#/u.test(before.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/gu, ''))) return undefined;
  const flow = inFlow(text, start, lineStart, offset);
  if (flow) return flow;
  const line = readLine(before);
  const whole = text.slice(lineStart, lineEnd(text, lineStart));
  const outer = (column: number, inSequence: boolean): ReturnType<typeof pathAbove> =>
    pathAbove(text, start, lineStart, column, inSequence);
  if (line.key !== undefined) {
    const above = pathOfLine(line, line.column, outer);
    if (!above) return undefined;
    const value = before.slice(line.valueColumn);
    if (/^[|>]/u.test(value)) return undefined;
    const marks = MARKS.exec(value)?.[0].length ?? 0;
    const { typed, quote } = typedOf(value.slice(marks));
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
      quote,
    };
  }
  const { typed, quote } = typedOf(before.slice(line.column));
  const item = line.dashes.length > 0;
  const above = pathOfLine(line, line.column, outer);
  if (!above) return undefined;
  // A key that is complete already (`kind|: x`) is completed as a key all the same.
  const rest = whole.slice(before.length);
  if (typed !== '' && !/^[\w./"'-]*\s*(?::(?:\s|$)|$)/u.test(rest.trimEnd())) return undefined;
  return {
    at: item ? 'item' : 'key',
    path: above.path,
    flow: false,
    typed,
    from: offset - typed.length - (quote ? 1 : 0),
    column: line.column,
    scalars: withBelow(text, lineStart, line.column, above),
    needsBlank: item && /-$/u.test(before),
    quote,
  };
}

function typedOf(value: string): { typed: string; quote: Cursor['quote'] } {
  const quote = value.startsWith('"') ? '"' : value.startsWith("'") ? "'" : undefined;
  return { typed: quote ? value.slice(1) : value, quote };
}

interface Above {
  readonly path: readonly (string | number)[];
  readonly scalars: Map<number, Record<string, string>>;
  /** Column of the keys of each map of the path, by the length of its path; a sequence has none. */
  readonly columns: ReadonlyMap<number, number>;
}

/** The path of the map that a line's key is in: that of the lines above, and the line's own dashes. */
function pathOfLine(
  line: Line,
  column: number,
  outer: (column: number, inSequence: boolean) => Above | undefined,
): Above | undefined {
  const [first] = line.dashes;
  if (first === undefined) return outer(column, false);
  const above = outer(first, true);
  if (!above) return undefined;
  const path = [...above.path, ...line.dashes.map(() => 0)];
  return { path, scalars: above.scalars, columns: new Map(above.columns).set(path.length, column) };
}

/** Walks up from a line, taking each line that opens a level around `column`. Undefined inside a scalar's text. */
function pathAbove(
  text: string,
  start: number,
  lineStart: number,
  column: number,
  inSequence: boolean,
): Above | undefined {
  const reversed: (string | number)[] = [];
  const beside: Record<string, string>[] = [{}];
  let current = column;
  let sequence = inSequence;
  const keyColumns: (number | undefined)[] = [sequence ? undefined : column];
  let end = lineStart - 1;
  while (end >= start) {
    const from = Math.max(start, text.lastIndexOf('\n', end - 1) + 1);
    if (current === 0 && !sequence && isDeeper(text, from)) {
      end = from - 1;
      continue;
    }
    const raw = text.slice(from, end).replace(/\r$/u, '');
    end = from - 1;
    if (isEmpty(raw) || /^(?:---|\.\.\.)(?:\s|$)/u.test(raw)) continue;
    const line = readLine(raw);
    if (line.column > current && (line.dashes[0] ?? line.column) > current) continue;
    if (line.key !== undefined && line.column === current && !sequence) {
      (beside[beside.length - 1] ?? {})[line.key] ??= unquoted(line.value.replace(MARKS, ''));
    }
    const opens =
      line.key !== undefined &&
      (line.column < current || (sequence && line.column === current && line.dashes.length === 0));
    if (opens) {
      const value = line.value.replace(MARKS, '');
      // A value stands there already: what is deeper goes on with it.
      if (value !== '') return undefined;
      reversed.push(line.key);
      beside.push({});
      keyColumns.push(line.column);
      current = line.column;
      sequence = false;
    } else if (line.key === undefined && line.dashes.length === 0 && line.column < current) {
      return undefined;
    }
    for (const dash of [...line.dashes].reverse()) {
      if (dash >= current) continue;
      // The key on the dash's own line is a sibling, or was taken above.
      if (line.key !== undefined && line.column === current) (beside.at(-1) ?? {})[line.key] ??= unquoted(line.value);
      reversed.push(0);
      beside.push({});
      keyColumns.push(undefined);
      current = dash;
      sequence = true;
    }
  }
  if (current > 0 && !sequence && reversed.length === 0 && column > 0) return undefined;
  const path = reversed.reverse();
  const scalars = new Map<number, Record<string, string>>();
  beside.reverse().forEach((found, length) => scalars.set(length, found));
  const columns = new Map<number, number>();
  keyColumns.reverse().forEach((each, length) => each !== undefined && columns.set(length, each));
  return { path, scalars, columns };
}

/** Quick look at a line that only matters where it stands at the left edge. */
function isDeeper(text: string, from: number): boolean {
  const first = text.charCodeAt(from);
  return first === 32 || first === 35 || first === 10 || first === 13 || Number.isNaN(first);
}

/** Adds the scalars that follow below, in the same map and in those around it. */
function withBelow(text: string, lineStart: number, column: number, above: Above): Above['scalars'] {
  const open = [...above.columns].filter(([, each]) => each <= column).sort(([one], [other]) => one - other);
  let from = lineEnd(text, lineStart) + 1;
  while (from < text.length && open.length > 0) {
    const end = lineEnd(text, from);
    const innermost = open.at(-1);
    const skip = innermost?.[1] === 0 && isDeeper(text, from);
    const raw = skip ? '' : text.slice(from, end).replace(/\r$/u, '');
    from = end + 1;
    if (skip || isEmpty(raw)) continue;
    if (/^(?:---|\.\.\.)(?:\s|$)/u.test(raw)) break;
    const line = readLine(raw);
    const first = line.dashes[0] ?? line.column;
    while ((open.at(-1)?.[1] ?? -1) > first) open.pop();
    const [length, at] = open.at(-1) ?? [0, -1];
    // The next item of a sequence: none of its keys is beside ours.
    if (line.dashes.length > 0) continue;
    if (at !== line.column || line.key === undefined) continue;
    const found = above.scalars.get(length) ?? {};
    found[line.key] ??= unquoted(line.value.replace(MARKS, ''));
    above.scalars.set(length, found);
  }
  return above.scalars;
}

/** Lines that a flow collection may be begun above the cursor. */
const FLOW_LINES = 100;

function inFlow(text: string, start: number, lineStart: number, offset: number): Cursor | undefined {
  let from = lineStart;
  let found: (() => Cursor | undefined) | undefined;
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
    from = Math.max(start, text.lastIndexOf('\n', from - 2) + 1);
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
): Cursor | undefined {
  const above = pathOfLine(line, line.column, (column, sequence) =>
    pathAbove(text, start, lineStart, column, sequence),
  );
  if (!above) return undefined;
  const base = line.key === undefined ? above.path : [...above.path, line.key];
  const scalars = withBelow(text, lineStart, line.column, above);
  // A level of the flow's path is a map or a sequence; each stands one below the other.
  place.siblings.forEach((found, depth) => scalars.set(base.length + depth, found));
  const quote = text[place.from - 1] === '"' ? '"' : text[place.from - 1] === "'" ? "'" : undefined;
  return {
    at: place.at,
    path: [...base, ...place.path],
    flow: true,
    typed: place.typed,
    from: place.from - (quote ? 1 : 0),
    column: line.column,
    scalars,
    needsBlank: place.typed === '' && /[:,]$/u.test(text.slice(place.from - 1, offset)),
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
