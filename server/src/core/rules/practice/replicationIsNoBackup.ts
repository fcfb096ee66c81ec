/** A replica is all there is: it follows every mistake within seconds. */
import { opinion } from '../say.ts';

export const replicationIsNoBackup = opinion(
  { id: 'practice/replication-is-no-backup', title: 'A replica is all there is.' },
  (view, say) => {
    if (!view.replication || view.backups.length > 0 || view.value['strategy'] === undefined) return;
    say(
      ['strategy'],
      `Runbook ${view.name} has a replica and no backup, and a replica follows a dropped table within seconds: add a backup to go back to.`,
    );
  },
);
