/** Matching of IAM's patterns. */

/** IAM's wildcards: `*` any text, `?` one character. Linear, without backtracking into exponential time. */
export function wildcard(pattern: string, text: string): boolean {
  let patternAt = 0;
  let textAt = 0;
  let star = -1;
  let mark = 0;
  while (textAt < text.length) {
    const wanted = pattern[patternAt];
    if (wanted === '*') {
      star = patternAt++;
      mark = textAt;
    } else if (wanted === '?' || (wanted !== undefined && wanted === text[textAt])) {
      patternAt++;
      textAt++;
    } else if (star >= 0) {
      patternAt = star + 1;
      textAt = ++mark;
    } else return false;
  }
  while (pattern[patternAt] === '*') patternAt++;
  return patternAt === pattern.length;
}

/** Is there a text that both patterns match? */
export function overlap(left: string, right: string): boolean {
  // `at[index]`: can what was read of `left` so far end where `right` stands at `index`?
  let at = starsFrom([true], right);
  for (const wanted of left) {
    const next: boolean[] = [];
    for (let index = 0; index <= right.length; index++) {
      const other = right[index - 1];
      const both = other === wanted || other === '?' || other === '*' || wanted === '?';
      const took = index > 0 && both && (at[index - 1] === true || (other === '*' && at[index] === true));
      // A star takes nothing, or one more of the other.
      next[index] = wanted === '*' ? at[index] === true || (index > 0 && next[index - 1] === true) : took;
    }
    at = starsFrom(next, right);
  }
  return at[right.length] === true;
}

/** A star of `right` may stand for nothing at all. */
function starsFrom(at: readonly boolean[], right: string): boolean[] {
  const all = [...at];
  for (let index = 1; index <= right.length; index++)
    all[index] ||= right[index - 1] === '*' && all[index - 1] === true;
  return all;
}
