/** Mends of a drillbook-ignore that suppresses nothing yet, because its end or its reason lacks. */
import { findingSpan } from '../../../core/findingSpan.ts';
import { suppressionsOf } from '../../../core/suppression/suppressions.ts';
import { untilDate } from '../../words.ts';
import type { Mender } from './mend.ts';

/** Adds the words that lack, at the end of the comment. */
export const wholeSuppression: Mender = (context, entry, finding) => {
  const { start } = findingSpan(context.parsed, finding);
  const found = suppressionsOf(context.parsed).find(({ comment }) => comment.start <= start && start < comment.end);
  if (!found || found.code === '') return [];
  const { text } = context.parsed;
  const written = text.slice(found.comment.start, found.comment.end);
  const words = [
    ...(/\suntil=/u.test(written) ? [] : [`until=${untilDate(context.now)}`]),
    ...(/\sreason=/u.test(written) ? [] : ['reason="say why here"']),
  ];
  const at = found.comment.start + written.trimEnd().length;
  if (words.length === 0) return [];
  const names = words.map((word) => word.replace(/=.*$/u, '')).join(' and ');
  return [
    {
      title: `Add ${names}`,
      edits: [{ file: entry.file, span: { start: at, end: at }, newText: ` ${words.join(' ')}` }],
    },
  ];
};
