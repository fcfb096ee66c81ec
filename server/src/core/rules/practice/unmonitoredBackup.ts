/** A backup runs by itself, and nobody would be told that it stopped. */
import { dataOf, textOf } from '../read.ts';
import { opinion } from '../say.ts';
import { listWords } from '../words.ts';

export const unmonitoredBackup = opinion(
  { id: 'practice/unmonitored-backup', title: 'A backup runs by itself, without metric or alert.' },
  (view, say) => {
    if (view.class?.value['health'] === 'required') return; // policy/health says it
    for (const backup of view.backups) {
      if (backup.kind !== 'schedule' && backup.kind !== 'continuous') continue;
      const own = dataOf(backup.value['health']);
      const missing = ['metric', 'alert'].filter((key) => textOf(own[key]) === undefined);
      if (missing.length === 0) continue;
      say(
        backup.value['health'] === undefined ? backup.path : [...backup.path, 'health'],
        `Backup ${backup.name} runs by itself with no ${listWords(missing, 'or')}, so nobody would know that it stopped: name the metric of its last success and who is told, under health.`,
        { at: 'key' },
      );
    }
  },
);
