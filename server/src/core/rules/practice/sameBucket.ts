/** A bucket is backed up into itself. */
import type { RunbookView, BackupView } from '../runbookView.ts';
import { opinion } from '../say.ts';

export const sameBucket = opinion(
  { id: 'practice/same-bucket', title: 'A bucket is backed up into itself.' },
  (view, say) => {
    for (const backup of view.backups) {
      if (!isInSource(view, backup)) continue;
      say(
        [...backup.path, 'in', 'bucket'],
        `Backup ${backup.name} of ${backup.of ?? ''} lies in that same bucket, so they are lost together: keep it in another bucket, of another account where possible.`,
        { actual: backup.bucket },
      );
    }
  },
);

/** Whether the backup lies in the bucket that it is a backup of. */
export function isInSource(view: RunbookView, backup: BackupView): boolean {
  if (backup.of === undefined || backup.bucket === undefined) return false;
  if (backup.of === backup.bucket) return true;
  const [source, store] = [view.resources.get(backup.of), view.resources.get(backup.bucket)];
  return (
    source !== undefined &&
    store !== undefined &&
    source.kind === store.kind &&
    source.id !== '' &&
    source.id === store.id
  );
}
