/** From paths to nodes and spans, from offsets to paths, from offsets to lines. */
import type { DocNode, Pair, ParsedDocument, ParsedText, Path, Span, SeqNode } from './node.ts';
import { findPair, keyText } from './value.ts';

export interface Position {
  /** From 0. */
  readonly line: number;
  /** From 0, UTF-16 units. */
  readonly character: number;
}
export interface PositionRange {
  readonly start: Position;
  readonly end: Position;
}

/** Line and character of an offset. */
export function positionAt(parsed: ParsedText, offset: number): Position {
  let low = 0;
  let high = parsed.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((parsed.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, character: Math.max(0, offset - (parsed.lineStarts[low] ?? 0)) };
}

/** Offset of a position, bounded by its line and the text. */
export function offsetAt(parsed: ParsedText, position: Position): number {
  const start = parsed.lineStarts[position.line];
  if (start === undefined) return parsed.text.length;
  const next = parsed.lineStarts[position.line + 1] ?? parsed.text.length;
  return Math.min(start + position.character, next);
}

/** A span as lines and characters. */
export function rangeOf(parsed: ParsedText, span: Span): PositionRange {
  return { start: positionAt(parsed, span.start), end: positionAt(parsed, span.end) };
}

/** The node behind aliases. */
export function resolved(node: DocNode | undefined): DocNode | undefined {
  for (let hops = 0; node?.kind === 'alias' && hops < 100; hops++) node = node.target;
  return node?.kind === 'alias' ? undefined : node;
}

/**
 * The node at `path`, through aliases and merge keys. A string segment on a sequence finds the item whose `id` or `name`
 * it is; a number finds it by place.
 */
export function nodeAt(document: ParsedDocument, path: Path): DocNode | undefined {
  let node: DocNode | undefined = document.root;
  for (const segment of path) {
    node = childOf(node, segment);
    if (!node) return undefined;
  }
  return node;
}

function childOf(parent: DocNode | undefined, segment: string | number): DocNode | undefined {
  const node = resolved(parent);
  if (node?.kind === 'map') return findPair(node, String(segment))?.value;
  if (node?.kind !== 'seq') return undefined;
  if (typeof segment === 'number') return node.items[segment];
  // A list without aliases means the same as long as it stands, so that many findings in it need not search it each.
  if (node.stable) return ((node.remembered ??= {}).byName ??= itemsByName(node)).get(segment);
  return node.items.find((item) => namesOf(item).includes(segment));
}

function itemsByName(list: SeqNode): ReadonlyMap<string, DocNode> {
  const made = new Map<string, DocNode>();
  for (const item of list.items) for (const name of namesOf(item)) if (!made.has(name)) made.set(name, item);
  return made;
}

/** What a path can call an item of a list: its `id` and its `name`. */
function namesOf(item: DocNode): readonly string[] {
  const map = resolved(item);
  return ['id', 'name'].flatMap((key) => {
    const value = resolved(childOf(map, key));
    return value?.kind === 'scalar' ? [String(value.value)] : [];
  });
}

/** The pair whose value stands at `path`, for marking its key; undefined for items of sequences and the root. */
export function pairAt(document: ParsedDocument, path: Path): Pair | undefined {
  const last = path.at(-1);
  if (last === undefined) return undefined;
  const parent = resolved(nodeAt(document, path.slice(0, -1)));
  return parent?.kind === 'map' ? findPair(parent, String(last)) : undefined;
}

/** Where a finding at `path` is marked: the key or the value, and where neither stands here, the nearest parent's key. */
export function spanAt(document: ParsedDocument, path: Path, at: 'key' | 'value' = 'value'): Span {
  for (let length = path.length; length >= 0; length--) {
    const here = path.slice(0, length);
    const pair = pairAt(document, here);
    const exact = length === path.length;
    if (pair) return exact && at === 'value' && pair.value ? pair.value : pair.key;
    if (exact) {
      const node = nodeAt(document, here);
      if (node && length > 0) return node;
    }
  }
  return document.root
    ? { start: document.root.start, end: Math.min(document.root.end, document.root.start + 1) }
    : document;
}

/** Where in a document an offset stands: the path to the innermost node, and whether it is on a key. */
export interface Place {
  readonly path: Path;
  readonly node: DocNode;
  readonly onKey: boolean;
}

/** The innermost node at `offset`; sequences give indexes. */
export function placeAt(document: ParsedDocument, offset: number): Place | undefined {
  const path: (string | number)[] = [];
  let node = document.root;
  if (!node || offset < node.start || offset > node.end) return undefined;
  for (;;) {
    let next: DocNode | undefined;
    if (node.kind === 'map') {
      const pair: Pair | undefined = node.pairs[lastStarting(node.pairs, offset, ({ key }) => key.start)];
      if (pair && offset <= pair.key.end) return { path: [...path, keyText(pair.key)], node: pair.key, onKey: true };
      if (pair?.value && offset >= pair.value.start && offset <= pair.value.end) {
        path.push(keyText(pair.key));
        next = pair.value;
      }
    } else if (node.kind === 'seq') {
      const index = lastStarting(node.items, offset, ({ start }) => start);
      const item: DocNode | undefined = node.items[index];
      if (item && offset <= item.end) {
        path.push(index);
        next = item;
      }
    }
    if (!next) return { path, node, onKey: false };
    node = next;
  }
}

/** Index of the last of what stands in order that starts at or before `offset`; -1 where none does. */
function lastStarting<Each>(list: readonly Each[], offset: number, startOf: (each: Each) => number): number {
  let low = -1;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const each = list[middle];
    if (each !== undefined && startOf(each) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
