/** A continuous backup may lag further behind than the RPO allows, and no other backup of the source is better. */
import { PROVIDER_TOOLS } from '../../recovery/backupTools.ts';
import { at } from '../read.ts';
import type { BackupView, RunbookView, SourceGroup } from '../runbookView.ts';
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
    for (const { backup, group } of untold(view)) {
      say(
        [...backup.path, 'continuous'],
        `Backup ${backup.name} of ${group.title} is continuous and says no lag, so nobody can tell whether it holds the RPO of ${view.rpo?.text ?? ''}: write how far it may be behind under continuous.lag.`,
        { at: 'key', expected: view.rpo?.text },
      );
    }
  },
);

/** Sources whose RPO no backup is known to hold, with one that ships without saying how soon; a provider's own is known to be near. */
function untold(view: RunbookView): readonly { readonly group: SourceGroup; readonly backup: BackupView }[] {
  const { rpo } = view;
  if (!rpo || view.replication) return [];
  return view.groups.flatMap((group) => {
    if (group.backups.some((each) => each.lossMs !== undefined && each.lossMs <= rpo.ms)) return [];
    const backup = group.backups.find(
      (each) =>
        each.kind === 'continuous' &&
        at(each.value, 'continuous', 'lag') === undefined &&
        !PROVIDER_TOOLS.has(each.tool),
    );
    return backup ? [{ group, backup }] : [];
  });
}
