/** Did-you-mean: the known names that are near to one that is not known. */

/** The nearest of `known` to `name`, best first, at most `limit`; none that is further than a third of its letters. */
export function suggest(name: string, known: Iterable<string>, limit = 3): readonly string[] {
  const wanted = name.toLowerCase();
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  const near: { readonly name: string; readonly distance: number }[] = [];
  for (const each of known) {
    if (each === name) continue;
    const candidate = each.toLowerCase();
    if (
      Math.abs(candidate.length - wanted.length) > allowed &&
      !candidate.startsWith(wanted) &&
      !wanted.startsWith(candidate)
    )
      continue;
    const distance = editDistance(wanted, candidate);
    const related =
      wanted.length >= 3 && candidate.length >= 3 && (candidate.startsWith(wanted) || wanted.startsWith(candidate));
    if (distance <= allowed || related) near.push({ name: each, distance });
  }
  return near
    .sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, limit)
    .map((each) => each.name);
}

/** Insertions, deletions, substitutions and swaps of neighbours that lead from one text to the other. */
export function editDistance(one: string, other: string): number {
  const width = other.length + 1;
  let before: number[] = [];
  let row = Array.from({ length: width }, (_, column) => column);
  for (let line = 1; line <= one.length; line++) {
    const next = [line];
    for (let column = 1; column < width; column++) {
      const same = one[line - 1] === other[column - 1];
      let best = Math.min((row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, (row[column - 1] ?? 0) + (same ? 0 : 1));
      if (line > 1 && column > 1 && one[line - 1] === other[column - 2] && one[line - 2] === other[column - 1]) {
        best = Math.min(best, (before[column - 2] ?? 0) + 1);
      }
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[width - 1] ?? 0;
}

/** The names as people list them: `a, b and c`; no more than eight. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}` : (shown[0] ?? '');
}
