/** Walks of a document: to every place that fits a pattern, and over every scalar; through aliases and merge keys, bounded. */
import { resolved } from '../document/navigate.ts';
import type { DocNode, MapNode, ParsedDocument, Path, PathSegment, ScalarNode, SeqNode } from '../document/node.ts';
import { keyText } from '../document/value.ts';

/** A node that a pattern led to. */
export interface Found {
  readonly path: Path;
  /** The value, behind aliases. */
  readonly node: DocNode;
  /** The key of the innermost map, where the last step was one. */
  readonly key: DocNode | undefined;
}

/** Several patterns as one tree, so that one walk follows all of them. */
export interface PatternTree<T> {
  /** What the patterns that end here stand for. */
  readonly here: T[];
  readonly keys: Map<string, PatternTree<T>>;
  any: PatternTree<T> | undefined;
  items: PatternTree<T> | undefined;
}

/** The tree of patterns: `*` is any key, `[]` any item, or the value itself where it is no list. */
export function patternTree<T>(patterns: Iterable<readonly [readonly string[], T]>): PatternTree<T> {
  const root = emptyTree<T>();
  for (const [pattern, value] of patterns) {
    let tree = root;
    for (const step of pattern) {
      if (step === '*') tree = tree.any ??= emptyTree();
      else if (step === '[]') tree = tree.items ??= emptyTree();
      else {
        const known = tree.keys.get(step) ?? emptyTree<T>();
        tree.keys.set(step, known);
        tree = known;
      }
    }
    tree.here.push(value);
  }
  return root;
}

function emptyTree<T>(): PatternTree<T> {
  return { here: [], keys: new Map(), any: undefined, items: undefined };
}

/** Every node of the document that `pattern` leads to. */
export function find(document: ParsedDocument, pattern: readonly string[]): readonly Found[] {
  const found: Found[] = [];
  follow(document, patternTree([[pattern, true]]), (each) => found.push(each));
  return found;
}

/** Tells every node that a pattern of the tree leads to, and what that pattern stands for, in the order of the document. */
export function follow<T>(
  document: ParsedDocument,
  tree: PatternTree<T>,
  tell: (found: Found, value: T) => void,
): void {
  const path: PathSegment[] = [];
  const visit = (node: DocNode, key: DocNode | undefined, at: PatternTree<T>): void => {
    if (at.here.length > 0) {
      const found = { path: [...path], node, key };
      for (const value of at.here) tell(found, value);
    }
    if (at.items && node.kind === 'seq') {
      const segments = segmentsOf(node);
      for (let index = 0; index < node.items.length; index++) {
        const item = resolved(node.items[index]);
        if (!item) continue;
        path.push(segments[index] ?? index);
        visit(item, undefined, at.items);
        path.pop();
      }
    } else if (at.items && node.kind === 'scalar') visit(node, key, at.items);
    if (node.kind !== 'map' || (!at.any && at.keys.size === 0)) return;
    eachPair(node, (name, pair) => {
      const exact = at.keys.get(name);
      if (!exact && !at.any) return;
      const value = resolved(pair.value);
      path.push(name);
      for (const next of [exact, at.any]) {
        if (!next) continue;
        // A key without a value is a place all the same: it names what is declared there.
        if (value) visit(value, pair.key, next);
        else for (const each of next.here) tell({ path: [...path], node: pair.key, key: pair.key }, each);
      }
      path.pop();
    });
  };
  const root = resolved(document.root);
  if (root) visit(root, undefined, tree);
}

export interface NamedPair {
  readonly key: DocNode;
  readonly value: DocNode | undefined;
}

function eachPair(map: MapNode, tell: (name: string, pair: NamedPair) => void): void {
  const names = map.pairs.map((pair) => keyText(pair.key));
  if (names.includes('<<')) for (const [name, pair] of pairsOf(map)) tell(name, pair);
  else map.pairs.forEach((pair, index) => tell(names[index] ?? '', pair));
}

/** The pairs of a map with their keys, merge keys expanded; own pairs win over merged ones. */
export function pairsOf(map: MapNode, depth = 0): ReadonlyMap<string, NamedPair> {
  const merged = new Map<string, NamedPair>();
  const own = new Map<string, NamedPair>();
  for (const pair of map.pairs) {
    const name = keyText(pair.key);
    if (name === '<<' && pair.value && depth < 20) {
      const sources = pair.value.kind === 'seq' ? pair.value.items : [pair.value];
      for (const source of sources) {
        const target = resolved(source);
        if (target?.kind !== 'map') continue;
        for (const [key, value] of pairsOf(target, depth + 1)) if (!merged.has(key)) merged.set(key, value);
      }
    } else own.set(name, pair);
  }
  if (merged.size === 0) return own;
  for (const [key, value] of own) merged.set(key, value);
  return merged;
}

/** How paths name the items of a list: by `id` or `name` where that finds the item again, else by place. */
export function segmentsOf(list: SeqNode): readonly (string | number)[] {
  const taken = new Set<string>();
  return list.items.map((item, index) => {
    const map = resolved(item);
    if (map?.kind !== 'map') return index;
    const id = textAt(map, 'id');
    const also = textAt(map, 'name');
    const name = id ?? also;
    const free = name !== undefined && !taken.has(name);
    if (name !== undefined) taken.add(name);
    if (also !== undefined) taken.add(also);
    return free ? name : index;
  });
}

function textAt(map: MapNode, key: string): string | undefined {
  let merges = false;
  for (const pair of map.pairs) {
    if (pair.key.kind !== 'scalar') continue;
    if (pair.key.value === key) return textOf(pair.value);
    merges ||= pair.key.value === '<<';
  }
  return merges ? textOf(pairsOf(map).get(key)?.value) : undefined;
}

function textOf(node: DocNode | undefined): string | undefined {
  const value = resolved(node);
  return value?.kind === 'scalar' && value.value !== null ? String(value.value) : undefined;
}

/** Every scalar value as it is written, each once, with its path; keys and aliases are left out. `wanted` keeps it cheap. */
export function scalarsOf(
  document: ParsedDocument,
  wanted: (node: ScalarNode) => boolean = () => true,
): readonly { readonly path: Path; readonly node: ScalarNode }[] {
  const found: { readonly path: Path; readonly node: ScalarNode }[] = [];
  const path: PathSegment[] = [];
  const visit = (node: DocNode | undefined): void => {
    if (!node || path.length > 200) return;
    if (node.kind === 'scalar') {
      if (wanted(node)) found.push({ path: [...path], node });
    } else if (node.kind === 'map') {
      for (const pair of node.pairs) {
        if (!pair.value) continue;
        const name = keyText(pair.key);
        // What is merged in stands at the path of the map that merges it.
        const inline = name === '<<' && pair.value.kind === 'map';
        if (!inline) path.push(name);
        visit(pair.value);
        if (!inline) path.pop();
      }
    } else if (node.kind === 'seq') {
      const segments = segmentsOf(node);
      node.items.forEach((item, index) => {
        path.push(segments[index] ?? index);
        visit(item);
        path.pop();
      });
    }
  };
  visit(document.root);
  return found;
}
