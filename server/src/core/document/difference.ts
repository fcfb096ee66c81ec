/** Where a text differs from the one before it: what both begin with and end with alike. */

/** `text.slice(0, start)` and `text.slice(end)` stand in both; the latter `moved` characters further than before. */
export interface Difference {
  readonly start: number;
  readonly end: number;
  readonly moved: number;
}

/** Characters compared in one go: the engine compares pieces far quicker than a loop does characters. */
const PIECE = 2048;

/** How `text` differs from `before`; what both begin with alike is taken first. */
export function differenceOf(text: string, before: string): Difference {
  const most = Math.min(text.length, before.length);
  let start = 0;
  while (start < most && text.slice(start, start + PIECE) === before.slice(start, start + PIECE)) start += PIECE;
  start = Math.min(start, most);
  while (start < most && text.charCodeAt(start) === before.charCodeAt(start)) start++;
  const moved = text.length - before.length;
  let end = text.length;
  const alike = (from: number, to: number): boolean =>
    from >= start && from - moved >= start && text.slice(from, to) === before.slice(from - moved, to - moved);
  while (alike(end - PIECE, end)) end -= PIECE;
  while (end > start && end - moved > start && text.charCodeAt(end - 1) === before.charCodeAt(end - moved - 1)) end--;
  return { start, end, moved };
}

/** Whether what stands from `start` to `end` stood at `before` in the other text, as far as the difference alone tells. */
export function isAlike(difference: Difference, before: number, start: number, end: number): boolean {
  return (
    (before === start && end <= difference.start) || (before + difference.moved === start && start >= difference.end)
  );
}
