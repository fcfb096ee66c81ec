/** One person ran every drill: nobody else has shown that they can. */
import { recordsOf } from '../../recovery/recordsOf.ts';
import { opinion } from '../say.ts';

export const oneDriller = opinion(
  { id: 'practice/one-driller', title: 'One person ran every drill.' },
  (view, say, { evidence }) => {
    if (evidence.entries.length === 0) return;
    const drills = recordsOf(evidence, view.name).filter((record) => record.level === 5);
    const people = new Set(drills.flatMap((record) => record.by ?? []));
    const [only] = people;
    if (drills.length < 2 || people.size !== 1 || only === undefined) return;
    say(
      ['metadata', 'owners'],
      `All ${drills.length} drills of ${view.name} were run by ${only}: let someone else run the next one from the runbook alone.`,
      { at: 'key', data: { by: only } },
    );
  },
);
