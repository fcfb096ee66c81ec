/** No backup of a source is made often enough: the longest gap of its schedule, and the time that making it takes, exceed the RPO. */
import { written } from '../read.ts';
import { runbookRule } from '../say.ts';
import { bestLoss } from './bestLoss.ts';
import { listWords, timeWords } from '../words.ts';

export const rpoSchedule = runbookRule(
  { id: 'policy/rpo-schedule', title: 'A schedule loses more than the RPO allows.' },
  (view, say) => {
    for (const { group, backup, lossMs, together } of bestLoss(view)) {
      if (backup.kind !== 'schedule' || !view.rpo || lossMs <= view.rpo.ms) continue;
      const takes = backup.value['takes'];
      const apart = `runs up to ${timeWords(backup.gapMs ?? 0)} apart`;
      const parts = together
        ? `Backups ${listWords(together.map((each) => each.name))} of ${group.title} run in turn`
        : `Backup ${backup.name} of ${group.title} ${apart}${takes === undefined ? '' : ` and takes ${written(takes)}`}`;
      say(
        [...backup.path, 'schedule'],
        `${parts}, so ${timeWords(lossMs)} can be lost, more than the RPO of ${view.rpo.text}${together ? ': run them' : ': run it'} more often, or add continuous archiving.`,
        { expected: view.rpo.text, actual: timeWords(lossMs) },
      );
    }
  },
);
