/** JSON in one form only (keys sorted, no blanks, undefined left out), so that equal data has an equal hash. After RFC 8785. */

/** The canonical JSON of plain data. Numbers and strings are as JSON.stringify writes them, which is what RFC 8785 asks. */
export function canonicalJson(value: unknown): string {
  // undefined has no JSON; in an array it becomes null, as JSON.stringify has it.
  if (value === undefined) return 'null';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  const entries = Object.entries(value as Record<string, unknown>).filter(([, item]) => item !== undefined);
  entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
