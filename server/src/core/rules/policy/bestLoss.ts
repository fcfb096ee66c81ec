/** For each source the backup that loses least: the one that the RPO is judged by. */
import type { BackupView, RunbookView, SourceGroup } from '../runbookView.ts';

export interface BestLoss {
  readonly group: SourceGroup;
  readonly backup: BackupView;
  readonly lossMs: number;
}

/**
 * One row a source. A source whose best can't be told (a backup that says neither schedule nor lag) is left out: that
 * one may be good enough. A runbook that relies on replication is judged by its lag instead.
 */
export function bestLoss(view: RunbookView): readonly BestLoss[] {
  return view.memo('best loss', () => findBestLoss(view));
}

function findBestLoss(view: RunbookView): readonly BestLoss[] {
  if (view.replication) return [];
  return view.groups.flatMap((group): BestLoss[] => {
    const originals = group.backups.filter((backup) => backup.copyOf === undefined);
    let best: BestLoss | undefined;
    for (const backup of originals) {
      if (backup.lossMs === undefined) return [];
      if (!best || backup.lossMs < best.lossMs) best = { group, backup, lossMs: backup.lossMs };
    }
    return best ? [best] : [];
  });
}
