/** Circles in a directed graph of names, found in one pass. */

import { groupBy } from './group.ts';

export interface Edge<T> {
  readonly from: string;
  readonly to: string;
  /** What the edge stands for: a place in a document. */
  readonly value: T;
}

/** A circle, and the edge that closes it. */
export interface Circle<T> {
  /** The names along it; the first one follows the last one again. */
  readonly names: readonly string[];
  readonly edges: readonly Edge<T>[];
}

/** One circle for every edge that leads back to where the walk came from, in the order of the edges. No recursion, linear. */
export function circles<T>(edges: readonly Edge<T>[]): readonly Circle<T>[] {
  const out = groupBy(edges, (edge) => edge.from);
  const done = new Set<string>();
  const found: Circle<T>[] = [];
  for (const start of out.keys()) {
    if (done.has(start)) continue;
    const trail: Edge<T>[] = [];
    const onTrail = new Map<string, number>([[start, 0]]);
    const stack: { readonly name: string; next: number }[] = [{ name: start, next: 0 }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const edge = out.get(top.name)?.[top.next++];
      if (!edge) {
        done.add(top.name);
        onTrail.delete(top.name);
        stack.pop();
        trail.pop();
      } else {
        const back = onTrail.get(edge.to);
        if (back !== undefined) {
          const circle = [...trail.slice(back), edge];
          found.push({ names: circle.map((each) => each.from), edges: circle });
        } else if (!done.has(edge.to)) {
          trail.push(edge);
          onTrail.set(edge.to, stack.length);
          stack.push({ name: edge.to, next: 0 });
        }
      }
    }
  }
  return found;
}
