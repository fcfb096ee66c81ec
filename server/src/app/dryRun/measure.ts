/** The stage *measure*: times, effort and money against the objectives. */
import { overBudget, throughputOf } from '../../core/recovery/budget.ts';
import { measure as measured, withinObjectives } from '../../core/recovery/measure.ts';
import type { Run } from './run.ts';

export interface Judged {
  readonly measured: ReturnType<typeof measured>['measured'];
  readonly budget: ReturnType<typeof measured>['budget'];
  /** Why an objective was not met. */
  readonly overObjective: string | undefined;
}

/** What was measured, against the objectives; before the teardown, as nothing after it counts. */
export function measure(run: Run): Judged {
  const { plan, got, stages } = run;
  const figures = measured(
    plan,
    got.found,
    { ...got.times, ...(got.restoredBytes === undefined ? {} : { bytes: got.restoredBytes }) },
    stages,
    { steps: got.steps, bytesPerSecond: throughputOf(got.previous), asked: got.prices },
  );
  const { budget } = figures;
  const { failed, notes } = withinObjectives(plan, figures.measured);
  const over = budget ? overBudget(budget, plan.rtoMs, figures.measured.elapsedMs !== undefined) : [];
  run.notes.push(...notes, ...over);
  // An estimate is a finding; what people's time was measured to be decides, as the restore's time does.
  const overObjective =
    failed ??
    (budget?.effort?.measuredMs === undefined
      ? undefined
      : over.find((note) => note.code === 'budget-effort')?.message);
  stages.insertMeasure(overObjective, figures.measured.statement ?? 'nothing was restored that could be measured');
  return { measured: figures.measured, budget, overObjective };
}
