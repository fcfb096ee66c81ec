/** The readiness of a workspace: every runbook between hope and proof, its next step, what that costs, and what an outage costs. */
import { environmentOf } from '../references/environment.ts';
import { at, durationOf, moneyOf, textOf } from '../rules/read.ts';
import type { EvidenceSummary } from '../rules/rule.ts';
import { runbookView, type RunbookView } from '../rules/runbookView.ts';
import type { Entry, Workspace } from '../workspace.ts';
import { finished } from './cadence.ts';
import { recordsOf } from './recordsOf.ts';
import { maturityOf, STAGES, type Maturity, type Stage } from './maturity.ts';

export interface Amount {
  readonly amount: number;
  readonly currency: string;
}

export interface ReadinessRow {
  readonly runbook: string;
  readonly title: string;
  readonly file: string;
  readonly dataClass?: string;
  readonly owners: readonly string[];
  readonly stage: Stage;
  /** Ephemeral data: nobody needs to bring it back. */
  readonly exempt: boolean;
  readonly why: string;
  readonly next?: { readonly what: string; readonly effortMs?: number; readonly cost?: Amount };
  readonly overdue: readonly string[];
  readonly failed: boolean;
  readonly rtoMs?: number;
  /** The last restore that passed. */
  readonly lastPass?: {
    readonly at: string;
    readonly level: number;
    readonly proves: string;
    readonly tookMs?: number;
  };
  /** Times of the restores that passed, oldest first, milliseconds. */
  readonly trend: readonly { readonly at: string; readonly tookMs: number }[];
  /** What an outage costs, from the class's outageCostPerHour: as long as measured, else as long as the RTO. */
  readonly outage?: Amount & { readonly forMs: number; readonly measured: boolean };
  /** What the restore tests and drills of a year cost: money by the environment's prices, and people's time. */
  readonly yearly: { readonly cost?: Amount; readonly effortMs: number };
}

export interface ReadinessReport {
  readonly version: 1;
  /** ISO 8601. */
  readonly at: string;
  readonly runbooks: number;
  /** How many stand at each stage; those of ephemeral data are not counted. */
  readonly stages: Readonly<Record<Stage, number>>;
  /** Share of those that are restored or better, 0 to 1; undefined where there is none. */
  readonly proven?: number;
  readonly rows: readonly ReadinessRow[];
  readonly totals: {
    readonly outage: readonly Amount[];
    readonly yearlyCost: readonly Amount[];
    readonly yearlyEffortMs: number;
  };
}

const YEAR = 365 * 86_400_000;
const GIB = 2 ** 30;
/** Where nothing was measured: what writing the steps or a dry run, or mending a failed one, is likely to take a person. */
const WRITING_MS = 2 * 3_600_000;

/** The report over `runbooks` (default all of the workspace), least ready first. Pure: evidence and time are handed in. */
export function readinessOf(
  workspace: Workspace,
  evidence: EvidenceSummary,
  now: number,
  runbooks: readonly Entry[] = workspace.byKind('Runbook'),
): ReadinessReport {
  const rows = runbooks.map((entry) => rowOf(workspace, entry, evidence, now));
  rows.sort((one, other) => rank(one) - rank(other) || (one.runbook < other.runbook ? -1 : 1));
  const counted = rows.filter((row) => !row.exempt);
  const stages = Object.fromEntries(
    STAGES.map((stage) => [stage, counted.filter((row) => row.stage === stage).length]),
  ) as Record<Stage, number>;
  const proven = counted.filter((row) => STAGES.indexOf(row.stage) >= STAGES.indexOf('restored')).length;
  return {
    version: 1,
    at: new Date(now).toISOString(),
    runbooks: rows.length,
    stages,
    ...(counted.length > 0 ? { proven: proven / counted.length } : {}),
    rows,
    totals: {
      outage: sums(counted.flatMap((row) => row.outage ?? [])),
      yearlyCost: sums(counted.flatMap((row) => row.yearly.cost ?? [])),
      yearlyEffortMs: counted.reduce((sum, row) => sum + row.yearly.effortMs, 0),
    },
  };
}

function rank(row: ReadinessRow): number {
  return row.exempt ? STAGES.length : STAGES.indexOf(row.stage);
}

function rowOf(workspace: Workspace, entry: Entry, evidence: EvidenceSummary, now: number): ReadinessRow {
  const view = runbookView(workspace, entry);
  const maturity = maturityOf(view, evidence, now);
  const { lastPass } = maturity.cadence;
  const tookMs = lastPass?.elapsedMs ?? lastPass?.restoreMs;
  const trend = recordsOf(evidence, view.name)
    .filter((record) => record.result === 'passed' && record.level >= 3 && record.level < 5)
    .sort((one, other) => finished(one) - finished(other))
    .flatMap((record) => {
      const ms = record.restoreMs ?? record.elapsedMs;
      return ms === undefined ? [] : [{ at: record.finishedAt, tookMs: ms }];
    });
  const test = testCost(view, workspace, maturity);
  const drillMs = drillEffort(view);
  const next = maturity.exempt ? undefined : maturity.next;
  // Of a restore test and a drill the longer tells how long people wait.
  const longest = Math.max(...maturity.cadence.measured.map((each) => each.elapsedMs ?? each.restoreMs ?? 0), 0);
  const outage = outageOf(view, longest > 0 ? longest : undefined);
  const rtoMs = view.rto?.ms;
  return {
    runbook: view.name,
    title: textOf(at(view.value, 'metadata', 'title')) ?? view.name,
    file: entry.file,
    ...(view.class ? { dataClass: view.class.name } : {}),
    owners: ownersOf(view),
    stage: maturity.stage,
    exempt: maturity.exempt,
    why: maturity.exempt ? (textOf(view.class?.value['why']) ?? 'its class is ephemeral') : maturity.why,
    ...(next === undefined ? {} : { next: { what: next, ...nextCost(maturity, test, drillMs) } }),
    overdue: maturity.cadence.layers
      .filter((layer) => layer.state === 'overdue' || layer.state === 'never')
      .map((layer) => (layer.dryRun === undefined ? layer.layer : `${layer.layer} ${layer.dryRun}`)),
    failed: maturity.cadence.failed.length > 0,
    ...(rtoMs === undefined ? {} : { rtoMs }),
    ...(lastPass
      ? {
          lastPass: {
            at: lastPass.finishedAt,
            level: lastPass.level,
            proves: lastPass.proves,
            ...(tookMs === undefined ? {} : { tookMs }),
          },
        }
      : {}),
    trend,
    ...(outage ? { outage } : {}),
    yearly: yearlyOf(view, test, drillMs),
  };
}

function ownersOf(view: RunbookView): readonly string[] {
  const owners = at(view.value, 'metadata', 'owners');
  return Array.isArray(owners) ? owners.flatMap((owner) => textOf(at(owner, 'name')) ?? []) : [];
}

/** What one restore test costs: the bytes of the last backup by the price of reading them. */
function testCost(view: RunbookView, workspace: Workspace, maturity: Maturity): Amount | undefined {
  const price = moneyOf(at(environmentOf(view.entry, workspace)?.document.value, 'prices', 'egress per GiB'));
  const bytes = maturity.cadence.lastPass?.backup?.bytes;
  return price && bytes !== undefined ? { amount: (bytes / GIB) * price.amount, currency: price.currency } : undefined;
}

/** What a drill takes of people's time: the efforts of the steps, else the budget, else the RTO. */
function drillEffort(view: RunbookView): number | undefined {
  const efforts = view.steps.reduce((sum, step) => sum + (step.effortMs ?? 0), 0);
  if (efforts > 0) return efforts;
  return (
    durationOf(at(view.restore, 'budget', 'effort')) ??
    durationOf(at(view.class?.value, 'budget', 'effort')) ??
    view.rto?.ms
  );
}

function nextCost(
  maturity: Maturity,
  test: Amount | undefined,
  drillMs: number | undefined,
): { effortMs?: number; cost?: Amount } {
  switch (maturity.nextKind) {
    case 'write':
    case 'mend':
      return { effortMs: WRITING_MS };
    case 'drill':
      return drillMs === undefined ? {} : { effortMs: drillMs };
    case 'test':
    case 'automate':
    case undefined:
      return test ? { cost: test } : {};
  }
}

function yearlyOf(view: RunbookView, test: Amount | undefined, drillMs: number | undefined): ReadinessRow['yearly'] {
  const testEvery = durationOf(at(view.class?.value, 'verify', 'restoreTest', 'every'));
  const drillEvery = durationOf(at(view.class?.value, 'verify', 'drill', 'every'));
  const effortMs = drillEvery === undefined || drillMs === undefined ? 0 : Math.round((YEAR / drillEvery) * drillMs);
  return test && testEvery !== undefined
    ? { effortMs, cost: { amount: (YEAR / testEvery) * test.amount, currency: test.currency } }
    : { effortMs };
}

function outageOf(view: RunbookView, tookMs: number | undefined): ReadinessRow['outage'] {
  const perHour = moneyOf(view.class?.value['outageCostPerHour']);
  const forMs = tookMs ?? view.rto?.ms;
  if (!perHour || forMs === undefined) return undefined;
  return {
    amount: (forMs / 3_600_000) * perHour.amount,
    currency: perHour.currency,
    forMs,
    measured: tookMs !== undefined,
  };
}

/** Sums by currency: what is of different currencies is not added up. */
function sums(amounts: readonly Amount[]): readonly Amount[] {
  const byCurrency = new Map<string, number>();
  for (const each of amounts) byCurrency.set(each.currency, (byCurrency.get(each.currency) ?? 0) + each.amount);
  return [...byCurrency].map(([currency, amount]) => ({ currency, amount }));
}
