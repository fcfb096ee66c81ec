/** Reading an object in parallel ranges: in order, resumed where a range broke off, and never more bytes than asked for. */
import assert from 'node:assert/strict';
import type { ByteSource } from '../../server/src/core/ports.ts';
import { createBlocks, inOrder } from '../../server/src/dryrun/blocks.ts';
import { landRanges, readRanges, type RangeOptions } from '../../server/src/dryrun/ranges.ts';
import { sourceOfStream } from '../../server/src/dryrun/sources.ts';

const object = Buffer.from(Array.from({ length: 100 }, (_each, index) => index));

/** How every range is read where nothing else is said: from the object, in time, on the first try. */
function plainly() {
  return {
    signal: new AbortController().signal,
    open: (start: number, end: number) => Promise.resolve(chunks(start, end)),
    mayRetry: () => true,
    now: () => 0,
    wait: () => Promise.resolve(),
  };
}

/** Ranges of 30 bytes in chunks of 7, two at once. */
async function read(more: Partial<RangeOptions> = {}): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const options: RangeOptions = {
    bytes: object.length,
    part: 30,
    parallel: 2,
    ...plainly(),
    ...more,
  };
  for await (const chunk of readRanges(options)) parts.push(chunk);
  return Buffer.concat(parts);
}

function chunks(start: number, end: number, breaksAt = Infinity): ByteSource {
  return sourceOfStream(stream(start, end, breaksAt));
}

// eslint-disable-next-line @typescript-eslint/require-await -- stands for a stream of the network
async function* stream(start: number, end: number, breaksAt: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; at += 7) {
    if (at >= breaksAt) throw new Error('The line broke.');
    yield object.subarray(at, Math.min(end, at + 7));
  }
}

describe('parallel ranges', () => {
  it('gives the bytes in order, whichever range is there first', async () => {
    let release: () => void = () => undefined;
    const later = new Promise<void>((resolve) => (release = resolve));
    const got = await read({
      open: async (start, end) => {
        if (start === 0) await later;
        if (start === 30) release();
        return chunks(start, end);
      },
    });
    assert.deepEqual(got, object);
  });

  it('goes on where a range broke off, with no byte twice', async () => {
    const opened: number[] = [];
    const got = await read({
      open: (start, end) => {
        opened.push(start);
        return Promise.resolve(
          chunks(
            start,
            end,
            opened.filter((each) => each >= 30 && each < 60).length === 1 && start === 30 ? 40 : Infinity,
          ),
        );
      },
    });
    assert.deepEqual(got, object);
    assert.ok(opened.includes(44), `opened at ${opened.join(', ')}`);
  });

  it('refuses more bytes than a range holds, and fewer', async () => {
    const open =
      (by: number): RangeOptions['open'] =>
      (start, end) =>
        Promise.resolve(chunks(start, Math.min(100, end + by)));
    await assert.rejects(read({ open: open(7), mayRetry: () => false }), /more bytes/);
    await assert.rejects(read({ open: open(-7), mayRetry: () => false }), /ended the stream/);
  });

  it('gives up a range that gets no byte for long, and not one that gets a few', async () => {
    let now = 0;
    const opened: number[] = [];
    const open: RangeOptions['open'] = (start, end) => {
      opened.push(start);
      now += 40_000;
      return Promise.resolve(chunks(start, end, start));
    };
    await assert.rejects(read({ open, now: () => now, parallel: 1 }), /line broke/u);
    assert.deepEqual(opened, [0]);
    const few: RangeOptions['open'] = (start, end) => {
      now += 20_000;
      return Promise.resolve(chunks(start, end, start + 7));
    };
    assert.deepEqual(await read({ open: few, now: () => now, parallel: 1 }), object);
  });

  /** A file in memory; `write` may be another than the one that keeps the bytes. */
  function land(more: Partial<RangeOptions> = {}, blocks = createBlocks(7, 100)) {
    const file = Buffer.alloc(100);
    const summed: Uint8Array[] = [];
    const reads: number[] = [];
    const written = async (write?: (position: number) => Promise<void>): Promise<Buffer> => {
      await landRanges(
        {
          bytes: 100,
          part: 30,
          parallel: 3,
          ...plainly(),
          ...more,
        },
        blocks,
        {
          write: async (block, position) => {
            await write?.(position);
            file.set(block, position);
          },
          read: (block, position) => {
            reads.push(position);
            return Promise.resolve(file.copy(block, 0, position, position + block.length));
          },
        },
        (bytes) => void summed.push(Buffer.from(bytes)),
      );
      assert.deepEqual(Buffer.concat(summed), object);
      return file;
    };
    return { written, reads };
  }

  it('puts each range to its place and sums the bytes in order, also where a range broke off', async () => {
    let broke = false;
    const { written, reads } = land({
      open: (start, end) => {
        const breaksAt = start === 30 && !broke ? 44 : Infinity;
        broke ||= start === 30;
        return Promise.resolve(chunks(start, end, breaksAt));
      },
    });
    assert.deepEqual(await written(), object);
    assert.deepEqual(reads, []);
  });

  it('waits for no range that is behind: what has no room in memory is read back', async () => {
    let release: () => void = () => undefined;
    const others = new Promise<void>((resolve) => (release = resolve));
    const { written, reads } = land(
      {
        open: async (start, end) => {
          // All other ranges are there before the first begins.
          if (start === 0) await others;
          if (start === 90) release();
          return chunks(start, end);
        },
      },
      createBlocks(7, 4),
    );
    assert.deepEqual(await written(), object);
    assert.ok(reads.length > 0 && reads.every((position) => position >= 30), reads.join(', '));
  });

  it('reads all ranges alike while some are left to begin, and then the first one before the others', async () => {
    /** What was read of the second range before the last of the first, in blocks. */
    const before = async (part: number): Promise<number> => {
      const order: number[] = [];
      const { written } = land({
        part,
        parallel: 2,
        open: (start, end) => {
          const source = chunks(start, end);
          const fill = async (block: Uint8Array): Promise<number> => (order.push(start), await source.fill(block));
          return Promise.resolve({ fill, stop: () => source.stop() });
        },
      });
      assert.deepEqual(await written(), object);
      return order.slice(0, order.lastIndexOf(0)).filter((start) => start === part).length;
    };
    assert.ok((await before(50)) <= 2, `${await before(50)} blocks`);
    assert.ok((await before(49)) >= 5, `${await before(49)} blocks`);
  });

  it('gives back what it had given to a source that breaks, when that has let go of it', async () => {
    const blocks = createBlocks(7, 3);
    let letGo: (error: Error) => void = () => undefined;
    const held = new Promise<number>((_, reject) => (letGo = reject));
    let whileHeld: number | undefined;
    const open: RangeOptions['open'] = () => {
      let asked = 0;
      return Promise.resolve({
        // The first block gets nothing, and the second is still the source's when that is known.
        fill: async () => (asked++ === 0 ? 0 : await held),
        stop: () => {
          setImmediate(() => {
            const had = [1, 2, 3].map(() => blocks.takeNow()).filter((each) => each !== undefined);
            whileHeld ??= had.length;
            for (const block of had) blocks.give(block);
            letGo(new Error('Stopped.'));
          });
        },
      });
    };
    await assert.rejects(land({ open, mayRetry: () => false, parallel: 1 }, blocks).written(), /ended the stream/u);
    assert.equal(whileHeld, 2);
    assert.equal([1, 2, 3, 4].filter(() => blocks.takeNow()).length, 3);
  });

  it('stops at a full disk, and at once when it is called off', async () => {
    let writes = 0;
    const full = land().written(() => ((writes += 1), Promise.reject(new Error('ENOSPC: no space left on device'))));
    await assert.rejects(full, /ENOSPC/u);
    assert.ok(writes <= 20, `${writes} writes`);
    const stop = new AbortController();
    let stopped = 0;
    const open: RangeOptions['open'] = () =>
      Promise.resolve({
        fill: async () => await new Promise<number>((_, reject) => rejects.push(reject)),
        stop: () => {
          stopped += 1;
          for (const reject of rejects.splice(0)) reject(new Error('closed'));
        },
      });
    const rejects: ((error: Error) => void)[] = [];
    const called = land({ open, signal: stop.signal }).written();
    setImmediate(() => stop.abort(new Error('Called off.')));
    await assert.rejects(called, /Called off/u);
    assert.ok(stopped >= 3, `${stopped} stopped`);
  });

  it('gives all memory back where it stops, whatever waited for its turn', async () => {
    const blocks = createBlocks(7, 8);
    const stop = new AbortController();
    const others = new Set([30, 60]);
    const { written } = land(
      {
        signal: stop.signal,
        // The first range never begins; the others are read as far as there is memory, and then it is called off.
        open: async (start, end, signal) => {
          if (start === 0) await new Promise((_, reject) => signal.addEventListener('abort', reject, { once: true }));
          return chunks(start, end);
        },
      },
      blocks,
    );
    const called = written((position) => {
      others.delete(position);
      if (others.size === 0) setImmediate(() => stop.abort(new Error('Called off.')));
      return position === 37 ? Promise.reject(new Error('EIO: i/o error')) : Promise.resolve();
    });
    await assert.rejects(called, /Called off|EIO/u);
    const all = Array.from({ length: 8 }, () => blocks.take(new AbortController().signal));
    assert.ok(all.every((block) => block instanceof Uint8Array));
  });

  /** Nine bytes that wait for the one before them. */
  function waiting(sum: (bytes: Uint8Array) => void) {
    const stop = new AbortController();
    const file = { read: () => Promise.resolve(0), write: () => Promise.resolve() };
    const fail = (error: unknown): void => stop.abort(error);
    const order = inOrder({ bytes: 10, file, sum, signal: stop.signal, fail });
    let released = 0;
    const take = (position: number): void =>
      order.take(
        object.subarray(position, position + 1),
        position,
        () => true,
        () => (released += 1),
      );
    for (let position = 9; position > 0; position--) take(position);
    return { order, stop, begin: () => take(0), released: () => released };
  }

  it('lets others read between what it sums, and sums all of it', async () => {
    const summed: number[] = [];
    const { order, begin, released } = waiting((bytes) => void summed.push(...bytes));
    begin();
    assert.ok(summed.length < 5, `${summed.length} at once`);
    await order.summed;
    assert.deepEqual(summed, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(released(), 10);
  });

  it('sums nothing more where it was called off or the sum failed', async () => {
    const summed: number[] = [];
    const off = waiting((bytes) => void summed.push(...bytes));
    off.begin();
    off.stop.abort(new Error('Called off.'));
    const had = summed.length;
    const failing = waiting((bytes) => {
      if (bytes[0] === 5) throw new Error('No sum.');
    });
    const failed = new Promise<unknown>((resolve) => {
      failing.stop.signal.addEventListener('abort', () => resolve(failing.stop.signal.reason), { once: true });
    });
    failing.begin();
    assert.match(String(await failed), /No sum/u);
    assert.equal(summed.length, had);
    assert.equal(off.released(), 10);
  });
});
