/** Every copy of a source lies in the source's own region: one outage takes both. */
import { placesOf } from '../policy/copies.ts';
import { at, numberOf } from '../read.ts';
import { apartness } from '../policy/separate.ts';
import { opinion } from '../say.ts';
import { isInSource } from './sameBucket.ts';

export const sameRegion = opinion(
  { id: 'practice/same-region', title: 'Every copy lies in the region of its source.' },
  (view, say, { workspace }) => {
    if (at(view.class?.value, 'backups', 'separateRegion') !== undefined) return; // policy/separate-region says it
    const copies = numberOf(at(view.class?.value, 'backups', 'copies')) ?? 1;
    for (const group of view.groups) {
      if (placesOf(group).size < copies) continue; // policy/copies says it

      const first = group.backups[0];
      if (!first || group.backups.some((backup) => isInSource(view, backup))) continue;
      if (apartness(view, workspace, group, 'region') !== 'same') continue;
      say(
        first.path,
        `Every copy of ${group.title} lies in ${view.resources.get(group.of ?? '')?.region ?? 'one region'}, as ${group.of ?? group.title} does, so one outage takes both: keep a copy in another region.`,
        { at: 'key' },
      );
    }
  },
);
