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
}

/** Every node of the document that `pattern` leads to: `*` is any key, `[]` any item, or the value itself where it is no list. */
export function find(document: ParsedDocument, pattern: readonly string[]): readonly Found[] {
  const found: Found[] = [];
  const root = resolved(document.root);
  if (root) step(root, undefined, [], pattern, 0, found);
  return found;
}

function step(
  node: DocNode,
  key: DocNode | undefined,
  path: Path,
  pattern: readonly string[],
  at: number,
  found: Found[],
): void {
  const wanted = pattern[at];
  if (wanted === undefined) {
    found.push({ path, node, key });
  } else if (wanted === '[]') {
    if (node.kind === 'seq') {
      const segments = segmentsOf(node);
      node.items.forEach((item, index) => {
        const value = resolved(item);
        if (value) step(value, undefined, [...path, segments[index] ?? index], pattern, at + 1, found);
      });
    } else if (node.kind === 'scalar') step(node, key, path, pattern, at + 1, found);
  } else if (node.kind === 'map') {
    for (const [name, pair] of pairsOf(node)) {
      if (wanted !== '*' && wanted !== name) continue;
      const value = resolved(pair.value);
      if (value) step(value, pair.key, [...path, name], pattern, at + 1, found);
      else if (at + 1 === pattern.length) found.push({ path: [...path, name], node: pair.key, key: pair.key });
    }
  }
}

export interface NamedPair {
  readonly key: DocNode;
  readonly value: DocNode | undefined;
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
    const name = itemName(item);
    const also = itemValue(item, 'name');
    const free = name !== undefined && !taken.has(name);
    if (name !== undefined) taken.add(name);
    if (also !== undefined) taken.add(also);
    return free ? name : index;
  });
}

function itemName(item: DocNode | undefined): string | undefined {
  return itemValue(item, 'id') ?? itemValue(item, 'name');
}

function itemValue(item: DocNode | undefined, key: string): string | undefined {
  const map = resolved(item);
  if (map?.kind !== 'map') return undefined;
  const value = resolved(pairsOf(map).get(key)?.value);
  return value?.kind === 'scalar' && value.value !== null ? String(value.value) : undefined;
}

/** Every scalar value as it is written, each once, with its path; keys and aliases are left out. */
export function scalarsOf(document: ParsedDocument): readonly { readonly path: Path; readonly node: ScalarNode }[] {
  const found: { readonly path: Path; readonly node: ScalarNode }[] = [];
  const visit = (node: DocNode | undefined, path: Path): void => {
    if (!node || path.length > 200) return;
    if (node.kind === 'scalar') found.push({ path, node });
    else if (node.kind === 'map') {
      for (const pair of node.pairs) {
        const name = keyText(pair.key);
        // What is merged in stands at the path of the map that merges it.
        visit(pair.value, name === '<<' && pair.value?.kind === 'map' ? path : [...path, name]);
      }
    } else if (node.kind === 'seq') {
      const segments = segmentsOf(node);
      node.items.forEach((item, index) => visit(item, [...path, segments[index] ?? index]));
    }
  };
  visit(document.root, []);
  return found;
}
