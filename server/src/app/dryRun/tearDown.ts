/** The stage *teardown*: removes everything that the run made and proves it, whatever came before. */
import { contextOf, type Run } from './run.ts';

/** `last`: the run is over; else only this attempt is, and it says nothing in the stages. */
export async function tearDown(run: Run, last: boolean): Promise<void> {
  const { got, stages } = run;
  const { lease } = got;
  if (!lease) {
    if (last) stages.skip('teardown', 'nothing was made');
    return;
  }
  if (last) stages.start('teardown');
  // A cancelled run tears down all the same: this has a signal of its own.
  const context = contextOf(run, new AbortController().signal);
  const outcome = await run.to.engine.teardown(context, got.sandbox, lease.all(), last ? got.found : []);
  got.sandbox = undefined;
  await lease.end(!outcome.proven);
  got.lease = undefined;
  got.teardown = {
    proven: outcome.proven && got.teardown.proven,
    removed: [...got.teardown.removed, ...outcome.removed],
    remaining: [...got.teardown.remaining, ...outcome.remaining],
  };
  if (!last) return;
  const words = outcome.proven
    ? `removed and looked for again: ${outcome.removed.join(', ')}`
    : `still there: ${outcome.remaining.join(', ')}`;
  stages.finish('teardown', outcome.proven ? 'passed' : 'failed', words);
}
