/** The pairs of a map by the text of their keys, with what merge keys bring in. */
import { resolved } from '../document/navigate.ts';
import type { DocNode, MapNode } from '../document/node.ts';
import { keyText } from '../document/value.ts';

export interface NamedPair {
  readonly key: DocNode;
  readonly value: DocNode | undefined;
}

/** Whether merge keys bring pairs into the map. */
export function hasMergeKey({ pairs }: MapNode): boolean {
  for (const { key } of pairs) if (key.kind === 'scalar' && key.value === '<<') return true;
  return false;
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
