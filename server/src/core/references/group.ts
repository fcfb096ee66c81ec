/** Groups items by a key, in their order. */

/** The items by what `keyOf` says of each. */
export function groupBy<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const made = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = made.get(key);
    if (known) known.push(item);
    else made.set(key, [item]);
  }
  return made;
}
