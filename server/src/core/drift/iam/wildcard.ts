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
