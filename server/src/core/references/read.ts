/** Reads plain data of unknown shape: half-typed documents hold anything anywhere. */

export type PlainMap = Readonly<Record<string, unknown>>;

/** The value as a map; an empty one where it is none. */
export function asMap(value: unknown): PlainMap {
  return isMap(value) ? value : {};
}

export function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as text; undefined where it is empty or no scalar. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The texts of a list, or the one text that stands in place of a list. */
export function asTexts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(asText).filter((each) => each !== undefined);
  const one = asText(value);
  return one === undefined ? [] : [one];
}

/** What stands at the path of keys in plain data. */
export function dig(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (!isMap(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}
