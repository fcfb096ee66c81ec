/** No copy of a source lies in another account, though its class asks for one. */
import { at } from '../read.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';
import { apartness } from './separate.ts';

export const separateAccount = runbookRule(
  { id: 'policy/separate-account', title: 'No copy lies in another account, though the class asks for one.' },
  (view, say, { workspace }) => {
    if (at(view.class?.value, 'backups', 'separateAccount') !== true) return;
    for (const group of view.groups) {
      const first = group.backups[0];
      if (!first || !['same', 'local'].includes(apartness(view, workspace, group, 'account'))) continue;
      say(
        first.path,
        `No copy of ${group.title} lies in another account than ${group.of ?? group.title} itself, but ${classWords(view)} asks for one: keep a copy in a bucket of another account.`,
        { at: 'key' },
      );
    }
  },
);
