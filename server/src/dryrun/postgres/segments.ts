/** Names of write-ahead log segments, counted as PostgreSQL counts them. */

/** Segments (16 MiB) from `first` to `last`, both included, on the timeline of `first`; at most 100,000. */
export function segmentsBetween(first: string, last: string): readonly string[] {
  const start = parse(first);
  const end = parse(last);
  if (!start || !end) return [];
  const names: string[] = [];
  for (let at = start.number; at <= end.number && names.length < 100_000; at++) {
    const high = Math.floor(at / 256);
    names.push(`${start.timeline}${hex(high)}${hex(at % 256)}`);
  }
  return names;
}

function parse(name: string): { readonly timeline: string; readonly number: number } | undefined {
  const found = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/iu.exec(name);
  if (!found) return undefined;
  return {
    timeline: (found[1] ?? '').toUpperCase(),
    number: Number.parseInt(found[2] ?? '', 16) * 256 + Number.parseInt(found[3] ?? '', 16),
  };
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}
