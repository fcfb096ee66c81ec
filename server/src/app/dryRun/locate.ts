/** The stage *locate*: finds and describes the backups, and says what bringing them back is estimated to take. */
import { budgetWords, estimateBudget, throughputOf } from '../../core/recovery/budget.ts';
import { contextOf, type Run } from './run.ts';

export async function locate(run: Run): Promise<void> {
  const { plan, got } = run;
  await run.stages.run('locate', async () => {
    got.found = [];
    const context = contextOf(run, run.signal);
    for (const backup of plan.backups) got.found = [...got.found, await run.to.engine.locate(context, backup)];
    const records = got.found.map((each) => each.record);
    const bytes = records.reduce((sum, each) => sum + (each.bytes ?? 0), 0);
    const budget = estimateBudget(plan, bytes, records, throughputOf(got.previous));
    const words = records
      .map((record) => `${record.uri}, ${record.bytes ?? 'unknown'} bytes, ${record.time ?? 'of unknown time'}`)
      .join('; ');
    return budget ? `${words}; estimated: ${budgetWords(budget)}` : words;
  });
  got.level = 1;
}
