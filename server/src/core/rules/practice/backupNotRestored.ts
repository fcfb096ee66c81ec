/** A backup that no dry run restores: it is not a backup, it is a hope. */
import { at } from '../read.ts';
import { opinion } from '../say.ts';

export const backupNotRestored = opinion(
  { id: 'practice/backup-not-restored', title: 'No dry run restores this backup.' },
  (view, say) => {
    const asked = at(view.class?.value, 'verify', 'restoreTest', 'every') !== undefined;
    if (asked && view.dryRuns.length === 0) return; // policy/no-dry-run says it
    const restored = new Set(view.dryRuns.flatMap((dryRun) => dryRun.backups));
    for (const backup of view.backups) {
      if (backup.copyOf !== undefined || restored.has(backup.name)) continue;
      say(
        backup.path,
        `No dry run restores backup ${backup.name}, so nobody knows whether it would come back: add one under dryRuns.`,
        { at: 'key' },
      );
    }
  },
);
