/** Walks of a document: to every place that fits a pattern, and over every scalar; through aliases and merge keys, bounded. */
import { resolved } from '../document/navigate.ts';
import type { DocNode, MapNode, ParsedDocument, Path, ScalarNode, SeqNode } from '../document/node.ts';
import { keyText } from '../document/value.ts';

/** A node that a pattern led to. */
export interface Found {
  readonly path: Path;
  /** The value, behind aliases. */
  readonly node: DocNode;
  /** The key of the innermost map, where the last step was one. */
  readonly key: DocNode | undefined;
  /** The map that holds it, where it stands in one. */
  readonly parent: MapNode | undefined;
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
  follow(document, patternTree([[pattern, true]]), (each) => found.push(each), { keep: false });
  return found;
}

/**
 * Tells every node that a pattern of the tree leads to, and what that pattern stands for, in the order of the document.
 * What is found in collections without aliases is kept with them, and so from parse to parse: for trees that live on.
 */
export function follow<T>(
  document: ParsedDocument,
  tree: PatternTree<T>,
  tell: (found: Found, value: T) => void,
  { keep = true }: { readonly keep?: boolean } = {},
): void {
  const root = resolved(document.root);
  if (root) matches(root, undefined, undefined, tree, keep, (match) => tell(match, match.value), [], true);
}

/** A match below some node; its path begins at that node, and is put together when it is asked for. */
class Match<T> implements Found {
  readonly node: DocNode;
  readonly key: DocNode | undefined;
  readonly parent: MapNode | undefined;
  readonly value: T;
  readonly #before: Path;
  readonly #rest: Path;
  constructor(
    before: Path,
    rest: Path,
    node: DocNode,
    key: DocNode | undefined,
    parent: MapNode | undefined,
    value: T,
  ) {
    this.#before = before;
    this.#rest = rest;
    this.node = node;
    this.key = key;
    this.parent = parent;
    this.value = value;
  }
  get path(): Path {
    return this.#before.length === 0 ? this.#rest : [...this.#before, ...this.#rest];
  }
  below(before: Path): Match<T> {
    return new Match(before, this.path, this.node, this.key, this.parent, this.value);
  }
}

function matches<T>(
  node: DocNode,
  key: DocNode | undefined,
  parent: MapNode | undefined,
  tree: PatternTree<T>,
  keep: boolean,
  tell: (match: Match<T>) => void,
  path: Path,
  isRoot = false,
): void {
  for (const value of tree.here) tell(new Match<T>(path, [], node, key, parent, value));
  if (node.kind === 'scalar') {
    if (tree.items) matches(node, key, parent, tree.items, keep, tell, path);
    return;
  }
  if (node.kind === 'alias') return;
  if (!keep || isRoot || !isKept(node)) {
    inside(node, tree, keep, tell, path);
    return;
  }
  const walks = ((node.remembered ??= {}).walks ??= new Map<object, unknown>());
  let kept = walks.get(tree) as readonly Match<T>[] | undefined;
  if (!kept) {
    const made: Match<T>[] = [];
    inside(node, tree, keep, (match) => made.push(match), []);
    walks.set(tree, made);
    kept = made;
  }
  for (const match of kept) tell(path.length === 0 ? match : match.below(path));
}

/** Long lists and maps only: what is found in a small one is found again sooner than it is worth its memory. */
const LONG = 30;

/** Whether what is found in a collection stays true as long as the node stands, and is worth keeping. */
function isKept(node: MapNode | SeqNode): boolean {
  return node.stable && (node.kind === 'seq' ? node.items.length : node.pairs.length) >= LONG;
}

function inside<T>(
  node: MapNode | SeqNode,
  tree: PatternTree<T>,
  keep: boolean,
  tell: (match: Match<T>) => void,
  path: Path,
): void {
  if (node.kind === 'seq') {
    const { items } = tree;
    if (!items) return;
    const segments = segmentsOf(node);
    node.items.forEach((item, index) => {
      const value = resolved(item);
      if (value) matches(value, undefined, undefined, items, keep, tell, [...path, segments[index] ?? index]);
    });
    return;
  }
  if (!tree.any && tree.keys.size === 0) return;
  eachPair(node, (name, pair) => {
    const exact = tree.keys.get(name);
    if (!exact && !tree.any) return;
    const value = resolved(pair.value);
    const here = [...path, name];
    for (const next of [exact, tree.any]) {
      if (!next) continue;
      // A key without a value is a place all the same: it names what is declared there.
      if (value) matches(value, pair.key, node, next, keep, tell, here);
      else for (const each of next.here) tell(new Match<T>(here, [], pair.key, pair.key, node, each));
    }
  });
}

export interface NamedPair {
  readonly key: DocNode;
  readonly value: DocNode | undefined;
}

function eachPair(map: MapNode, tell: (name: string, pair: NamedPair) => void): void {
  const merges = map.pairs.some((pair) => pair.key.kind === 'scalar' && pair.key.value === '<<');
  if (merges) for (const [name, pair] of pairsOf(map)) tell(name, pair);
  else for (const pair of map.pairs) tell(keyText(pair.key), pair);
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

/** The text of the scalar under `key` of a map. */
export function textAt(map: MapNode, key: string): string | undefined {
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

/** A scalar where it is written. */
export interface PlacedScalar {
  readonly path: Path;
  readonly node: ScalarNode;
}

/**
 * Every scalar value that is wanted, as it is written, each once, with its path; keys and aliases are left out. What is
 * found in collections without aliases is kept with them: `wanted` has to be a function that lives on.
 */
export function scalarsOf(document: ParsedDocument, wanted: (node: ScalarNode) => boolean): readonly PlacedScalar[] {
  const found: PlacedScalar[] = [];
  if (document.root) scalarsIn(document.root, [], wanted, (each) => found.push(each));
  return found;
}

function scalarsIn(
  node: DocNode,
  path: Path,
  wanted: (node: ScalarNode) => boolean,
  tell: (scalar: PlacedScalar) => void,
): void {
  if (path.length > 200 || node.kind === 'alias') return;
  if (node.kind === 'scalar') {
    if (wanted(node)) tell({ path, node });
    return;
  }
  if (!isKept(node)) {
    scalarsWithin(node, path, wanted, tell);
    return;
  }
  const walks = ((node.remembered ??= {}).walks ??= new Map<object, unknown>());
  let kept = walks.get(wanted) as readonly PlacedScalar[] | undefined;
  if (!kept) {
    const made: PlacedScalar[] = [];
    scalarsWithin(node, [], wanted, (each) => made.push(each));
    walks.set(wanted, made);
    kept = made;
  }
  for (const each of kept) tell(path.length === 0 ? each : { path: [...path, ...each.path], node: each.node });
}

function scalarsWithin(
  node: MapNode | SeqNode,
  path: Path,
  wanted: (node: ScalarNode) => boolean,
  tell: (scalar: PlacedScalar) => void,
): void {
  if (node.kind === 'seq') {
    const segments = segmentsOf(node);
    node.items.forEach((item, index) => scalarsIn(item, [...path, segments[index] ?? index], wanted, tell));
    return;
  }
  for (const pair of node.pairs) {
    if (!pair.value) continue;
    const name = keyText(pair.key);
    // What is merged in stands at the path of the map that merges it.
    scalarsIn(pair.value, name === '<<' && pair.value.kind === 'map' ? path : [...path, name], wanted, tell);
  }
}
