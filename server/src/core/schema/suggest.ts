/** Did you mean: the nearest of the allowed words. */

/** The allowed word that is nearest to `word`, where one is near enough to be meant. */
export function nearest(word: string, allowed: readonly string[]): string | undefined {
  const bound = Math.max(1, Math.floor(word.length / 3));
  const plain = simplified(word);
  let best: string | undefined;
  let least = bound + 1;
  for (const candidate of allowed) {
    const other = simplified(candidate);
    if (plain !== '' && plain === other) return candidate;
    const distance = editDistance(plain, other, least);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  if (best !== undefined) return best;
  const parts = allowed.filter(
    (candidate) =>
      plain.length >= 3 && (simplified(candidate).startsWith(plain) || simplified(candidate).endsWith(plain)),
  );
  return parts.length === 1 ? parts[0] : undefined;
}

/** The words as a list for a sentence, cut after `most`. */
export function listed(words: readonly string[], most = 30): string {
  const shown = words.slice(0, most).map((word) => `\`${word}\``);
  return shown.join(', ') + (words.length > most ? ` and ${words.length - most} more` : '');
}

function simplified(word: string): string {
  return word
    .toLowerCase()
    .replace(/[-_\s]/g, '')
    .slice(0, 60);
}

/** Steps from one word to the other (insert, delete, replace, swap neighbours); stops counting at `bound`. */
function editDistance(one: string, other: string, bound: number): number {
  if (Math.abs(one.length - other.length) >= bound) return bound;
  let before: number[] = [];
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const cost = one[row - 1] === other[column - 1] ? 0 : 1;
      let value = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + cost,
      );
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
        value = Math.min(value, (before[column - 2] ?? 0) + 1);
      }
      current.push(value);
    }
    before = previous;
    previous = current;
  }
  return previous[other.length] ?? bound;
}
