/** What a run came to, in one word and one sentence: `passed` only where every stage that the level demands says so. */
import type { StageFault } from '../../core/recovery/stageFault.ts';
import type { DraftRecord, RunResult, StageName } from '../../core/recovery/record.ts';
import type { Run } from './run.ts';

/** How the work ended, where it did not end by itself. */
export interface Ending {
  readonly fault: StageFault | undefined;
  readonly cancelled: boolean;
  /** Why an objective was not met. */
  readonly overObjective: string | undefined;
}

export interface Outcome {
  readonly result: RunResult;
  readonly why: string;
}

/** Stage whose message says what a run that passed at this level has done. */
const LAST_STAGE: readonly StageName[] = ['resolve', 'locate', 'fetch+verify', 'restore', 'restore'];

export function resultOf(run: Run, role: DraftRecord['role'], { fault, cancelled, overObjective }: Ending): Outcome {
  const { plan, got, stages } = run;
  const label = `${plan.runbook}#${plan.dryRun}`;
  if (cancelled)
    return {
      result: 'cancelled',
      why: `${label} was cancelled; what it had made was ${got.teardown.proven ? 'removed' : 'not removed whole'}.`,
    };
  if (fault) return { result: fault.kind, why: inScenario(plan.scenario, fault.message) };
  if (!got.teardown.proven)
    return { result: 'inconclusive', why: `Not everything could be removed: ${got.teardown.remaining.join(', ')}.` };
  if (overObjective !== undefined) return { result: 'failed', why: inScenario(plan.scenario, overObjective) };
  const access = got.found.find((each) => each.access !== undefined)?.access;
  if (role && access?.assumed === false) {
    return {
      result: 'inconclusive',
      why: `The restore role "${role.name}" was not used (${role.why ?? 'unknown why'}): the caller's own rights read the backup, so this does not show that the runbook's role could.`,
    };
  }
  if (plan.level === 1 && stages.stateOf('drift') === 'inconclusive')
    return { result: 'inconclusive', why: 'The backup was found, but nothing live could be compared.' };
  if (got.level < Math.min(plan.level, 4))
    return {
      result: 'inconclusive',
      why: `Level ${plan.level} was asked for, level ${Math.max(0, got.level)} was reached.`,
    };
  const did = stages.messageOf(LAST_STAGE[got.level] ?? 'restore') ?? 'done';
  const scenario = plan.scenario === undefined ? '' : ` in the scenario ${plan.scenario}`;
  return { result: 'passed', why: `${label} passed at level ${got.level}${scenario}: ${did}.` };
}

/** A failure under a scenario says which it was: nothing may be wrong without it. */
function inScenario(scenario: string | undefined, why: string): string {
  return scenario === undefined || why.includes('scenario') || why.includes(scenario)
    ? why
    : `In the scenario ${scenario}: ${why}`;
}

/** The role that the runbook restores with, and whether it was what read the backup. */
export function roleOf({ plan, got }: Run): DraftRecord['role'] {
  const { role } = plan;
  if (!role) return undefined;
  const access = got.found.find((each) => each.access !== undefined)?.access;
  return {
    name: role.name,
    ...(role.arn === undefined ? {} : { arn: role.arn }),
    assumed: access?.assumed ?? false,
    ...(access?.used === undefined ? {} : { used: access.used }),
    ...(access?.why === undefined ? (access ? {} : { why: 'no backup was read through it' }) : { why: access.why }),
  };
}
