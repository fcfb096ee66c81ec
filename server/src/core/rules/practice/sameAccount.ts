/** Every copy of a source lies in the source's own account: one stolen key, or one mistake, takes both. */
import { placesOf } from '../policy/copies.ts';
import { at, numberOf } from '../read.ts';
import { apartness } from '../policy/separate.ts';
import { opinion } from '../say.ts';
import { isInSource } from './sameBucket.ts';

export const sameAccount = opinion(
  { id: 'practice/same-account', title: 'Every copy lies in the account of its source.' },
  (view, say, { workspace }) => {
    if (at(view.class?.value, 'backups', 'separateAccount') !== undefined) return; // policy/separate-account says it
    const copies = numberOf(at(view.class?.value, 'backups', 'copies')) ?? 1;
    for (const group of view.groups) {
      if (placesOf(group).size < copies) continue; // policy/copies says it

      const first = group.backups[0];
      if (!first || group.backups.some((backup) => isInSource(view, backup))) continue;
      if (apartness(view, workspace, group, 'account') !== 'same') continue;
      say(
        first.path,
        `Every copy of ${group.title} lies in the account of ${group.of ?? group.title} itself, so one stolen key takes both: keep a copy in an account of its own.`,
        { at: 'key' },
      );
    }
  },
);
