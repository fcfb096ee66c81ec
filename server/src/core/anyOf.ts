/** A look for several words at once, before a closer one. */

/** Finds any of the words: one pass over a text, however many there are. */
export function anyOf(words: readonly string[]): RegExp {
  return new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/gu, '\\$&')).join('|'), 'u');
}
