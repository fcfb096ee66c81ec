/** The way of a walk through a document: its path, how that names the items of lists, and what is kept where it passes. */
import { resolved } from '../document/navigate.ts';
import type { MapNode, Path, SeqNode } from '../document/node.ts';
import { textAt } from './pairs.ts';

/** Where a walk is: most of what it passes is told to nobody, so paths and what names the items of a list are made when asked for. */
export class Trail {
  readonly #steps: (string | SeqNode)[] = [];
  readonly #indexes: number[] = [];
  /** How paths name the items of the lists that something was found in. */
  #named: Map<SeqNode, readonly (string | number)[]> | undefined;
  get length(): number {
    return this.#steps.length;
  }
  /** Goes to the value of a key. */
  toKey(name: string): void {
    this.#steps.push(name);
    this.#indexes.push(0);
  }
  /** Goes to an item of a list. */
  toItem(list: SeqNode, index: number): void {
    this.#steps.push(list);
    this.#indexes.push(index);
  }
  back(): void {
    this.#steps.pop();
    this.#indexes.pop();
  }
  /** The way from where the walk began. */
  path(): Path {
    const made: (string | number)[] = [];
    for (const [depth, step] of this.#steps.entries()) {
      const index = this.#indexes[depth] ?? 0;
      made.push(typeof step === 'string' ? step : (this.#segments(step)[index] ?? index));
    }
    return made;
  }

  #segments(list: SeqNode): readonly (string | number)[] {
    const named = (this.#named ??= new Map<SeqNode, readonly (string | number)[]>());
    const known = named.get(list);
    if (known) return known;
    const made = segmentsOf(list);
    named.set(list, made);
    return made;
  }
}

/** How paths name the items of a list: by `id` or `name` where that finds the item again, else by place. */
function segmentsOf(list: SeqNode): readonly (string | number)[] {
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

/** Long lists and maps only: what is found in a small one is found again sooner than it is worth its memory. */
const LONG = 30;

/** Whether what is found in a collection stays true as long as the node stands, and is worth keeping. */
export function isKept(node: MapNode | SeqNode): boolean {
  return node.stable && (node.kind === 'seq' ? node.items.length : node.pairs.length) >= LONG;
}
