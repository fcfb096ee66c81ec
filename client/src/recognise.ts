/** Tells a document of ours by the head of its text. */

/** How much of a file counts as its head. */
const HEAD_LINES = 200;

export type Recognition = 'ours' | 'other' | 'undecided';

/**
 * Looks for a top-level `apiVersion` in the head: `ours` where it starts with `drillbook/`, `other` where every one
 * names something else, `undecided` where there is none (an empty or half-written file).
 */
export function recognise(text: string): Recognition {
  let result: Recognition = 'undecided';
  let start = 0;
  for (let line = 0; line < HEAD_LINES && start <= text.length; line += 1) {
    const end = text.indexOf('\n', start);
    const content = text.slice(start, end === -1 ? text.length : end);
    const match = /^\uFEFF?(?:---\s+)?["']?apiVersion["']?\s*:\s*["']?([^\s"'#]+)/.exec(content);
    if (match?.[1]?.startsWith('drillbook/') === true) return 'ours';
    if (match?.[1] !== undefined) result = 'other';
    if (end === -1) break;
    start = end + 1;
  }
  return result;
}
