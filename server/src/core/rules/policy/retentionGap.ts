/** A backup is thrown away before the next one is sure to be there, so that at times there is none. */
import { durationOf, written } from '../read.ts';
import { runbookRule } from '../say.ts';
import { timeWords } from '../words.ts';

export const retentionGap = runbookRule(
  { id: 'policy/retention-gap', title: 'A backup expires before the next one is there.' },
  (view, say) => {
    for (const backup of view.backups) {
      if (backup.retentionMs === undefined || backup.gapMs === undefined || backup.value['retention'] === undefined)
        continue;
      const next = backup.gapMs + (durationOf(backup.value['takes']) ?? 0);
      if (backup.retentionMs >= next) continue;
      say(
        [...backup.path, 'retention'],
        `Backup ${backup.name} is kept ${written(backup.value['retention'])}, but the next one may come only ${timeWords(next)} later, so at times there is none: keep it longer than its interval.`,
        { expected: `>=${timeWords(next)}`, actual: backup.value['retention'] },
      );
    }
  },
);
