/** Nobody has read the runbook with care for longer than its class allows, or the date is missing or in the future. */
import { addKey } from '../edits.ts';
import { at, durationOf, textOf, timeOf, written } from '../read.ts';
import { runbookRule } from '../say.ts';
import { tellDays } from '../changes.ts';
import { classWords, timeWords } from '../words.ts';

const DAY = 86_400_000;

export const review = runbookRule(
  { id: 'policy/review', title: 'The review is overdue.' },
  (view, say, { now, changesAt }) => {
    const every = textOf(view.class?.value['reviewEvery']);
    const everyMs = durationOf(every);
    if (every === undefined || everyMs === undefined) return;
    const own = at(view.value, 'metadata', 'reviewedOn');
    const reviewed = timeOf(own);
    const path = ['metadata', 'reviewedOn'];
    if (reviewed !== undefined) for (const ms of [everyMs, -DAY, 0]) tellDays(changesAt, reviewed + ms, now);
    if (own === undefined) {
      const today = new Date(now).toISOString().slice(0, 10);
      say(
        path,
        `Runbook ${view.name} says no reviewedOn, but ${classWords(view)} asks for a review every ${every}: read it with care, and write the day down.`,
        {
          at: 'key',
          fixes: addKey(view.entry, ['metadata'], 'reviewedOn', today, 'Reviewed today'),
        },
      );
    } else if (reviewed !== undefined && reviewed > now + DAY) {
      say(
        path,
        `The review of ${written(own)} lies in the future: write the day on which someone last read it with care.`,
        { actual: own },
      );
    } else if (reviewed !== undefined && now - reviewed > everyMs) {
      say(
        path,
        `The last review was on ${written(own)}, ${timeWords(Math.floor((now - reviewed) / DAY) * DAY)} ago, but ${classWords(view)} asks for one every ${every}: read it with care, and write today's date.`,
        { expected: every, actual: own },
      );
    }
  },
);
