/** Sorts keys into canonical order, that of the schemas, comments going with the key that they stand above. */
import { startOfLine } from '../../core/document/lines.ts';
import { isDeepStrictEqualData } from './sameData.ts';
import type { MapNode, DocNode, Path } from '../../core/document/node.ts';
import { parse } from '../../core/document/parse.ts';
import { keyText } from '../../core/document/value.ts';
import { schemaNodesAt } from '../../core/schema/navigate.ts';
import type { Entry } from '../../core/workspace.ts';
import { entryAt } from '../context.ts';
import type { FixEdit } from '../../core/finding.ts';
import { workspaceEdit, type ActionProvider } from './action.ts';

export const sortKeys: ActionProvider = {
  name: 'sort keys',
  kind: 'source.sortKeys',
  propose(context, request) {
    const entry = entryAt(context, request.span.start);
    const root = entry?.document.root;
    if (!entry || root?.kind !== 'map') return [];
    const before = entry.parsed.text;
    const changes = sorted(entry, root, []);
    if (!changes) return [];
    const after = before.slice(0, changes.start) + changes.text + before.slice(changes.end);
    if (after === before || !meansTheSame(entry, after)) return [];
    const edit = workspaceEdit(context, [smallest(before, changes)]);
    return [{ action: { title: 'Sort keys into canonical order', kind: 'source.sortKeys', edit } }];
  },
};

/** The replacement without the lines that stay as they are, so that a cursor in them stays too. */
function smallest(text: string, { start, end, text: made }: Replacement): FixEdit {
  const before = text.slice(start, end);
  let head = 0;
  while (head < before.length && before[head] === made[head]) head += 1;
  head = startOfLine(before, head);
  let tail = 0;
  const most = Math.min(before.length, made.length) - head;
  while (tail < most && before.at(-1 - tail) === made.at(-1 - tail)) tail += 1;
  return { span: { start: start + head, end: end - tail }, newText: made.slice(head, made.length - tail) };
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text of a block map with its keys in order, and that of the maps inside it; undefined where nothing changes. */
function sorted(entry: Entry, map: MapNode, path: Path): Replacement | undefined {
  const { text } = entry.parsed;
  if (map.flow || map.pairs.length === 0) return undefined;
  const inner = map.pairs.flatMap((pair) =>
    pair.value ? within(entry, pair.value, [...path, keyText(pair.key)]) : [],
  );
  const starts = map.pairs.map((pair) => pair.key.start);
  const first = starts[0] ?? map.start;
  const last = map.pairs.at(-1);
  const order = orderAt(entry, path);
  const column = first - startOfLine(text, first);
  const end = withDeeper(text, lineEnd(text, trimmedEnd(text, first, (last?.value ?? last?.key ?? map).end)), column);
  const atLineStart = text.slice(startOfLine(text, first), first).trim() === '';
  const start = atLineStart ? commentsAbove(text, startOfLine(text, first), path.length === 0) : first;
  const chunks = map.pairs.map((pair, index) => {
    const from = index === 0 ? start : chunkStart(text, pair.key.start, map.pairs[index - 1], column);
    const next = map.pairs[index + 1];
    const to = next ? chunkStart(text, next.key.start, pair, column) : end;
    return {
      key: keyText(pair.key),
      lead: text.slice(from, Math.max(from, startOfLine(text, pair.key.start))),
      body: render(text, pair.key.start, to, inner).replace(/[ \t]*(?:\r?\n)*$/, ''),
    };
  });
  const place = new Map(map.pairs.map((pair, index) => [keyText(pair.key), rank(order, keyText(pair.key), index)]));
  const unique = place.size === map.pairs.length;
  const inOrder = (list: typeof chunks): typeof chunks =>
    unique && order.length > 0
      ? [...list].sort((one, other) => (place.get(one.key) ?? 0) - (place.get(other.key) ?? 0))
      : list;
  const all = inOrder(chunks);
  // Behind a dash there is no room for a comment.
  const stays = !atLineStart && all[0]?.lead.trim() !== '';
  const moved = stays ? [...chunks.slice(0, 1), ...inOrder(chunks.slice(1))] : all;
  const same = moved.every((chunk, index) => chunk === chunks[index]);
  if (same) return inner.length === 0 ? undefined : { start: first, end, text: render(text, first, end, inner) };
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const made = moved.map((chunk, index) => {
    const lead = index === 0 ? chunk.lead.replace(/^(?:[ \t]*\r?\n)+/, '') : chunk.lead;
    const indent = index === 0 && !atLineStart ? '' : ' '.repeat(column);
    return `${lead}${indent}${chunk.body}`;
  });
  return { start, end, text: made.join(lineBreak) };
}

/** The sorted maps inside a value. */
function within(entry: Entry, node: DocNode, path: Path): readonly Replacement[] {
  if (node.kind === 'map') {
    const made = sorted(entry, node, path);
    return made ? [made] : [];
  }
  if (node.kind !== 'seq' || node.flow) return [];
  return node.items.flatMap((item, index) => within(entry, item, [...path, index]));
}

/** The keys that the schema names at a place, in its order; none where keys are free names. */
function orderAt(entry: Entry, path: Path): readonly string[] {
  return [
    ...new Set(
      schemaNodesAt(entry.kind, path, entry.document.value).flatMap((node) => Object.keys(node.properties ?? {})),
    ),
  ];
}

/** Merge keys first, known keys in order, the others behind them as they stood. */
function rank(order: readonly string[], key: string, index: number): number {
  if (key === '<<') return -1;
  const known = order.indexOf(key);
  return known >= 0 ? known : order.length + index;
}

/** Where a pair begins with the comments and blank lines above it, but for those that stand deeper: they end what is before. */
function chunkStart(
  text: string,
  keyStart: number,
  before: { readonly key: DocNode; readonly value: DocNode | undefined } | undefined,
  column: number,
): number {
  const value = before ? lineEnd(text, trimmedEnd(text, before.key.end, (before.value ?? before.key).end)) : 0;
  const end = withDeeper(text, value, column);
  const next = text.indexOf('\n', end);
  const own = startOfLine(text, keyStart);
  return next < 0 ? own : Math.min(next + 1, own);
}

/** The end of a line, or of the last comment below it that stands deeper than `column`. */
function withDeeper(text: string, end: number, column: number): number {
  const comments = new RegExp(`(?:\\r?\\n[ \\t]*)*\\r?\\n {${column + 1},}#[^\\r\\n]*`, 'uy');
  let at = end;
  for (comments.lastIndex = at; comments.test(text); comments.lastIndex = at) at = comments.lastIndex;
  return at;
}

/** The start of the comments that stand right above a line; those that open a document, with no blank line above them, are of the whole. */
function commentsAbove(text: string, lineStart: number, ofDocument: boolean): number {
  let at = lineStart;
  while (at > 0) {
    const above = startOfLine(text, at - 1);
    const line = text.slice(above, at);
    if (!/^[ \t]*#/.test(line)) return ofDocument && line.trim() !== '' ? lineStart : at;
    at = above;
  }
  return ofDocument ? lineStart : at;
}

function render(text: string, from: number, to: number, inner: readonly Replacement[]): string {
  let made = '';
  let at = from;
  for (const each of inner) {
    if (each.start < at || each.end > to) continue;
    made += text.slice(at, each.start) + each.text;
    at = each.end;
  }
  return made + text.slice(at, to);
}

/** Sorting may move an anchor behind its alias, or meet what it didn't foresee: then nothing is offered. */
function meansTheSame(entry: Entry, after: string): boolean {
  const document = parse(after).documents[entry.document.index];
  return (
    document?.problems.length === entry.document.problems.length &&
    isDeepStrictEqualData(document.value, entry.document.value) &&
    commentsIn(after) === commentsIn(entry.parsed.text)
  );
}

function commentsIn(text: string): number {
  return text.split('#').length;
}

function trimmedEnd(text: string, least: number, end: number): number {
  let at = end;
  while (at > least && /\s/.test(text.charAt(at - 1))) at--;
  return at;
}

function lineEnd(text: string, offset: number): number {
  const found = /\r?\n/.exec(text.slice(offset));
  return found ? offset + found.index : text.length;
}
