/** Small pieces for streams of bytes: pull them, peek at them, and read an object in parallel ranges in order. */
import { Buffer } from 'node:buffer';

/** Where a stream's bytes pass by: hashes, counters. */
export type Tap = (chunk: Uint8Array) => void;

/** Passes `source` on and shows every chunk to `tap`; stops with the signal's reason. */
export async function* tapped(
  source: AsyncIterable<Uint8Array>,
  tap: Tap,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    signal.throwIfAborted();
    tap(chunk);
    yield chunk;
  }
}

/** The first `count` bytes of a stream (fewer where it is shorter), which is then let go. */
export async function head(source: AsyncIterable<Uint8Array>, count: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    parts.push(chunk);
    size += chunk.byteLength;
    if (size >= count) break;
  }
  return Buffer.concat(parts).subarray(0, count);
}

/** A stream of one text or buffer. */
// eslint-disable-next-line @typescript-eslint/require-await -- the ports take async streams
export async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

export interface RangeOptions {
  readonly bytes: number;
  /** Bytes of one range. */
  readonly part: number;
  /** Ranges under way at once: memory is at most `part * parallel`. */
  readonly parallel: number;
  readonly signal: AbortSignal;
  /** Opens the bytes from `start` to `end` (exclusive). */
  open(start: number, end: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Whether a broken range is worth another try; it goes on where it broke off. */
  mayRetry(error: unknown): boolean;
  /** Waits before try `attempt` (from 1). */
  wait(attempt: number): Promise<void>;
}

const TRIES = 5;

/** An object's bytes in order, read in ranges that are under way at the same time; a range that breaks off is resumed. */
export async function* readRanges(options: RangeOptions): AsyncGenerator<Uint8Array> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const waiting: Promise<readonly Uint8Array[]>[] = [];
  let next = 0;
  const startOne = (): void => {
    const start = next;
    const end = Math.min(options.bytes, start + options.part);
    next = end;
    const reading = readRange(options, start, end, signal);
    // A later range may fail while an earlier one is still awaited; it is reported when its turn comes.
    reading.catch(() => undefined);
    waiting.push(reading);
  };
  try {
    while (next < options.bytes && waiting.length < options.parallel) startOne();
    for (let first = waiting.shift(); first; first = waiting.shift()) {
      const chunks = await first;
      if (next < options.bytes) startOne();
      yield* chunks;
    }
  } finally {
    stop.abort(new Error('The reader stopped.'));
    await Promise.allSettled(waiting);
  }
}

/** The chunks as they came: copying them together would double what the collector has to clear away. */
async function readRange(
  options: RangeOptions,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  const wanted = end - start;
  let filled = 0;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      for await (const chunk of await options.open(start + filled, end, signal)) {
        signal.throwIfAborted();
        if (filled + chunk.byteLength > wanted) throw new Error('The store sent more bytes than the range holds.');
        chunks.push(chunk);
        filled += chunk.byteLength;
      }
      if (filled === wanted) return chunks;
      throw new Error(`The store ended the stream after ${start + filled} of ${options.bytes} bytes.`);
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= TRIES || !options.mayRetry(error)) throw error;
      await options.wait(attempt);
    }
  }
}
