/** A backup is kept longer than its class allows: data that should be gone must be gone from backups too. */
import { replaceValue } from '../edits.ts';
import { at, durationOf, textOf, written } from '../read.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

export const retentionAtMost = runbookRule(
  { id: 'policy/retention-at-most', title: 'A backup is kept longer than the class allows.' },
  (view, say) => {
    const bound = textOf(at(view.class?.value, 'backups', 'retentionAtMost'));
    const most = durationOf(bound);
    if (bound === undefined || most === undefined) return;
    for (const backup of view.backups) {
      const own = durationOf(backup.value['retention']);
      if (own === undefined || own <= most) continue;
      const path = [...backup.path, 'retention'];
      say(
        path,
        `Backup ${backup.name} is kept ${written(backup.value['retention'])}, longer than the ${bound} that ${classWords(view)} allows: delete it by then.`,
        {
          expected: bound,
          actual: backup.value['retention'],
          fixes: replaceValue(view.entry, path, bound, `Change it to ${bound}`),
        },
      );
    }
  },
);
