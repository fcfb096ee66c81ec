/** Lean nodes → plain data, with aliases and merge keys resolved, bounded against alias bombs. */
import type { DocNode, MapNode, Pair } from './node.ts';

/** Aliases and merges within each other, at most. */
const DEEPEST = 100;

/**
 * Plain data of a node, shared between parses where no alias is within: not to be changed. Never throws; what an alias
 * bomb or a self-reference would make endless becomes null.
 */
export function toValue(node: DocNode | undefined, depth = 0): unknown {
  if (!node || depth > DEEPEST) return null;
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'alias':
      return toValue(node.target, depth + 1);
    case 'seq':
      if (!node.stable) return node.items.map((item) => toValue(item, depth + 1));
      return ((node.remembered ??= {}).plain ??= node.items.map((item) => toValue(item, depth + 1)));
    case 'map':
      if (!node.stable) return plainMap(node, depth);
      return ((node.remembered ??= {}).plain ??= plainMap(node, depth));
  }
}

function plainMap(node: MapNode, depth: number): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  if (!hasMerge(node)) for (const pair of node.pairs) set(made, keyText(pair.key), toValue(pair.value, depth + 1));
  else for (const [key, value] of mergedPairs(node)) set(made, key, toValue(value, depth + 1));
  return made;
}

/** Sets an own property whatever its name: `__proto__` is a key like any other. */
function set(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

function hasMerge(map: MapNode): boolean {
  return map.pairs.some((pair) => pair.key.kind === 'scalar' && pair.key.value === '<<' && pair.key.style === 'plain');
}

/** The pairs of a map by key text, merge keys (`<<`) expanded; explicit keys win over merged ones, earlier maps over later. */
function mergedPairs(map: MapNode, depth = 0): Map<string, DocNode | undefined> {
  const merged = new Map<string, DocNode | undefined>();
  const own = new Map<string, DocNode | undefined>();
  for (const pair of map.pairs) {
    const name = keyText(pair.key);
    if (name === '<<' && pair.value && depth < 20) {
      for (const target of mergeSources(pair)) {
        for (const [key, value] of mergedPairs(target, depth + 1)) if (!merged.has(key)) merged.set(key, value);
      }
    } else own.set(name, pair.value);
  }
  for (const [key, value] of own) merged.set(key, value);
  return merged;
}

/** The maps that a merge key brings in: one, or a list of them. */
function mergeSources(pair: Pair): MapNode[] {
  const value = pair.value?.kind === 'alias' ? behind(pair.value) : pair.value;
  const sources = value?.kind === 'seq' ? value.items : value ? [value] : [];
  return sources.map(behind).filter((target) => target?.kind === 'map');
}

/** The node behind aliases. */
function behind(node: DocNode): DocNode | undefined {
  let here: DocNode | undefined = node;
  for (let hops = 0; here?.kind === 'alias' && hops < DEEPEST; hops++) here = here.target;
  return here?.kind === 'alias' ? undefined : here;
}

/** The map's own pair of that key: of two the last, as in the plain data. */
function ownPair(map: MapNode, name: string): Pair | undefined {
  if (map.pairs.length < 8) return map.pairs.findLast((pair) => keyText(pair.key) === name);
  map.remembered ??= {};
  map.remembered.pairsByKey ??= new Map(map.pairs.map((pair) => [keyText(pair.key), pair]));
  return map.remembered.pairsByKey.get(name);
}

/** The pair of that key, the map's own or one that a merge key brings in. */
export function findPair(map: MapNode, name: string, depth = 0): Pair | undefined {
  const own = ownPair(map, name);
  if (own || depth > 20) return own;
  for (const pair of map.pairs) {
    if (keyText(pair.key) !== '<<') continue;
    for (const source of mergeSources(pair)) {
      const found = findPair(source, name, depth + 1);
      if (found) return found;
    }
  }
  return undefined;
}

/** A key as text: what `metadata`, `1` and `true` look up as. */
export function keyText(key: DocNode): string {
  if (key.kind === 'scalar')
    return typeof key.value === 'string' ? key.value : key.value === null ? key.source : String(key.value);
  if (key.kind === 'alias') return key.target?.kind === 'scalar' ? keyText(key.target) : '';
  return '';
}
