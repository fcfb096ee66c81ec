/** What a run measured, held against the objectives and the budget; times are said as what they are. */
import { describeDuration } from '../values/duration.ts';
import { estimateBudget, withMeasuredEffort, type EstimateInput } from './budget.ts';
import type { FoundBackup, RestorePlan } from './engine.ts';
import type { BudgetRecord, EvidenceRecord, NoteRecord, StepRecord } from './record.ts';
import type { Stages } from './stages.ts';

export interface RecoveryTimes {
  readonly fetch?: number | undefined;
  readonly restore?: number;
  readonly elapsed?: number;
  readonly bytes?: number;
}

/** The measured part of a record, and its budget. */
export function measure(
  plan: RestorePlan,
  found: readonly FoundBackup[],
  times: RecoveryTimes,
  stages: Pick<Stages, 'stateOf'>,
  more: EstimateInput & { readonly steps?: readonly StepRecord[] } = {},
): { readonly measured: EvidenceRecord['measured']; readonly budget?: BudgetRecord } {
  const ages = found.map((each) => each.record.ageMs).filter((each) => each !== undefined);
  const ageMs = ages.length > 0 ? Math.max(...ages) : undefined;
  const lossMs = lossOf(plan, found);
  const restored = stages.stateOf('restore') === 'passed' && times.elapsed !== undefined;
  const timed = (more.steps ?? []).filter((step) => step.kind === 'manual' && step.state === 'confirmed').length;
  const untimed = plan.manualSteps - timed;
  const bytes = found.reduce((sum, each) => sum + (each.record.bytes ?? 0), 0);
  const measured: EvidenceRecord['measured'] = {
    ...(restored ? { elapsedMs: times.elapsed } : {}),
    ...(times.fetch === undefined ? {} : { fetchMs: times.fetch }),
    ...(restored && times.restore !== undefined ? { restoreMs: times.restore } : {}),
    ...(times.bytes === undefined ? {} : { restoredBytes: times.bytes }),
    ...(plan.rtoMs === undefined ? {} : { rtoMs: plan.rtoMs }),
    ...(plan.rtoMs === undefined || !restored ? {} : { withinRto: (times.elapsed ?? 0) <= plan.rtoMs }),
    ...(plan.rpoMs === undefined ? {} : { rpoMs: plan.rpoMs }),
    ...(ageMs === undefined ? {} : { ageMs }),
    ...(plan.rpoMs === undefined || lossMs === undefined ? {} : { withinRpo: lossMs <= plan.rpoMs }),
    untimedManualSteps: untimed,
    ...(restored ? { statement: statementOf(plan, times.elapsed ?? 0, untimed) } : {}),
  };
  const budget =
    found.length === 0
      ? undefined
      : estimateBudget(
          plan,
          bytes,
          found.map((each) => each.record),
          more,
        );
  return { measured, ...(budget ? { budget: withMeasuredEffort(budget, more.steps ?? []) } : {}) };
}

/** `restored in 22 min of a 1 h RTO, 3 manual steps untimed`. */
function statementOf(plan: Pick<RestorePlan, 'rtoMs'>, elapsedMs: number, untimed: number): string {
  const of = plan.rtoMs === undefined ? '' : ` of a ${describeDuration(plan.rtoMs)} RTO`;
  const steps = untimed === 0 ? '' : `, ${untimed} manual step${untimed === 1 ? '' : 's'} untimed`;
  return `restored in ${shortTime(elapsedMs)}${of}${steps}`;
}

export function shortTime(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 86_400_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${(ms / 86_400_000).toFixed(1).replace(/\.0$/u, '')} d`;
}

/**
 * What would be lost if the backup that was found were needed now: its age. Undefined where that does not tell: an older one
 * was chosen by hand or by a scenario, or what came after it is archived continuously.
 */
function lossOf(plan: RestorePlan, found: readonly FoundBackup[]): number | undefined {
  const chosen = [plan.backupId, plan.beforeMs, plan.scenario, plan.pointInTime].some((each) => each !== undefined);
  const ages = found
    .filter(({ plan: { raw, tool } }) => raw['continuous'] === undefined || tool === 'dynamodb-pitr')
    .flatMap((each) => each.record.ageMs ?? []);
  return chosen || ages.length === 0 ? undefined : Math.max(...ages);
}

/** What was measured and missed its objective: that run has failed, whatever else it did. */
export function withinObjectives(
  plan: RestorePlan,
  measured: EvidenceRecord['measured'],
): { readonly notes: readonly NoteRecord[]; readonly failed?: string } {
  const notes: NoteRecord[] = [];
  const failed: string[] = [];
  if (measured.withinRpo === false) {
    const message = `The newest backup is ${shortTime(measured.ageMs ?? 0)} old, the RPO is ${describeDuration(plan.rpoMs ?? 0)}: that much would be lost.`;
    notes.push({ severity: 'error', code: 'rpo-exceeded', message });
    failed.push(message);
  }
  if (measured.withinRto === false)
    failed.push(
      `The restore took ${shortTime(measured.elapsedMs ?? 0)}, the RTO is ${describeDuration(plan.rtoMs ?? 0)}.`,
    );
  return { notes, ...(failed.length === 0 ? {} : { failed: failed.join(' ') }) };
}
