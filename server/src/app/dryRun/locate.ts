/** The stage *locate*: finds and describes the backups, and says what bringing them back is estimated to take. */
import { budgetWords, estimateBudget, pricesLacking, throughputOf } from '../../core/recovery/budget.ts';
import type { RestorePlan } from '../../core/recovery/engine.ts';
import { keyPersonOf } from '../../core/recovery/personAway.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { contextOf, type Run } from './run.ts';

export async function locate(run: Run): Promise<void> {
  const { plan, got } = run;
  await run.stages.run('locate', async () => {
    got.found = [];
    const context = contextOf(run, run.signal);
    for (const backup of plan.backups) got.found = [...got.found, await run.to.engine.locate(context, backup)];
    if (plan.scenario === 'role-denied') throw notDenied(plan);
    if (plan.scenario === 'person-away')
      context.note({
        severity: 'information',
        code: 'scenario',
        message: `Scenario person-away: nothing in the runbook needs "${keyPersonOf(run.request.entry.document.value) ?? ''}" alone.`,
      });
    const records = got.found.map((each) => each.record);
    const bytes = records.reduce((sum, each) => sum + (each.bytes ?? 0), 0);
    const lacking = pricesLacking(plan, records);
    if (lacking.length > 0) got.prices = await run.to.engine.prices?.(context, lacking);
    const budget = estimateBudget(plan, bytes, records, {
      bytesPerSecond: throughputOf(got.previous),
      asked: got.prices,
    });
    const words = records
      .map((record) => `${record.uri}, ${record.bytes ?? 'unknown'} bytes, ${record.time ?? 'of unknown time'}`)
      .join('; ');
    return budget ? `${words}; estimated: ${budgetWords(budget)}` : words;
  });
  got.level = 1;
}

/** A backup that is found though the role was denied was never read through it: nothing was played. */
function notDenied({ role, backups }: RestorePlan): StageFault {
  const why = role
    ? `${backups.map((each) => `"${each.name}"`).join(', ')} (${[...new Set(backups.map((each) => each.tool))].join(', ')}) is not read through the restore role "${role.name}"`
    : 'the runbook has no restore role ("restore.role")';
  return new StageFault('inconclusive', `The scenario role-denied can't be played: ${why}.`);
}
