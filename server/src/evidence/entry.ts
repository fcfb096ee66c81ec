/** What lenses and rules need of one record. */
import { failedPart } from '../core/recovery/failedPart.ts';
import type { BudgetItem, BudgetRecord, EvidenceRecord } from '../core/recovery/record.ts';
import type { EvidenceEntry, Spent, SpentEntry } from '../core/rules/rule.ts';

/** The summary of one record. */
export function entryOf(record: EvidenceRecord): EvidenceEntry {
  const numbers: Record<string, number> = {};
  for (const check of record.checks) if (typeof check.actual === 'number') numbers[check.name] = check.actual;
  const { backup, measured } = record;
  const failed = failedPart(record);
  const spent = record.budget && spentOf(record.budget);
  const confirmed = (record.steps ?? []).filter((step) => step.kind === 'manual' && step.state === 'confirmed');
  return {
    id: record.id,
    runbook: record.runbook.name,
    ...(record.dryRun === undefined ? {} : { dryRun: record.dryRun }),
    ...(record.scenario === undefined ? {} : { scenario: record.scenario }),
    level: record.level,
    result: record.result,
    proves: record.proves,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    ...(measured.restoreMs === undefined ? {} : { restoreMs: measured.restoreMs }),
    ...(measured.elapsedMs === undefined ? {} : { elapsedMs: measured.elapsedMs }),
    ...(spent === undefined ? {} : { spent }),
    ...(confirmed.length === 0 ? {} : { confirmedSteps: confirmed.map((step) => step.id) }),
    by: record.by.git ?? record.by.user,
    restoreFingerprint: record.restoreFingerprint,
    ...(backup
      ? {
          backup: {
            id: backup.id,
            ...(backup.time === undefined ? {} : { time: backup.time }),
            ...(backup.bytes === undefined ? {} : { bytes: backup.bytes }),
            ...(backup.storageClass === undefined ? {} : { storageClass: backup.storageClass }),
            ...(backup.toolVersion === undefined ? {} : { toolVersion: backup.toolVersion }),
          },
        }
      : {}),
    ...(record.drift.facts === undefined ? {} : { facts: record.drift.facts }),
    ...(record.result === 'passed' ? {} : { message: record.summary }),
    ...(failed === undefined ? {} : { failed }),
    ...(Object.keys(numbers).length > 0 ? { numbers } : {}),
  };
}

/** What of the budget was really taken: people's time where someone timed it, money by what was really read. */
function spentOf({ effort, cost, items }: BudgetRecord): SpentEntry | undefined {
  const timed = effort?.measuredMs;
  const paid = cost?.estimated;
  const { currency, missing, pricesAsOf } = cost ?? {};
  const money =
    paid === undefined || currency === undefined
      ? undefined
      : {
          ...spent(paid, items, 'cost'),
          currency,
          ...(missing === undefined ? {} : { atLeast: true }),
          ...(pricesAsOf === undefined ? {} : { pricesAsOf }),
        };
  if (timed === undefined && money === undefined) return undefined;
  return {
    ...(timed === undefined ? {} : { effort: spent(timed, items, 'effortMs') }),
    ...(money === undefined ? {} : { cost: money }),
  };
}

function spent(total: number, items: readonly BudgetItem[], by: 'effortMs' | 'cost'): Spent {
  let largest: Spent['largest'];
  for (const item of items) {
    const amount = item[by] ?? 0;
    if (amount > (largest?.amount ?? 0)) largest = { item: item.item.replace(/^step /u, ''), amount };
  }
  return { total, ...(largest === undefined ? {} : { largest }) };
}
