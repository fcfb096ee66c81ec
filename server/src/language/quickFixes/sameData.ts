/** Whether two values of plain data are the same; the order of keys does not count. */
export function isDeepStrictEqualData(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return Object.is(one, other);
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const left = Object.keys(one);
  const right = Object.keys(other);
  const get = (value: object, key: string): unknown => (value as Record<string, unknown>)[key];
  return (
    left.length === right.length &&
    left.every((key) => Object.hasOwn(other, key) && isDeepStrictEqualData(get(one, key), get(other, key)))
  );
}
