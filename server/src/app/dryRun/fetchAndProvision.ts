/** The stages *fetch+verify* and *provision*, side by side: where one of the two fails the other is called off. */
import type { RunningSandbox } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { contextOf, type Run } from './run.ts';

/** Reads the backups whole and, where something is restored, makes the sandbox; answers with it. */
export async function fetchAndProvision(run: Run, restoring: boolean): Promise<RunningSandbox | undefined> {
  const { stages, got } = run;
  const inner = new AbortController();
  const context = contextOf(run, AbortSignal.any([run.signal, inner.signal]));
  // The one that is called off says so instead of failing for the same reason.
  const together = async (
    stage: 'fetch+verify' | 'provision',
    other: string,
    work: () => Promise<string>,
  ): Promise<void> => {
    try {
      await stages.run(stage, async () => {
        try {
          return await work();
        } catch (error) {
          if (!inner.signal.aborted || run.signal.aborted) throw error;
          stages.skip(stage, `called off: ${other} did not pass`);
          throw inner.signal.reason;
        }
      });
    } catch (error) {
      inner.abort(error);
      throw error;
    }
  };
  const fetching = together('fetch+verify', 'provision', async () => {
    got.fetched = [];
    for (const found of got.found) got.fetched = [...got.fetched, await run.to.engine.fetch(context, found, restoring)];
    return got.fetched.map((each) => each.message).join('; ');
  });
  const provisioning = restoring
    ? together('provision', 'fetch+verify', async () => {
        const sandbox = await run.to.engine.provision(context, got.found);
        got.sandbox = sandbox;
        got.lastSandbox = sandbox;
        return [sandbox.engine, sandbox.version, sandbox.address].filter((each) => each !== undefined).join(', ');
      })
    : Promise.resolve();
  const ends = await Promise.allSettled([fetching, provisioning]);
  // What the backup did wrong comes before what the sandbox did.
  for (const end of ends)
    if (end.status === 'rejected' && end.reason instanceof StageFault && !end.reason.sandbox) throw end.reason;
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  got.times = { fetch: stages.durationOf('fetch+verify') };
  return got.sandbox;
}
