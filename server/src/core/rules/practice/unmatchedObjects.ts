/** A backup is whatever was written last into a bucket or folder: a stray file becomes the newest backup. */
import { dataOf } from '../read.ts';
import { opinion } from '../say.ts';

export const unmatchedObjects = opinion(
  { id: 'practice/unmatched-objects', title: 'Any file in the store counts as a backup.' },
  (view, say) => {
    for (const backup of view.backups) {
      if (!['pg_dump', 'mysqldump', 'mariadb-dump', 'mariadb-backup', 'sqlite'].includes(backup.tool)) continue;
      const inside = dataOf(backup.value['in']);
      if (
        (inside['bucket'] === undefined && inside['folder'] === undefined) ||
        inside['match'] !== undefined ||
        inside['time'] !== undefined
      )
        continue;
      if (typeof inside['prefix'] === 'string' && !/\/$/u.test(inside['prefix']) && inside['prefix'] !== '') continue;
      say(
        [...backup.path, 'in'],
        `Any file counts as backup ${backup.name}, so a stray one becomes the newest: add match with the names that backups have.`,
        { at: 'key' },
      );
    }
  },
);
