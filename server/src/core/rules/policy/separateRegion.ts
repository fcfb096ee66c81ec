/** No copy of a source lies in another region, though its class asks for one. */
import { at } from '../read.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';
import { apartness } from './separate.ts';

export const separateRegion = runbookRule(
  { id: 'policy/separate-region', title: 'No copy lies in another region, though the class asks for one.' },
  (view, say, { workspace }) => {
    if (at(view.class?.value, 'backups', 'separateRegion') !== true) return;
    for (const group of view.groups) {
      const first = group.backups[0];
      if (!first || !['same', 'local'].includes(apartness(view, workspace, group, 'region'))) continue;
      say(
        first.path,
        `No copy of ${group.title} lies in another region than ${group.of ?? group.title} itself, but ${classWords(view)} asks for one: keep a copy in a bucket of another region.`,
        { at: 'key' },
      );
    }
  },
);
