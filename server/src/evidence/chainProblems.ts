/** What is wrong with the lines of one chain: edited, missing, in another order, forked. */
import { FIRST, hashOf, type JournalEntry } from './journal.ts';

export type ProblemKind = 'edited' | 'removed' | 'reordered' | 'forked' | 'cut' | 'unreadable' | 'signature' | 'stray';

export interface JournalProblem {
  readonly kind: ProblemKind;
  readonly writer: string;
  readonly sequence?: number;
  readonly record?: string;
  /** One sentence. */
  readonly message: string;
}

/** Every line against its own hash and the line before. */
export function chainProblems(writer: string, entries: readonly JournalEntry[]): readonly JournalProblem[] {
  const problems: JournalProblem[] = [];
  const seen = new Map<number, JournalEntry>();
  const followed = new Map<string, number>();
  let before: JournalEntry | undefined;
  for (const entry of entries) {
    const { hash, ...content } = entry;
    const at = { writer, sequence: entry.sequence, record: entry.record };
    if (hashOf(content) !== hash)
      problems.push({
        kind: 'edited',
        ...at,
        message: `Entry ${entry.sequence} of ${writer} was edited: its content no longer has its hash.`,
      });
    if (entry.writer !== writer)
      problems.push({
        kind: 'edited',
        ...at,
        message: `Entry ${entry.sequence} of ${writer} belongs to the chain ${entry.writer}.`,
      });
    const other = followed.get(entry.previous);
    if (seen.has(entry.sequence) || other !== undefined) {
      problems.push({
        kind: 'forked',
        ...at,
        message: `The chain ${writer} forks: two entries follow entry ${entry.sequence - 1}.`,
      });
    } else if (before && entry.sequence < before.sequence) {
      problems.push({
        kind: 'reordered',
        ...at,
        message: `Entry ${entry.sequence} of ${writer} stands behind entry ${before.sequence}: the order was changed.`,
      });
    } else if (before ? entry.sequence > before.sequence + 1 : entry.sequence !== 1) {
      const from = (before?.sequence ?? 0) + 1;
      const later = entries.some((each) => each.sequence === from);
      problems.push(
        later
          ? {
              kind: 'reordered',
              ...at,
              message: `Entry ${entry.sequence} of ${writer} stands before entry ${from}: the order was changed.`,
            }
          : {
              kind: 'removed',
              ...at,
              message: `${entry.sequence - from === 1 ? `Entry ${from}` : `Entries ${from} to ${entry.sequence - 1}`} of ${writer} ${entry.sequence - from === 1 ? 'is' : 'are'} missing.`,
            },
      );
    } else if (entry.previous !== (before?.hash ?? FIRST)) {
      problems.push({
        kind: 'edited',
        ...at,
        message: `Entry ${entry.sequence} of ${writer} does not follow from the one before: one of the two was rewritten.`,
      });
    }
    seen.set(entry.sequence, entry);
    followed.set(entry.previous, entry.sequence);
    before = entry;
  }
  return problems;
}
