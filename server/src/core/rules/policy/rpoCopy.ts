/** A copy of a backup arrives later than the RPO allows: where the first copy is lost, too much is lost with it. */
import { durationOf, written } from '../read.ts';
import { runbookRule } from '../say.ts';

export const rpoCopy = runbookRule(
  { id: 'policy/rpo-copy', title: 'A copy arrives later than the RPO allows.' },
  (view, say) => {
    if (!view.rpo || view.replication) return;
    for (const backup of view.backups) {
      const within = durationOf(backup.value['within']);
      if (backup.copyOf === undefined || within === undefined || within <= view.rpo.ms) continue;
      say(
        [...backup.path, 'within'],
        `Copy ${backup.name} may arrive ${written(backup.value['within'])} after ${backup.copyOf}, later than the RPO of ${view.rpo.text} allows if ${backup.copyOf} is lost: copy sooner, or accept a longer RPO.`,
        { expected: view.rpo.text, actual: backup.value['within'] },
      );
    }
  },
);
