/** What a recovery costs: people's time and money, estimated from bytes and a price table, held against the budget. */
import { asText, type PlainMap } from '../references/read.ts';
import { parseDuration } from '../values/duration.ts';
import { parseMoney } from '../values/money.ts';
import type { RestorePlan } from './engine.ts';
import type { BackupRecord, BudgetItem, BudgetRecord, EvidenceRecord, NoteRecord, StepRecord } from './record.ts';
import { describeDuration } from '../values/duration.ts';

const GIB = 1024 ** 3;
/** Ranges of this size are read, each a request. */
const RANGE = 8 * 1024 * 1024;
const HOURS = 3_600_000;
/** Standard retrieval times that AWS states for whole objects. */
const RETRIEVAL_MS: Readonly<Record<string, number>> = { GLACIER: 5 * HOURS, DEEP_ARCHIVE: 12 * HOURS };
/** Bytes a second assumed where nothing was measured yet: a slow line, so that surprises are good ones. */
const ASSUMED_BYTES_PER_SECOND = 20 * 1024 * 1024;

/** Estimates for restoring `bytes`; `bytesPerSecond` from the last evidence where there is some. */
export function estimateBudget(
  plan: Pick<RestorePlan, 'steps' | 'prices' | 'effortMs' | 'cost' | 'raw'> & {
    readonly allSteps?: readonly PlainMap[];
  },
  bytes: number,
  backups: readonly BackupRecord[],
  bytesPerSecond?: number,
): BudgetRecord | undefined {
  const items: BudgetItem[] = [];
  for (const step of plan.allSteps ?? plan.steps) {
    const effort = parseDuration(asText(step['effort']) ?? '')?.ms;
    if (effort !== undefined)
      items.push({ item: `step ${asText(step['id']) ?? ''}`, effortMs: effort, how: 'as the runbook says' });
  }
  const stored = backups.filter((backup) => backup.uri.startsWith('s3:'));
  const storedBytes = stored.reduce((sum, each) => sum + (each.bytes ?? 0), 0);
  addPrice(
    items,
    plan.prices,
    ['s3:GetObject per 1000', 'S3 GET per 1000'],
    Math.ceil(storedBytes / RANGE) / 1000,
    'reading the backup',
    `${Math.ceil(storedBytes / RANGE)} requests`,
  );
  addPrice(
    items,
    plan.prices,
    ['egress per GiB', 'egress per GB', 'transfer per GiB'],
    storedBytes / GIB,
    'transfer',
    `${(storedBytes / GIB).toFixed(3)} GiB`,
  );
  for (const backup of stored) {
    if (backup.storageClass !== undefined && RETRIEVAL_MS[backup.storageClass] !== undefined) {
      addPrice(
        items,
        plan.prices,
        [`retrieval ${backup.storageClass} per GiB`, 'retrieval per GiB'],
        (backup.bytes ?? 0) / GIB,
        'retrieval',
        backup.storageClass,
      );
    }
  }
  const effort = items.reduce((sum, item) => sum + (item.effortMs ?? 0), 0);
  const costs = items.filter((item) => item.cost !== undefined);
  const currency = costs[0]?.currency ?? plan.cost?.currency;
  const cost = costs.reduce((sum, item) => sum + (item.cost ?? 0), 0);
  const rate = bytesPerSecond ?? ASSUMED_BYTES_PER_SECOND;
  const delay = Math.max(0, ...stored.map((backup) => RETRIEVAL_MS[backup.storageClass ?? ''] ?? 0));
  const asOf = asText(plan.prices['asOf']);
  return {
    ...(effort > 0 || plan.effortMs !== undefined
      ? {
          effort: {
            ...(effort > 0 ? { estimatedMs: effort } : {}),
            ...(plan.effortMs === undefined ? {} : { budgetMs: plan.effortMs }),
            over: plan.effortMs !== undefined && effort > plan.effortMs,
          },
        }
      : {}),
    ...(costs.length > 0 || plan.cost !== undefined
      ? {
          cost: {
            ...(costs.length > 0 ? { estimated: rounded(cost) } : {}),
            ...(currency === undefined ? {} : { currency }),
            ...(plan.cost === undefined ? {} : { budget: plan.cost.amount }),
            over: plan.cost !== undefined && plan.cost.currency === currency && cost > plan.cost.amount,
            ...(asOf === undefined ? {} : { pricesAsOf: asOf }),
          },
        }
      : {}),
    time: {
      estimatedMs: Math.round((bytes / rate) * 1000 + delay),
      how: `${bytes} bytes at ${rateWords(rate)} (${bytesPerSecond === undefined ? 'assumed' : 'measured'})${delay > 0 ? `, after ${delay / HOURS} h of retrieval` : ''}`,
    },
    items,
  };
}

/** The item that takes the most of what is over, for the finding. */
function largestItem(budget: BudgetRecord, by: 'effort' | 'cost'): BudgetItem | undefined {
  const size = (item: BudgetItem): number => (by === 'effort' ? item.effortMs : item.cost) ?? 0;
  return [...budget.items].sort((left, right) => size(right) - size(left))[0];
}

function addPrice(
  items: BudgetItem[],
  prices: PlainMap,
  keys: readonly string[],
  amount: number,
  item: string,
  how: string,
): void {
  if (amount <= 0) return;
  for (const key of keys) {
    const price = parseMoney(asText(prices[key]) ?? '');
    if (!price) continue;
    items.push({
      item,
      cost: rounded(price.amount * amount),
      currency: price.currency,
      how: `${how} at ${price.amount} ${price.currency} (${key})`,
    });
    return;
  }
}

function rounded(amount: number): number {
  return Math.round(amount * 1_000_000) / 1_000_000;
}

/** Bytes a second at which the last passed run fetched and restored; undefined where it did not measure them. */
export function throughputOf(last: EvidenceRecord | undefined): number | undefined {
  const bytes = (last?.backups ?? (last?.backup ? [last.backup] : [])).reduce(
    (sum, each) => sum + (each.bytes ?? 0),
    0,
  );
  const elapsed = last?.measured.elapsedMs;
  return bytes > 0 && elapsed !== undefined && elapsed > 0 ? (bytes / elapsed) * 1000 : undefined;
}

/** The estimate with the people's time that was measured in its place; steps that no one timed keep their estimate. */
export function withMeasuredEffort(budget: BudgetRecord, steps: readonly StepRecord[]): BudgetRecord {
  const timed = new Map(
    steps
      .filter((step) => step.kind === 'manual' && step.state === 'confirmed')
      .map((step) => [`step ${step.id}`, step.effortMs ?? step.durationMs]),
  );
  if (timed.size === 0) return budget;
  const items = budget.items.map((item) => {
    const measured = timed.get(item.item);
    return measured === undefined ? item : { ...item, effortMs: measured, how: 'measured' };
  });
  for (const [item, effortMs] of timed)
    if (effortMs !== undefined && !items.some((each) => each.item === item))
      items.push({ item, effortMs, how: 'measured' });
  const measuredMs = items.reduce((sum, item) => sum + (item.effortMs ?? 0), 0);
  const budgetMs = budget.effort?.budgetMs;
  return {
    ...budget,
    effort: { ...budget.effort, measuredMs, over: budgetMs !== undefined && measuredMs > budgetMs },
    items,
  };
}

/** What is over its budget, each with the item that takes the most of it; the estimated time against the RTO as well. */
export function overBudget(budget: BudgetRecord, rtoMs: number | undefined, restored: boolean): readonly NoteRecord[] {
  const notes: NoteRecord[] = [];
  const { effort, cost, time } = budget;
  const largest = (by: 'effort' | 'cost', figure: (item: BudgetItem) => string): string => {
    const item = largestItem(budget, by);
    return item ? `; the largest item is ${item.item} (${figure(item)}, ${item.how})` : '';
  };
  if (effort?.over === true)
    notes.push({
      severity: 'error',
      code: 'budget-effort',
      message: `Over budget: people need ${describeDuration(effort.measuredMs ?? effort.estimatedMs ?? 0)} (${effort.measuredMs === undefined ? 'estimated' : 'measured'}), the budget is ${describeDuration(effort.budgetMs ?? 0)}${largest('effort', (item) => describeDuration(item.effortMs ?? 0))}.`,
    });
  if (cost?.over === true)
    notes.push({
      severity: 'error',
      code: 'budget-cost',
      message: `Over budget: a recovery costs about ${cost.estimated ?? 0} ${cost.currency ?? ''}${cost.pricesAsOf === undefined ? '' : ` (prices of ${cost.pricesAsOf})`}, the budget is ${cost.budget ?? 0} ${cost.currency ?? ''}${largest('cost', (item) => `${item.cost ?? 0} ${item.currency ?? ''}`)}.`,
    });
  if (!restored && rtoMs !== undefined && (time?.estimatedMs ?? 0) > rtoMs)
    notes.push({
      severity: 'error',
      code: 'budget-time',
      message: `The restore is estimated to take ${describeDuration(time?.estimatedMs ?? 0)} (${time?.how ?? ''}), the RTO is ${describeDuration(rtoMs)}.`,
    });
  return notes;
}

/** `about 2m, 5m of people's time, 0.01 USD (prices of 2026-10-01)`: what is said before anything is restored. */
export function budgetWords(budget: BudgetRecord): string {
  const { effort, cost, time } = budget;
  const pricesOf = cost?.pricesAsOf === undefined ? '' : ` (prices of ${cost.pricesAsOf})`;
  return [
    time?.estimatedMs === undefined
      ? ''
      : `about ${describeDuration(Math.max(1000, Math.ceil(time.estimatedMs / 1000) * 1000))} (${time.how})`,
    effort?.estimatedMs === undefined ? '' : `${describeDuration(effort.estimatedMs)} of people's time`,
    cost?.estimated === undefined ? '' : `${cost.estimated} ${cost.currency ?? ''}${pricesOf}`,
  ]
    .filter((each) => each !== '')
    .join(', ');
}

function rateWords(bytesPerSecond: number): string {
  const mebibytes = bytesPerSecond / 1024 / 1024;
  return mebibytes >= 1 ? `${Math.round(mebibytes)} MiB/s` : `${Math.max(1, Math.round(mebibytes * 1024))} KiB/s`;
}
