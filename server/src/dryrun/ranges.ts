/** An object read in parallel ranges, each resumed where it broke off: in order as a stream, or each to its place in a file. */
import { gathered } from './streams.ts';

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
  /** Milliseconds; a range that gets no byte for long is given up, however many tries are left. */
  now(): number;
  /** Waits before try `attempt` (from 1). */
  wait(attempt: number): Promise<void>;
}

const TRIES = 5;
const STALLED_MS = 30_000;
/** Bytes that go on together. */
const BATCH = 1024 * 1024;

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
  const all: Uint8Array[] = [];
  await takeRange(options, start, end, signal, (chunks) => void all.push(...chunks));
  return all;
}

/** Gives `take` the bytes of one range in order; it is begun again where it broke off. */
async function takeRange(
  options: RangeOptions,
  start: number,
  end: number,
  signal: AbortSignal,
  take: (chunks: readonly Uint8Array[], position: number) => Promise<void> | void,
): Promise<void> {
  const wanted = end - start;
  let filled = 0;
  let progressAt = options.now();
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      for await (const chunks of gathered(await options.open(start + filled, end, signal), BATCH, signal)) {
        signal.throwIfAborted();
        const bytes = chunks.reduce((sum, each) => sum + each.byteLength, 0);
        if (filled + bytes > wanted) throw new Error('The store sent more bytes than the range holds.');
        const position = start + filled;
        filled += bytes;
        progressAt = options.now();
        await take(chunks, position);
      }
      if (filled === wanted) return;
      throw new Error(`The store ended the stream after ${start + filled} of ${options.bytes} bytes.`);
    } catch (error) {
      signal.throwIfAborted();
      const stalled = options.now() - progressAt > STALLED_MS;
      if (stalled || attempt >= TRIES || error instanceof LandingError || !options.mayRetry(error))
        throw unwrapped(error);
      await options.wait(attempt);
    }
  }
}

/** What went wrong while bytes were put where they belong: no other try of the store helps. */
class LandingError extends Error {}

function unwrapped(error: unknown): unknown {
  return error instanceof LandingError ? error.cause : error;
}

export interface LandingOptions extends RangeOptions {
  write(chunks: readonly Uint8Array[], position: number): Promise<void>;
  /** All bytes before `bytes` are written. */
  reached(bytes: number): void;
}

/** An object's bytes, each range written to its own place as it comes: nothing waits for an earlier range, and little is held. */
export async function landRanges(options: LandingOptions): Promise<void> {
  const { bytes, part, parallel } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const count = Math.ceil(bytes / part);
  const written = new Array<number>(count).fill(0);
  let next = 0;
  let behind = 0;
  const sizeOf = (index: number): number => Math.min(part, bytes - index * part);
  const onWritten = (index: number, more: number): void => {
    written[index] = (written[index] ?? 0) + more;
    while (behind < count && written[behind] === sizeOf(behind)) behind += 1;
    options.reached(behind === count ? bytes : behind * part + (written[behind] ?? 0));
  };
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const start = index * part;
      let writing = Promise.resolve();
      await takeRange(options, start, start + sizeOf(index), signal, async (chunks, position) => {
        // One write is under way while the next bytes come.
        await writing;
        writing = options.write(chunks, position).then(
          () =>
            onWritten(
              index,
              chunks.reduce((sum, each) => sum + each.byteLength, 0),
            ),
          (error: unknown) => {
            throw new LandingError('A range could not be written.', { cause: error });
          },
        );
        writing.catch(() => undefined);
      });
      await writing.catch((error: unknown) => {
        throw unwrapped(error);
      });
    }
  };
  const lanes = Array.from({ length: Math.min(parallel, count) }, lane);
  try {
    await Promise.all(lanes);
  } finally {
    stop.abort(new Error('The reader stopped.'));
    await Promise.allSettled(lanes);
  }
}
