/** Walks of a document to every place that fits a pattern; through aliases and merge keys, bounded. */
import { resolved } from '../document/navigate.ts';
import type { DocNode, MapNode, ParsedDocument, Path, SeqNode } from '../document/node.ts';
import { keyText } from '../document/value.ts';
import { hasMergeKey, pairsOf, type NamedPair } from './pairs.ts';
import { isKept, Trail } from './trail.ts';

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
  return findBy(document, patternTree([[pattern, true]]));
}

/** Every node of the document that a pattern of `tree` leads to, in the order of the document; nothing is kept. */
export function findBy(document: ParsedDocument, tree: PatternTree<unknown>): readonly Found[] {
  const found: Found[] = [];
  follow(document, tree, (each) => found.push(each), { keep: false });
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
  if (root) matches(root, undefined, undefined, tree, keep, (match) => tell(match, match.value), new Trail(), true);
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
  trail: Trail,
  isRoot = false,
): void {
  for (const value of tree.here) tell(new Match<T>(trail.path(), [], node, key, parent, value));
  if (node.kind === 'scalar') {
    if (tree.items) matches(node, key, parent, tree.items, keep, tell, trail);
    return;
  }
  if (node.kind === 'alias') return;
  if (!keep || isRoot || !isKept(node)) {
    inside(node, tree, keep, tell, trail);
    return;
  }
  const walks = ((node.remembered ??= {}).walks ??= new Map<object, unknown>());
  let kept = walks.get(tree) as readonly Match<T>[] | undefined;
  if (!kept) {
    const made: Match<T>[] = [];
    inside(node, tree, keep, (match) => made.push(match), new Trail());
    walks.set(tree, made);
    kept = made;
  }
  if (kept.length === 0) return;
  const path = trail.path();
  for (const match of kept) tell(path.length === 0 ? match : match.below(path));
}

function inside<T>(
  node: MapNode | SeqNode,
  tree: PatternTree<T>,
  keep: boolean,
  tell: (match: Match<T>) => void,
  trail: Trail,
): void {
  if (node.kind === 'seq') {
    const { items } = tree;
    if (!items) return;
    for (let index = 0; index < node.items.length; index++) {
      const value = resolved(node.items[index]);
      if (!value) continue;
      trail.toItem(node, index);
      matches(value, undefined, undefined, items, keep, tell, trail);
      trail.back();
    }
    return;
  }
  if (!tree.any && tree.keys.size === 0) return;
  if (hasMergeKey(node)) for (const [name, pair] of pairsOf(node)) atKey(name, pair, node, tree, keep, tell, trail);
  else for (const pair of node.pairs) atKey(keyText(pair.key), pair, node, tree, keep, tell, trail);
}

function atKey<T>(
  name: string,
  pair: NamedPair,
  parent: MapNode,
  tree: PatternTree<T>,
  keep: boolean,
  tell: (match: Match<T>) => void,
  trail: Trail,
): void {
  const exact = tree.keys.get(name);
  if (!exact && !tree.any) return;
  trail.toKey(name);
  if (exact) below(pair, parent, exact, keep, tell, trail);
  if (tree.any) below(pair, parent, tree.any, keep, tell, trail);
  trail.back();
}

/** What a pattern leads to at a pair of a map. */
function below<T>(
  pair: NamedPair,
  parent: MapNode,
  tree: PatternTree<T>,
  keep: boolean,
  tell: (match: Match<T>) => void,
  trail: Trail,
): void {
  const value = resolved(pair.value);
  // A key without a value is a place all the same: it names what is declared there.
  if (value) matches(value, pair.key, parent, tree, keep, tell, trail);
  else for (const each of tree.here) tell(new Match<T>(trail.path(), [], pair.key, pair.key, parent, each));
}
