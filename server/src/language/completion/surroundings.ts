/** What is around a line of a half-typed document: the path of its map by indentation, and the scalars beside each level. */
import { startOfLine } from '../../core/document/lines.ts';
import { lineEnd, unquoted } from './flow.ts';
import { isEmpty, MARKS, readLine, type Line } from './line.ts';

/** The path above a line, and what stands beside it. */
export interface Above {
  readonly path: readonly (string | number)[];
  readonly scalars: Map<number, Record<string, string>>;
  /** Column of the keys of each map of the path, by the length of its path; a sequence has none. */
  readonly columns: ReadonlyMap<number, number>;
}

/** The path of the map that a line's key is in: that of the lines above, and the line's own dashes. */
export function pathOfLine(
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
export function pathAbove(
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
    const from = Math.max(start, startOfLine(text, end));
    if (isDeeper(text, from, current)) {
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
      // The item has a value of its own: what is deeper goes on with it.
      if (line.key === undefined && !isEmpty(raw.slice(line.column).replace(MARKS, ''))) return undefined;
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

/**
 * The column in which the keys stand of the map that a line at `column` is typed into: further right than the line where it
 * isn't indented far enough yet. Undefined where what stands there is a sequence, which takes no keys.
 */
export function columnMeant(text: string, start: number, lineStart: number, column: number): number | undefined {
  let first: number | undefined;
  let end = lineStart - 1;
  while (column > 0 && end >= start) {
    const from = Math.max(start, startOfLine(text, end));
    end = from - 1;
    const indent = indentAt(text, from);
    if (indent === undefined) continue;
    if (indent === column) return column;
    if (indent > column) {
      first = from;
      continue;
    }
    const { dashes, column: keys, key } = lineAt(text, from);
    // The line is in the map that begins on the dash's own line.
    if (dashes.length > 0 && keys >= column) return key === undefined ? undefined : keys;
    break;
  }
  if (first === undefined) return column;
  const { dashes, column: keys, key } = lineAt(text, first);
  return dashes.length > 0 || key === undefined ? undefined : keys;
}

function lineAt(text: string, from: number): Line {
  return readLine(text.slice(from, lineEnd(text, from)).replace(/\r$/u, ''));
}

/** Where a line begins; undefined where it is empty or a comment. */
function indentAt(text: string, from: number): number | undefined {
  let at = from;
  while (text.charCodeAt(at) === 32) at++;
  const first = text.charCodeAt(at);
  return first === 35 || first === 10 || first === 13 || Number.isNaN(first) ? undefined : at - from;
}

/** Quick look at a line that only matters where it begins at `column` or before it: it is deeper, empty or a comment. */
function isDeeper(text: string, from: number, column: number): boolean {
  let at = from;
  while (at <= from + column && text.charCodeAt(at) === 32) at++;
  const first = text.charCodeAt(at);
  return at > from + column || first === 35 || first === 10 || first === 13 || Number.isNaN(first);
}

/** Adds the scalars that follow below, in the same map and in those around it. */
export function withBelow(text: string, lineStart: number, column: number, above: Above): Above['scalars'] {
  const open = [...above.columns].filter(([, each]) => each <= column).sort(([one], [other]) => one - other);
  let from = lineEnd(text, lineStart) + 1;
  while (from < text.length && open.length > 0) {
    const end = lineEnd(text, from);
    const innermost = open.at(-1);
    const skip = innermost !== undefined && isDeeper(text, from, innermost[1]);
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
