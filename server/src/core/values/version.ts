/** Versions by segments: `15` covers 15.4 and 15.4-R2, `15.4` does not cover 15.40. */

/** The segments of a version: numbers where they are numbers, lower-case words else. `15.4-R2` → [15, 4, 'r2']. */
function versionSegments(text: string): readonly (number | string)[] {
  return text
    .trim()
    .replace(/^v(?=\d)/i, '')
    .toLowerCase()
    .split(/[.\-_+~\s]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/**
 * Order of two versions, segment by segment: negative, 0 or positive. Numbers by size, words by the alphabet, a number
 * before a word; what one leaves out counts as 0, so `15` and `15.0` are equal.
 */
export function compareVersions(left: string, right: string): number {
  const a = versionSegments(left);
  const b = versionSegments(right);
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const one = a[index] ?? 0;
    const other = b[index] ?? 0;
    if (one === other) continue;
    if (typeof one === 'number' && typeof other === 'number') return one - other;
    if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : 1;
    return typeof one === 'number' ? -1 : 1;
  }
  return 0;
}

/** Whether every segment of `prefix` stands at the start of `version`: what a plain `version: "15"` means. */
export function versionCovers(prefix: string, version: string): boolean {
  const wanted = versionSegments(prefix);
  const actual = versionSegments(version);
  return wanted.length > 0 && wanted.every((segment, index) => segment === actual[index]);
}

/** Whether the text can be a version at all: it begins with a digit (or `v` and a digit) and has no blank within. */
export function isVersion(text: string): boolean {
  return /^v?\d[\w.\-+~]*$/i.test(text.trim());
}
