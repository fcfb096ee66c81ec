/** Did you mean: the known word that is nearest to what was typed. */

/** The nearest of `known`, or undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (best === undefined || distance < best.distance) best = { word: candidate, distance };
  }
  if (best === undefined) return undefined;
  const near = Math.max(1, Math.floor(Math.max(word.length, best.word.length) / 3));
  // Of one letter another is no slip of the finger: `9` is not `0`.
  if (best.distance <= near && best.distance < Math.max(word.length, best.word.length)) return best.word;
  return known.find((candidate) => word.length >= 3 && candidate.startsWith(word));
}

/** ` Did you mean "check"?`, or nothing. */
export function didYouMean(
  word: string,
  known: readonly string[],
  decorate = (found: string): string => `"${found}"`,
): string {
  const found = nearest(word, known);
  return found === undefined ? '' : ` Did you mean ${decorate(found)}?`;
}

/** Damerau–Levenshtein, optimal string alignment: a swap of neighbours counts once. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let best = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + cost,
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (before[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
