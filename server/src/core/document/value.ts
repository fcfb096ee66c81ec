/** Lean nodes → plain data, with aliases and merge keys resolved, bounded against alias bombs. */
import type { DocNode, MapNode } from './node.ts';

/** Plain data of a node. Never throws; what an alias bomb or a self-reference would make endless becomes null. */
export function toValue(node: DocNode | undefined, depth = 0): unknown {
  if (!node || depth > 100) return null;
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'alias':
      return toValue(node.target, depth + 1);
    case 'seq':
      return node.items.map((item) => toValue(item, depth + 1));
    case 'map': {
      const made: Record<string, unknown> = {};
      for (const [key, value] of mergedPairs(node)) made[key] = toValue(value, depth + 1);
      return made;
    }
  }
}

/** The pairs of a map by key text, merge keys (`<<`) expanded; explicit keys win over merged ones. */
export function mergedPairs(map: MapNode, depth = 0): Map<string, DocNode | undefined> {
  const merged = new Map<string, DocNode | undefined>();
  const own = new Map<string, DocNode | undefined>();
  for (const pair of map.pairs) {
    const name = keyText(pair.key);
    if (name === '<<' && pair.value && depth < 20) {
      const sources = pair.value.kind === 'seq' ? pair.value.items : [pair.value];
      for (const source of sources) {
        const target = source.kind === 'alias' ? source.target : source;
        if (target?.kind === 'map') {
          for (const [key, value] of mergedPairs(target, depth + 1)) if (!merged.has(key)) merged.set(key, value);
        }
      }
    } else own.set(name, pair.value);
  }
  for (const [key, value] of own) merged.set(key, value);
  return merged;
}

/** A key as text: what `metadata`, `1` and `true` look up as. */
export function keyText(key: DocNode): string {
  return key.kind === 'scalar' ? String(key.value) : '';
}
