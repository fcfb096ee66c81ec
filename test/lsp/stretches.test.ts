/** Long work in stretches: everything in order, with a look at what else there is in between, and an end when called off. */
import assert from 'node:assert/strict';
import { inStretches } from '../../server/src/lsp/stretches.ts';

describe('work in stretches', () => {
  /** Every item takes a millisecond of this clock. */
  function slow() {
    let time = 0;
    let breaks = 0;
    return {
      work: (item: number) => {
        time += 1;
        return [item, item];
      },
      breaks: () => breaks,
      dependencies: {
        clock: { now: () => time, after: () => () => undefined },
        soon: (callback: () => void) => {
          breaks += 1;
          queueMicrotask(callback);
          return () => undefined;
        },
      },
    };
  }

  it('does everything in order, and makes way now and then', async () => {
    const { work, breaks, dependencies } = slow();
    const items = Array.from({ length: 20 }, (_each, index) => index);
    assert.deepEqual(
      await inStretches(dependencies, items, work),
      items.flatMap((item) => [item, item]),
    );
    assert.equal(breaks(), 4);
  });

  it('ends where it is called off', async () => {
    const { work, dependencies } = slow();
    const stopped = inStretches(dependencies, [1, 2, 3, 4, 5, 6], work, () => {
      throw new Error('cancelled');
    });
    await assert.rejects(stopped, /cancelled/);
  });
});
