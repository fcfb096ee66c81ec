/** One person or team alone owns the runbook: when they leave, so does what they know. */
import { ownerNames } from '../policy/owners.ts';
import { numberOf } from '../read.ts';
import { opinion } from '../say.ts';

export const singleOwner = opinion(
  { id: 'practice/single-owner', title: 'One owner alone knows how.' },
  (view, say) => {
    if (numberOf(view.class?.value['owners']) !== undefined) return; // policy/owners says it
    const names = ownerNames(view);
    if (!names || names.size > 1) return;
    const [only] = names;
    say(
      ['metadata', 'owners'],
      only === undefined
        ? `Runbook ${view.name} names no owner: say under metadata.owners who keeps it alive, two of them at least.`
        : `Runbook ${view.name} has ${only} as its single owner, and knowledge leaves with people: name a second one, and let them run the next drill.`,
      { at: 'key' },
    );
  },
);
