/** The stage *restore*: by the backup's tool, or by the runbook's own steps; a restore of nothing has failed. */
import type { RunningSandbox } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { contextOf, type Run } from './run.ts';

/** `began`: when fetching did, for the time that a recovery takes. */
export async function restore(run: Run, sandbox: RunningSandbox, began: number): Promise<void> {
  const { plan, got, stages } = run;
  await stages.run('restore', async () => {
    const { bytes, message } = plan.steps.length > 0 ? await bySteps(run, sandbox) : await byTool(run, sandbox);
    run.signal.throwIfAborted();
    if (bytes <= 0)
      throw new StageFault('failed', 'The restore restored nothing: 0 bytes.', { code: 'nothing-restored' });
    got.restoredBytes = bytes;
    return message;
  });
  // It is the restore that read every byte: until it had, nothing was verified.
  got.level = 2;
  got.times = {
    ...got.times,
    restore: Math.max(1, stages.durationOf('restore') ?? 0),
    elapsed: run.to.clock.now() - began,
  };
}

interface Restored {
  readonly bytes: number;
  readonly message: string;
}

async function bySteps(run: Run, sandbox: RunningSandbox): Promise<Restored> {
  const outcome = await run.to.engine.steps(contextOf(run, run.signal), run.got.fetched, sandbox);
  run.got.steps = outcome.steps;
  if (outcome.failed !== undefined) throw new StageFault('failed', outcome.failed);
  const passed = outcome.steps.filter((step) => step.state === 'passed').length;
  return {
    bytes: outcome.restoredBytes ?? 0,
    message: `${passed} ${passed === 1 ? 'step' : 'steps'} of the runbook ran`,
  };
}

async function byTool(run: Run, sandbox: RunningSandbox): Promise<Restored> {
  const context = contextOf(run, run.signal);
  const messages: string[] = [];
  let bytes = 0;
  for (const fetched of run.got.fetched) {
    const outcome = await run.to.engine.restore(context, fetched, sandbox);
    bytes += outcome.restoredBytes;
    messages.push(outcome.message);
  }
  return { bytes, message: messages.join('; ') };
}
