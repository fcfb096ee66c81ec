/** What a recovery costs: people's time and money, estimated from bytes and a price table, held against the budget. */
import { asText, type PlainMap } from '../references/read.ts';
import { parseDuration } from '../values/duration.ts';
import { RETRIEVAL_MS } from '../values/retrieval.ts';
import type { RestorePlan } from './engine.ts';
import { priceOf, priceWords, unknownWords, type AskedPrices, type KnownPrice, type WantedPrice } from './prices.ts';
import type { BackupRecord, BudgetItem, BudgetRecord, EvidenceRecord, NoteRecord, StepRecord } from './record.ts';
import { describeDuration } from '../values/duration.ts';
import { formatSize } from '../values/size.ts';

const GIB = 1024 ** 3;
/** Ranges of this size are read, each a request. */
const RANGE = 8 * 1024 * 1024;
const HOURS = 3_600_000;
/** Bytes a second assumed where nothing was measured yet: a slow line, so that surprises are good ones. */
const ASSUMED_BYTES_PER_SECOND = 20 * 1024 * 1024;

/** Storage classes that are paid for by what is read out of them. */
const PAID_RETRIEVAL: ReadonlySet<string> = new Set([
  ...Object.keys(RETRIEVAL_MS),
  'GLACIER_IR',
  'STANDARD_IA',
  'ONEZONE_IA',
]);

/** Names of the prices that reading any bucket takes. */
const pricesForBuckets = [
  ['s3:GetObject per 1000', 'S3 GET per 1000'],
  ['egress per GiB', 'egress per GB', 'transfer per GiB'],
] as const;

export interface EstimateInput {
  /** At which the last passed run fetched and restored. */
  readonly bytesPerSecond?: number | undefined;
  /** What AWS Pricing said of prices that the environment lacks. */
  readonly asked?: AskedPrices | undefined;
}

/** Something that money is paid for, the names that its price may have, and how many units of it there are. */
interface Need {
  readonly item: string;
  readonly keys: readonly [string, ...string[]];
  readonly units: number;
  readonly what: string;
}

/** Estimates for restoring `bytes`. */
export function estimateBudget(
  plan: Pick<RestorePlan, 'steps' | 'prices' | 'effortMs' | 'cost' | 'raw'> & {
    readonly allSteps?: readonly PlainMap[];
  },
  bytes: number,
  backups: readonly BackupRecord[],
  { bytesPerSecond, asked }: EstimateInput = {},
): BudgetRecord | undefined {
  const items: BudgetItem[] = [];
  for (const step of plan.allSteps ?? plan.steps) {
    const effort = parseDuration(asText(step['effort']) ?? '')?.ms;
    if (effort !== undefined)
      items.push({ item: `step ${asText(step['id']) ?? ''}`, effortMs: effort, how: 'as the runbook says' });
  }
  const effort = items.reduce((sum, item) => sum + (item.effortMs ?? 0), 0);
  const cost = costOf(plan, needsOf(backups), asked);
  const rate = bytesPerSecond ?? ASSUMED_BYTES_PER_SECOND;
  const delay = Math.max(0, ...stored(backups).map((backup) => RETRIEVAL_MS[backup.storageClass ?? ''] ?? 0));
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
    ...(cost.record ? { cost: cost.record } : {}),
    time: {
      estimatedMs: Math.round((bytes / rate) * 1000 + delay),
      how: `${bytes} bytes at ${rateWords(rate)} (${bytesPerSecond === undefined ? 'assumed' : 'measured'})${delay > 0 ? `, after ${delay / HOURS} h of retrieval` : ''}`,
    },
    items: [...items, ...cost.items],
  };
}

/** The prices that the estimate needs and the environment lacks, where someone asks for money at all: by a budget, or by other prices. */
export function pricesLacking(
  plan: Pick<RestorePlan, 'prices' | 'cost'>,
  backups: readonly BackupRecord[],
): readonly WantedPrice[] {
  if (plan.cost === undefined) return [];
  return needsOf(backups)
    .filter((need) => priceOf(need.keys, plan.prices) === undefined)
    .map((need) => ({ key: need.keys[0] }));
}

function stored(backups: readonly BackupRecord[]): readonly BackupRecord[] {
  return backups.filter((backup) => backup.uri.startsWith('s3:'));
}

/** What reading backups out of buckets is charged for. */
function needsOf(backups: readonly BackupRecord[]): readonly Need[] {
  const inBuckets = stored(backups);
  const bytes = inBuckets.reduce((sum, each) => sum + (each.bytes ?? 0), 0);
  const requests = Math.ceil(bytes / RANGE);
  const byClass = new Map<string, number>();
  for (const { storageClass, bytes: size = 0 } of inBuckets)
    if (storageClass !== undefined && PAID_RETRIEVAL.has(storageClass))
      byClass.set(storageClass, (byClass.get(storageClass) ?? 0) + size);
  const needs: readonly Need[] = [
    {
      item: 'reading the backup',
      keys: pricesForBuckets[0],
      units: requests / 1000,
      what: requests === 1 ? '1 request' : `${requests} requests`,
    },
    {
      item: 'transfer',
      keys: pricesForBuckets[1],
      units: bytes / GIB,
      what: formatSize(bytes),
    },
    ...[...byClass].map(([storageClass, size]): Need => ({
      item: 'retrieval',
      keys: [`retrieval ${storageClass} per GiB`, 'retrieval per GiB'],
      units: size / GIB,
      what: storageClass,
    })),
  ];
  return needs.filter((need) => need.units > 0);
}

/** The money that is known, and by name the prices that are not: what has no price is never counted as free. */
function costOf(
  plan: Pick<RestorePlan, 'prices' | 'cost'>,
  needs: readonly Need[],
  asked: AskedPrices | undefined,
): { readonly items: readonly BudgetItem[]; readonly record: BudgetRecord['cost'] } {
  const known: { readonly need: Need; readonly price: KnownPrice }[] = [];
  const lacking: Need[] = [];
  for (const need of needs) {
    const price = priceOf(need.keys, plan.prices, asked);
    if (price) known.push({ need, price });
    else lacking.push(need);
  }
  if (known.length === 0 && plan.cost === undefined) return { items: [], record: undefined };
  const currency = known[0]?.price.currency ?? plan.cost?.currency;
  const items: BudgetItem[] = [];
  const missing: string[] = lacking.map((need) => unknownWords(need.keys[0], asked));
  let total = 0;
  for (const { need, price } of known) {
    if (price.currency !== currency) {
      missing.push(`"${price.key}" is in ${price.currency}, not in ${currency ?? ''} as the others`);
      continue;
    }
    const cost = rounded(price.amount * need.units);
    total += cost;
    items.push({ item: need.item, cost, currency: price.currency, how: `${need.what} at ${priceWords(price)}` });
  }
  const days = known.flatMap(({ price }) => price.asOf ?? []).sort();
  return {
    items,
    record: {
      ...(items.length > 0 ? { estimated: rounded(total) } : {}),
      ...(currency === undefined ? {} : { currency }),
      ...(plan.cost === undefined ? {} : { budget: plan.cost.amount }),
      ...(plan.cost === undefined || plan.cost.currency === currency ? {} : { budgetCurrency: plan.cost.currency }),
      over: plan.cost !== undefined && plan.cost.currency === currency && total > plan.cost.amount,
      ...(days[0] === undefined ? {} : { pricesAsOf: days[0] }),
      ...(missing.length === 0 ? {} : { missing }),
    },
  };
}

/** The item that takes the most of what is over, for the finding. */
function largestItem(budget: BudgetRecord, by: 'effort' | 'cost'): BudgetItem | undefined {
  const size = (item: BudgetItem): number => (by === 'effort' ? item.effortMs : item.cost) ?? 0;
  return [...budget.items].sort((left, right) => size(right) - size(left))[0];
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

/** What is over its budget (an estimate is a warning, what was measured decides), each with the item that takes the most of it; the estimated time against the RTO as well. */
export function overBudget(budget: BudgetRecord, rtoMs: number | undefined, restored: boolean): readonly NoteRecord[] {
  const notes: NoteRecord[] = [];
  const { effort, cost, time } = budget;
  const largest = (by: 'effort' | 'cost', figure: (item: BudgetItem) => string): string => {
    const item = largestItem(budget, by);
    return item ? `; the largest item is ${item.item} (${figure(item)}, ${item.how})` : '';
  };
  if (effort?.over === true)
    notes.push({
      severity: effort.measuredMs === undefined ? 'warning' : 'error',
      code: 'budget-effort',
      message: `Over budget: people need ${describeDuration(effort.measuredMs ?? effort.estimatedMs ?? 0)} (${effort.measuredMs === undefined ? 'estimated' : 'measured'}), the budget is ${describeDuration(effort.budgetMs ?? 0)}${largest('effort', (item) => describeDuration(item.effortMs ?? 0))}.`,
    });
  if (cost?.budget !== undefined && cost.missing !== undefined)
    notes.push({
      severity: 'warning',
      code: 'price-missing',
      message: `What a recovery costs is not known whole: ${cost.missing.join('; ')}. Add it to "prices" of the environment.`,
    });
  if (cost?.budgetCurrency !== undefined && cost.estimated !== undefined)
    notes.push({
      severity: 'warning',
      code: 'budget-currency',
      message: `The cost is known in ${cost.currency ?? ''}, the budget is in ${cost.budgetCurrency}: they are not held against each other. Give both in one currency.`,
    });
  if (cost?.over === true)
    notes.push({
      severity: 'warning',
      code: 'budget-cost',
      message: `Over budget: a recovery costs ${cost.missing === undefined ? 'about' : 'at least'} ${cost.estimated ?? 0} ${cost.currency ?? ''}${cost.pricesAsOf === undefined ? '' : ` (prices of ${cost.pricesAsOf})`}, the budget is ${cost.budget ?? 0} ${cost.currency ?? ''}${largest('cost', (item) => `${item.cost ?? 0} ${item.currency ?? ''}`)}.`,
    });
  if (!restored && rtoMs !== undefined && (time?.estimatedMs ?? 0) > rtoMs)
    notes.push({
      severity: 'warning',
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
    cost?.estimated === undefined
      ? ''
      : `${cost.missing === undefined ? '' : 'at least '}${cost.estimated} ${cost.currency ?? ''}${pricesOf}`,
    cost?.missing === undefined ? '' : `a cost that is not known whole: ${cost.missing.join('; ')}`,
  ]
    .filter((each) => each !== '')
    .join(', ');
}

function rateWords(bytesPerSecond: number): string {
  const mebibytes = bytesPerSecond / 1024 / 1024;
  return mebibytes >= 1 ? `${Math.round(mebibytes)} MiB/s` : `${Math.max(1, Math.round(mebibytes * 1024))} KiB/s`;
}
