/** Reading an object in parallel ranges: in order, resumed where a range broke off, and never more bytes than asked for. */
import assert from 'node:assert/strict';
import { readRanges, type RangeOptions } from '../../server/src/dryrun/ranges.ts';

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
});
