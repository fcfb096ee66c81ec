/** Backups are immutable, and no role of its own restores them: the lock is tested, the way through it is not. */
import { opinion } from '../say.ts';

export const immutableWithoutRole = opinion(
  { id: 'practice/immutable-without-role', title: 'Immutable backups have no restore role of their own.' },
  (view, say) => {
    if (view.restore['role'] !== undefined) return;
    const backup = view.backups.find((each) => each.value['immutable'] === true && each.bucket !== undefined);
    if (!backup) return;
    say(
      [...backup.path, 'immutable'],
      `Backup ${backup.name} is immutable and no role restores it, so nobody knows who can read it under the lock: name a restore.role that may read it and may not bypass the lock.`,
    );
  },
);
