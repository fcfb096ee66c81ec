/** Evidence is committed and read on other machines: what lies in the workspace is named from its root. */

/** A copy of `record` in which paths and file URIs below `root` (absolute) are relative to it. */
export function portable<T>(record: T, root: string): T {
  const base = root.replace(/\/+$/u, '');
  if (base === '') return record;
  const prefixes = [`file://${encodeURI(base)}/`, `file://${base}/`, `${base}/`];
  const shortened = (text: string): string =>
    prefixes.reduce((left, prefix) => {
      // Within a longer path it is another place's name.
      const pieces = left.split(prefix);
      return pieces.reduce((whole, piece) => whole + (/[\w./-]$/u.test(whole) ? prefix : '') + piece);
    }, text);
  return walk(record, shortened) as T;
}

function walk(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => walk(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, change)]));
}
