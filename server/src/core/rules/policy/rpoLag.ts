/** A continuous backup may lag further behind than the RPO allows, and no other backup of the source is better. */
import { runbookRule } from '../say.ts';
import { lagWords } from '../words.ts';
import { bestLoss } from './bestLoss.ts';

export const rpoLag = runbookRule(
  { id: 'policy/rpo-lag', title: 'A continuous backup may lag further behind than the RPO allows.' },
  (view, say) => {
    for (const { group, backup, lossMs } of bestLoss(view)) {
      if (backup.kind !== 'continuous' || !view.rpo || lossMs <= view.rpo.ms) continue;
      const lag = (backup.value['continuous'] as { readonly lag?: unknown }).lag;
      say(
        [...backup.path, 'continuous', 'lag'],
        `Backup ${backup.name} of ${group.title} may lag ${lagWords(lag)} behind, more than the RPO of ${view.rpo.text}: ship more often, or accept a longer RPO.`,
        { expected: view.rpo.text, actual: lag },
      );
    }
  },
);
