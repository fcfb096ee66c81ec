/** For each source what its backups lose at worst: what the RPO is judged by. */
import { isTimeZone, largestLossMs, parseCron, type Cron } from '../../values/cron.ts';
import { durationOf, textOf } from '../read.ts';
import type { BackupView, RunbookView, SourceGroup } from '../runbookView.ts';

export interface BestLoss {
  readonly group: SourceGroup;
  /** The one that loses least by itself. */
  readonly backup: BackupView;
  readonly lossMs: number;
  /** Where schedules back it up in turn, and lose less than each by itself: all of them. */
  readonly together?: readonly BackupView[];
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
    if (!best) return [];
    // Few runbooks have several schedules of one source, and of those few miss their RPO by each.
    return view.rpo && best.lossMs > view.rpo.ms ? [inTurn(best, originals)] : [best];
  });
}

/** Two schedules of a source may run in turn. */
function inTurn(best: BestLoss, originals: readonly BackupView[]): BestLoss {
  if (best.backup.kind !== 'schedule') return best;
  const schedules = originals.flatMap((backup) => {
    const cron = cronOf(backup);
    return cron ? [{ backup, cron, takesMs: durationOf(backup.value['takes']) ?? 0, timeZone: zoneOf(backup) }] : [];
  });
  if (schedules.length < 2) return best;
  const lossMs = largestLossMs(schedules);
  return lossMs !== undefined && lossMs < best.lossMs
    ? { ...best, lossMs, together: schedules.map((each) => each.backup) }
    : best;
}

function cronOf(backup: BackupView): Cron | undefined {
  return backup.kind === 'schedule' ? parseCron(textOf(backup.value['schedule']) ?? '') : undefined;
}

function zoneOf(backup: BackupView): string {
  const zone = textOf(backup.value['timeZone']);
  return zone !== undefined && isTimeZone(zone) ? zone : 'UTC';
}
