/** Storage classes against the RTO: an archive that takes hours to open can't be restored within one. */
import { RETRIEVAL_MS } from '../../../values/retrieval.ts';
import { DAY_MS, durationText } from '../../expected.ts';
import type { Judgement } from '../kind.ts';
import { covers, rulesOf } from './s3-lifecycle.ts';

/** A transition to a class that opens too slowly; a warning where the newest backup is affected, else information. */
export const retrievalTooSlow: Judgement = {
  facts: (resource, context) =>
    resource.name !== undefined &&
    context.restore.rtoMs !== undefined &&
    context.backups.some((backup) => backup.store === resource.name)
      ? ['lifecycle']
      : [],
  judge({ resource, context, fact }) {
    const { rtoMs, rto } = context.restore;
    if (rtoMs === undefined) return [];
    const rules = rulesOf(fact('lifecycle'));
    return context.backups
      .filter((backup) => backup.store === resource.name)
      .flatMap((backup) => {
        const slow = rules
          .filter((rule) => covers(rule, backup.prefix) && !rule.tagged)
          .flatMap((rule) => rule.transitions.map((transition) => ({ rule, ...transition })))
          .filter(({ storageClass, days }) => {
            const inTime = backup.retentionMs === undefined || days * DAY_MS < backup.retentionMs;
            return inTime && (RETRIEVAL_MS[storageClass] ?? 0) > rtoMs;
          })
          .sort((left, right) => left.days - right.days)[0];
        if (!slow) return [];
        // Between two runs the newest backup grows as old as the schedule's gap.
        const newest = slow.days * DAY_MS < Math.max(1, backup.intervalMs ?? 0);
        const opening = durationText(RETRIEVAL_MS[slow.storageClass] ?? 0);
        return [
          {
            code: 'drift/retrieval-too-slow',
            severity: newest ? ('warning' as const) : ('information' as const),
            message: `${resource.id} moves ${slow.days === 0 ? `${backup.name} at once` : `${backup.name} after ${String(slow.days)} days`} to ${slow.storageClass}, which takes up to ${opening} to open; the RTO is ${rto ?? ''}${newest ? '' : ' (only older points are affected)'}.`,
            path: ['restore', 'rto'],
            expected: rto,
            actual: opening,
          },
        ];
      });
  },
};
