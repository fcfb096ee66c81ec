/** Reading an object in parallel ranges: in order, resumed where a range broke off, and never more bytes than asked for. */
import assert from 'node:assert/strict';
import { landRanges, readRanges, type RangeOptions } from '../../server/src/dryrun/ranges.ts';

const object = Buffer.from(Array.from({ length: 100 }, (_each, index) => index));

/** Ranges of 30 bytes in chunks of 7, two at once. */
async function read(more: Partial<RangeOptions> = {}): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const options: RangeOptions = {
    bytes: object.length,
    part: 30,
    parallel: 2,
    signal: new AbortController().signal,
    open: (start, end) => Promise.resolve(chunks(start, end)),
    mayRetry: () => true,
    now: () => 0,
    wait: () => Promise.resolve(),
    ...more,
  };
  for await (const chunk of readRanges(options)) parts.push(chunk);
  return Buffer.concat(parts);
}

// eslint-disable-next-line @typescript-eslint/require-await -- stands for a stream of the network
async function* chunks(start: number, end: number, breaksAt = Infinity): AsyncGenerator<Uint8Array> {
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

  it('puts each range to its place, says how far all of it is there, and stops at a full disk', async () => {
    const file = Buffer.alloc(100);
    const reached: number[] = [];
    const landing = (write: (chunks: readonly Uint8Array[], position: number) => Promise<void>) =>
      landRanges({
        bytes: 100,
        part: 30,
        parallel: 3,
        signal: new AbortController().signal,
        open: (start, end) => Promise.resolve(chunks(start, end, start === 30 && reached.length === 0 ? 44 : Infinity)),
        mayRetry: () => true,
        now: () => 0,
        wait: () => Promise.resolve(),
        write,
        reached: (bytes) => void reached.push(bytes),
      });
    await landing((parts, position) => {
      Buffer.concat(parts).copy(file, position);
      return Promise.resolve();
    });
    assert.deepEqual(file, object);
    assert.equal(reached.at(-1), 100);
    assert.deepEqual(
      reached,
      reached.toSorted((left, right) => left - right),
    );
    let writes = 0;
    const full = landing(() => ((writes += 1), Promise.reject(new Error('ENOSPC: no space left on device'))));
    await assert.rejects(full, /ENOSPC/u);
    assert.ok(writes <= 4, `${writes} writes`);
  });
});
