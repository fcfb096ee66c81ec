/** Streams and files as sources of bytes, and what comes of them in order put where it belongs. */
import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import type { ByteSource, OpenFile } from '../core/ports.ts';
import type { Landing } from './stores/store.ts';

/** Bytes that are read, written and summed together. */
const BLOCK = 1024 * 1024;

/** A stream's bytes, copied into the puller's memory: for what can't be read there at once. */
export function sourceOfStream(stream: AsyncIterable<Uint8Array>): ByteSource {
  const iterator = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  const pull = async (): Promise<void> => {
    try {
      const next = await iterator.next();
      if (next.done === true) ended = true;
      else rest = next.value;
    } catch (error) {
      failure = { error };
    }
  };
  const fill = async (block: Uint8Array): Promise<number> => {
    let filled = 0;
    while (filled < block.length) {
      if (rest.length === 0 && !ended && !failure) await pull();
      if (rest.length === 0 && (ended || failure)) break;
      const count = Math.min(rest.length, block.length - filled);
      block.set(rest.subarray(0, count), filled);
      rest = rest.subarray(count);
      filled += count;
    }
    if (filled === 0 && failure) throw failure.error;
    return filled;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    fill: async (block) => {
      const before = last;
      const filling = before.then(async () => await fill(block));
      last = filling.catch(() => undefined);
      return await filling;
    },
    stop: () => {
      if (stream instanceof Readable) stream.destroy();
      // Not awaited: a source that hangs would not answer.
      else void iterator.return?.().catch(() => undefined);
    },
  };
}

/** Puts a stream's bytes where they belong, as they come. */
export async function landStream(stream: AsyncIterable<Uint8Array>, { sum, file }: Landing): Promise<void> {
  let at = 0;
  for await (const chunk of stream) {
    sum(chunk);
    await file?.write(chunk, at);
    at += chunk.length;
  }
}

/** Puts a file's bytes where they belong: the next ones are read while these are summed. It stops behind `bytes`. */
export async function landFile(source: OpenFile, bytes: number, signal: AbortSignal, landing: Landing): Promise<void> {
  const { sum, file } = landing;
  const size = Math.min(BLOCK, bytes + 1);
  let block = Buffer.allocUnsafeSlow(size);
  let other = Buffer.allocUnsafeSlow(size);
  let reading = source.read(block, 0);
  try {
    for (let at = 0; at <= bytes;) {
      const count = await reading;
      signal.throwIfAborted();
      if (count === 0) return;
      reading = source.read(other, at + count);
      const view = block.subarray(0, count);
      const writing = file?.write(view, at);
      sum(view);
      await writing;
      at += count;
      [block, other] = [other, block];
    }
  } finally {
    await reading.catch(() => undefined);
  }
}
