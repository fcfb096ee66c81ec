/** The accounts that AWS Pricing would be asked from for the dry runs of a runbook, so that they can be granted it beforehand. */
import type { Entry, Workspace } from '../workspace.ts';
import { planDryRun } from './dryRunPlan.ts';
import type { AccountAccess, RestorePlan } from './engine.ts';
import { pricesForBuckets } from './budget.ts';
import { priceOf } from './prices.ts';

export interface PricedAccount {
  readonly environment: string;
  /** Alias in the environment. */
  readonly account: string;
  readonly accountId?: string;
}

/** None where the environment has every price that an estimate begins with, or nobody asks for money. */
export function pricedAccounts(entry: Entry, workspace: Workspace): readonly PricedAccount[] {
  const found = new Map<string, PricedAccount>();
  for (const name of entry.kind === 'Runbook' ? dryRunsOf(entry) : []) {
    const planned = planDryRun(entry, workspace, { name, root: '/' });
    if ('problem' in planned) continue;
    const access = askedFrom(planned.plan);
    const { environment } = planned.plan;
    if (access?.alias === undefined || environment === undefined) continue;
    found.set(`${environment} ${access.alias}`, {
      environment,
      account: access.alias,
      ...(access.id === undefined ? {} : { accountId: access.id }),
    });
  }
  return [...found.values()];
}

function askedFrom(plan: RestorePlan): AccountAccess | undefined {
  const [first] = plan.backups;
  if (plan.sandbox.kind === 'cloud') return plan.sandbox.access ?? first?.of?.access;
  const bucket = plan.backups.map((each) => each.location).find((each) => each.kind === 'bucket');
  const lacks = pricesForBuckets.some((keys) => priceOf(keys, plan.prices) === undefined);
  return bucket && plan.cost !== undefined && lacks ? bucket.access : undefined;
}

function dryRunsOf(entry: Entry): readonly string[] {
  const value = entry.document.value;
  const runs: unknown = typeof value === 'object' && value !== null && 'dryRuns' in value ? value.dryRuns : undefined;
  return typeof runs === 'object' && runs !== null ? Object.keys(runs) : [];
}
