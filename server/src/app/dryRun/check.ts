/** The stage *check*: the restored schema against the backup's own account of it, and what the runbook asks of the data. */
import type { RunContext, RunningSandbox } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
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
    const { problems, words } = await compareShape(run, context, sandbox);
    if (!asks && problems.length === 0) await refuseEmpty(run, context, sandbox);
    // A promise of the backup's (its checksum) is held to whether the runbook asks anything of the data or not.
    const checked = await runChecks(run, context, sandbox, problems);
    const kind = problems.length > 0 || checked.state === 'failed' ? 'failed' : checked.state;
    if (kind === 'passed') {
      const passed = asks ? `${got.checks.length} of ${got.checks.length} checks passed` : undefined;
      return [passed, words].filter((each) => each !== undefined && each !== '').join('; ');
    }
    got.level = 3;
    const told = [...problems, ...(checked.words === undefined ? [] : [checked.words])].join(' ');
    throw new StageFault(kind, told, problems.length > 0 ? { code: 'schema-lost' } : {});
  });
  if (!asks && got.shapes.length === 0) run.stages.skip('check', 'the dry run has no checks');
  // Level 4 is the provider's own restore; nothing that runs here reaches it.
  got.level = plan.sandbox.kind === 'cloud' ? 4 : 3;
}

/** Definitions without a row are no data. Where an empty database is right, a check of the runbook's says so. */
async function refuseEmpty(run: Run, context: RunContext, sandbox: RunningSandbox): Promise<void> {
  if ((await run.to.engine.holdsRows?.(context, sandbox)) !== false) return;
  run.got.level = 3;
  throw new StageFault(
    'failed',
    'The restore brought back definitions and no data: no table holds a row, as from a dump of the schema alone. Back up the data too or, where an empty database is right, say so in a check ("query: select count(*) from orders, equals: 0").',
    { code: 'nothing-restored' },
  );
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

interface Checked {
  readonly state: CheckRecord['state'];
  /** What did not pass. */
  readonly words?: string;
}

/** What the runbook asks of the data. A schema that did not come back whole is told with it, so both are asked. */
async function runChecks(
  run: Run,
  context: RunContext,
  sandbox: RunningSandbox,
  problems: readonly string[],
): Promise<Checked> {
  const { got } = run;
  try {
    got.checks = await run.to.engine.check(context, sandbox, got.fetched);
  } catch (error) {
    // What is known to be lost stays so, even where the sandbox gives up after it.
    if (problems.length === 0 || run.signal.aborted || !(error instanceof StageFault)) throw error;
    return { state: 'inconclusive', words: `The checks could not be run: ${error.message}` };
  }
  for (const each of got.checks) tell(run, each);
  const failed = got.checks.filter((each) => each.state === 'failed');
  const unknown = got.checks.filter((each) => each.state === 'inconclusive');
  const worst = failed[0] ?? unknown[0];
  if (!worst) return { state: 'passed' };
  return {
    state: worst.state,
    words: `${failed.length + unknown.length} of ${got.checks.length} checks did not pass: "${worst.name}": ${worst.message ?? worst.state}`,
  };
}

/** Holds the restored schema against the backup's own account of it and the last passed run's. No words: there is no schema. */
async function compareShape(
  run: Run,
  context: RunContext,
  sandbox: RunningSandbox,
): Promise<{ readonly problems: readonly string[]; readonly words: string }> {
  const { got } = run;
  const outcome = await run.to.engine.shape?.(context, sandbox, got.fetched, got.previous?.shape ?? []);
  if (!outcome) return { problems: [], words: '' };
  got.shapes = outcome.shapes;
  return { problems: outcome.problems, words: `schema compared: ${outcome.shapes.map(shapeWords).join('; ')}` };
}
