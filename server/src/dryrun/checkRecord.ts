/** The record of one check of a dry run, whichever sandbox its question is put to. */
import type { CheckPlan, RunContext } from '../core/recovery/engine.ts';
import { expectationOf, judge } from '../core/recovery/judge.ts';
import type { CheckRecord } from '../core/recovery/record.ts';
import type { EnginePorts } from './ports.ts';

export type Done = (state: CheckRecord['state'], more: Partial<CheckRecord>) => CheckRecord;

/** Takes the time from now on; what it returns ends the check with a state and what is known. */
export function beginCheck(ports: EnginePorts, plan: CheckPlan): Done {
  const started = ports.clock.now();
  const expected = expectationOf(plan.raw);
  return (state, more) => ({ name: plan.name, state, expected, durationMs: ports.clock.now() - started, ...more });
}

/** Ends the check with what its question gave, held against what the check expects and against the last run. */
export function judgedCheck(
  ports: EnginePorts,
  run: RunContext,
  plan: CheckPlan,
  value: unknown,
  done: Done,
): CheckRecord {
  const judged = judge(plan.raw, value, { now: ports.clock.now(), last: run.plan.last?.[plan.name] });
  return done(judged.state, {
    actual: judged.actual,
    ...(judged.message === undefined ? {} : { message: judged.message }),
  });
}
