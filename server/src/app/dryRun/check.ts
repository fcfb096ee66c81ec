/** The stage *check*: the restored schema against the backup's own account of it, and what the runbook asks of the data. */
import { StageFault, type RunContext, type RunningSandbox } from '../../core/recovery/engine.ts';
import type { CheckRecord } from '../../core/recovery/record.ts';
import { shapeWords } from '../../core/recovery/shape.ts';
import { contextOf, timeNow, type Run } from './run.ts';

export async function check(run: Run, sandbox: RunningSandbox): Promise<void> {
  const { plan, got } = run;
  const context = contextOf(run, run.signal);
  // What the provider says of its own restore is checked, whatever the runbook asks besides.
  const asks = plan.checks.length > 0 || plan.sandbox.kind === 'cloud';
  if (!asks) {
    run.notes.push({
      severity: 'warning',
      code: 'no-checks',
      message: 'The dry run has no checks: that the data is right was not looked at.',
    });
  }
  await run.stages.run('check', async () => {
    const compared = await compareShape(run, context, sandbox);
    if (!asks) return compared;
    got.checks = await run.to.engine.check(context, sandbox, got.fetched);
    for (const each of got.checks) tell(run, each);
    const failed = got.checks.filter((each) => each.state === 'failed');
    const unknown = got.checks.filter((each) => each.state === 'inconclusive');
    const worst = failed[0] ?? unknown[0];
    if (!worst)
      return `${got.checks.length} of ${got.checks.length} checks passed${compared === '' ? '' : `; ${compared}`}`;
    got.level = 3;
    throw new StageFault(
      failed.length > 0 ? 'failed' : 'inconclusive',
      `${failed.length + unknown.length} of ${got.checks.length} checks did not pass: "${worst.name}": ${worst.message ?? worst.state}`,
    );
  });
  if (!asks && got.shapes.length === 0) run.stages.skip('check', 'the dry run has no checks');
  // Level 4 is the provider's own restore; nothing that runs here reaches it.
  got.level = plan.sandbox.kind === 'cloud' ? 4 : 3;
}

function tell(run: Run, { name, state, message }: CheckRecord): void {
  run.request.onEvent?.({
    event: 'check',
    name,
    state,
    at: timeNow(run),
    ...(message === undefined ? {} : { message: run.to.redact(message) }),
  });
}

/** Holds the restored schema against the backup's own account of it and the last passed run's. Empty: there is no schema. */
async function compareShape(run: Run, context: RunContext, sandbox: RunningSandbox): Promise<string> {
  const { got } = run;
  const outcome = await run.to.engine.shape?.(context, sandbox, got.fetched, got.previous?.shape ?? []);
  if (!outcome) return '';
  got.shapes = outcome.shapes;
  if (outcome.problems.length > 0) {
    got.level = 3;
    throw new StageFault('failed', outcome.problems.join(' '), { code: 'schema-lost' });
  }
  return `schema compared: ${outcome.shapes.map(shapeWords).join('; ')}`;
}
