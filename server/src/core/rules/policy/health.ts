/** A backup names no metric or no alert, though its class requires both: nobody would know that it stopped. */
import { dataOf, textOf } from '../read.ts';
import { runbookRule } from '../say.ts';
import { classWords, listWords } from '../words.ts';

export const health = runbookRule(
  { id: 'policy/health', title: 'A backup names no health metric or alert, though the class requires it.' },
  (view, say) => {
    if (view.class?.value['health'] !== 'required') return;
    for (const backup of view.backups) {
      if (backup.copyOf !== undefined) continue;
      const own = dataOf(backup.value['health']);
      const missing = ['metric', 'alert'].filter((key) => textOf(own[key]) === undefined);
      if (missing.length === 0) continue;
      const some = backup.value['health'] !== undefined;
      say(
        some ? [...backup.path, 'health'] : backup.path,
        `Backup ${backup.name} names no health ${listWords(missing, 'or')}, but ${classWords(view)} requires it: name the metric of its last success and who is told when it stops.`,
        { at: 'key', expected: ['metric', 'alert'] },
      );
    }
  },
);
