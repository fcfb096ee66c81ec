/** Memory given back in pauses: once after work has ended, not while it goes on, and again after the next. */
import assert from 'node:assert/strict';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { createCollector, createRoomMaker, growSlowly } from '../../server/src/lsp/nodeMemory.ts';
import { createRest } from '../../server/src/lsp/rest.ts';

describe('rest', () => {
  // They are those of the whole process, and other tests run in it.
  after(() => {
    for (const flag of ['--semi-space-growth-factor=2', '--heap-growing-percent=0', '--no-expose-gc', '--turbofan'])
      setFlagsFromString(flag);
  });

  it('collects once nobody worked for a while', () => {
    let time = 0;
    let collected = 0;
    const timers: { readonly at: number; readonly callback: () => void }[] = [];
    const worked = createRest({
      clock: {
        now: () => time,
        after: (ms, callback) => {
          timers.push({ at: time + ms, callback });
          return () => undefined;
        },
      },
      collect: () => {
        collected++;
      },
    });
    const goTo = (ms: number): void => {
      time = ms;
      for (const due of timers.filter((each) => each.at <= time)) {
        timers.splice(timers.indexOf(due), 1);
        due.callback();
      }
    };
    worked();
    goTo(200);
    worked();
    goTo(300);
    assert.equal(collected, 0);
    goTo(500);
    assert.equal(collected, 1);
    goTo(5000);
    assert.equal(collected, 1);
    worked();
    goTo(5300);
    assert.equal(collected, 2);
  });

  it('takes what nobody needs any more', () => {
    growSlowly();
    const collect = createCollector();
    collect();
    const rest = getHeapStatistics().used_heap_size;
    const make = (): number => Array.from({ length: 1000 }, () => Array.from({ length: 1000 }, String)).length;
    assert.equal(make(), 1000);
    assert.ok(getHeapStatistics().used_heap_size > rest + 3_000_000);
    collect();
    assert.ok(getHeapStatistics().used_heap_size < rest + 3_000_000);
  });

  it('lets the young heap grow for a large document alone, and no further than that pays', () => {
    let size = 2_000_000;
    const said: boolean[] = [];
    const makeRoom = createRoomMaker({ size: () => size, mayGrow: (may) => said.push(may) });
    makeRoom(20_000);
    assert.deepEqual(said, []);
    makeRoom(300_000);
    makeRoom(300_000);
    assert.deepEqual(said, [true]);
    size = 16_000_000;
    makeRoom(300_000);
    assert.deepEqual(said, [true, false]);
    makeRoom(1_000_000);
    assert.deepEqual(said, [true, false, true]);
    // A short one is worked on now, beside the long one.
    makeRoom(20_000);
    assert.deepEqual(said, [true, false, true, false]);
  });
});
