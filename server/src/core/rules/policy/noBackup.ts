/** The runbook of a class whose data must come back names no backup and no replica. */
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

export const noBackup = runbookRule(
  { id: 'policy/no-backup', title: 'There is no backup, and the class is not ephemeral.' },
  (view, say) => {
    if (!view.class || view.class.ephemeral || view.replication || view.backups.length > 0) return;
    const asks = ['rpo', 'backups', 'verify'].some((key) => view.class?.value[key] !== undefined);
    if (
      !asks ||
      (view.value['backups'] !== undefined &&
        view.value['backups'] !== null &&
        Object.keys(view.value['backups']).length > 0)
    )
      return;
    say(
      view.value['backups'] === undefined ? ['metadata', 'name'] : ['backups'],
      `Runbook ${view.name} has no backup, but ${classWords(view)} holds data that must come back: declare its backups, rely on replication, or choose an ephemeral class.`,
      view.value['backups'] === undefined ? {} : { at: 'key' },
    );
  },
);
