/** An object read in parallel ranges, each resumed where it broke off: in order as a stream, or each to its place in a file. */
import { Buffer } from 'node:buffer';
import type { ByteSource } from '../core/ports.ts';
import { inOrder, type BlockFile, type BlockPool } from './blocks.ts';

export interface RangeOptions {
  readonly bytes: number;
  /** Bytes of one range. */
  readonly part: number;
  /** Ranges under way at once. */
  readonly parallel: number;
  readonly signal: AbortSignal;
  /** Opens the bytes from `start` to `end` (exclusive). */
  open(start: number, end: number, signal: AbortSignal): Promise<ByteSource>;
  /** Whether a broken range is worth another try; it goes on where it broke off. */
  mayRetry(error: unknown): boolean;
  /** Milliseconds; a range that gets no byte for long is given up, however many tries are left. */
  now(): number;
  /** Waits before try `attempt` (from 1). */
  wait(attempt: number): Promise<void>;
}

const TRIES = 5;
const STALLED_MS = 30_000;
/** Bytes that a stream gives at once. */
const CHUNK = 1024 * 1024;
/** Blocks that a source is given at once: when one is full, what comes next has its place already. */
const GIVEN = 2;

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

/** In memory of its own: whoever gets the bytes may keep them. */
async function readRange(
  options: RangeOptions,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  const all: Uint8Array[] = [];
  await takeRange(options, start, end, signal, {
    take: (left) => Buffer.allocUnsafeSlow(Math.min(CHUNK, left)),
    takeNow: () => undefined,
    give: () => undefined,
    put: (block, count) => void all.push(block.subarray(0, count)),
  });
  return all;
}

/** Where the bytes of a range go. */
interface Blocks {
  readonly take: (left: number) => Promise<Uint8Array> | Uint8Array;
  /** Another one, where it may be had at once. */
  readonly takeNow: () => Uint8Array | undefined;
  /** A block that got nothing. */
  readonly give: (block: Uint8Array) => void;
  readonly put: (block: Uint8Array, count: number, position: number) => void;
}

/** Puts the bytes of one range into blocks, in order; it is begun again where it broke off. */
async function takeRange(
  options: RangeOptions,
  start: number,
  end: number,
  signal: AbortSignal,
  blocks: Blocks,
): Promise<void> {
  const wanted = end - start;
  let filled = 0;
  let progressAt = options.now();
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      const source = await options.open(start + filled, end, signal);
      const onAbort = (): void => source.stop();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        await pour(source, wanted - filled, signal, {
          ...blocks,
          put: (block, count) => {
            const position = start + filled;
            filled += count;
            progressAt = options.now();
            blocks.put(block, count, position);
          },
        });
        if (filled < wanted)
          throw new Error(`The store ended the stream after ${start + filled} of ${options.bytes} bytes.`);
        if ((await source.fill(Buffer.alloc(1))) > 0)
          throw new Error('The store sent more bytes than the range holds.');
        return;
      } finally {
        signal.removeEventListener('abort', onAbort);
        source.stop();
      }
    } catch (error) {
      signal.throwIfAborted();
      const stalled = options.now() - progressAt > STALLED_MS;
      if (stalled || attempt >= TRIES || !options.mayRetry(error)) throw error;
      await options.wait(attempt);
    }
  }
}

/** The next bytes of a source into blocks, in order, until there are so many or it ends; blocks that got none are given back. */
async function pour(
  source: ByteSource,
  bytes: number,
  signal: AbortSignal,
  { take, takeNow, give, put }: Blocks,
): Promise<void> {
  const given: { readonly block: Uint8Array; readonly count: Promise<number> }[] = [];
  let asked = 0;
  const ask = (block: Uint8Array): void => {
    const view = block.subarray(0, Math.min(block.length, bytes - asked));
    asked += view.length;
    const count = source.fill(view);
    // It is reported when its turn comes.
    count.catch(() => undefined);
    given.push({ block, count });
  };
  try {
    for (let came = 0; came < bytes;) {
      signal.throwIfAborted();
      if (given.length === 0) ask(await take(bytes - asked));
      const more = given.length < GIVEN && asked < bytes ? takeNow() : undefined;
      if (more) ask(more);
      const count = (await given[0]?.count) ?? 0;
      if (count === 0) return;
      const block = given.shift()?.block;
      if (block) put(block, count, came);
      came += count;
    }
  } finally {
    // Until the source lets go of them, it may still write to them.
    if (given.length > 0) source.stop();
    for (const { block, count } of given) {
      await count.catch(() => undefined);
      give(block);
    }
  }
}

/**
 * An object's bytes, each range written to its own place as it comes: no range waits for an earlier one. The sum follows in
 * order, from memory where the bytes are still there.
 */
export async function landRanges(
  options: RangeOptions,
  blocks: BlockPool,
  file: BlockFile,
  sum: (bytes: Uint8Array) => void,
): Promise<void> {
  const { bytes, part, parallel } = options;
  if (bytes === 0) return;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const fail = (error: unknown): void => stop.abort(error);
  const order = inOrder({ bytes, file, sum, signal, fail });
  let next = 0;
  /** Where the ranges begin that are being read, the first one first. */
  const reading = new Set<number>();
  // As long as there are ranges to begin, the sum keeps up with them, and whatever comes is read as it comes. At the end only
  // what the first range still waits for is in its way: left to chance, most would be summed when all else is done.
  const mayGoOn = (start: number): boolean => next < bytes || reading.keys().next().value === start;
  const nextTurn = turns();
  const lane = async (): Promise<void> => {
    for (let start = next; start < bytes; start = next) {
      const end = (next = Math.min(bytes, start + part));
      const writes: Promise<void>[] = [];
      reading.add(start);
      await takeRange(options, start, end, signal, {
        take: async () => {
          if (!mayGoOn(start)) await nextTurn();
          signal.throwIfAborted();
          return await blocks.take(signal);
        },
        takeNow: () => (mayGoOn(start) ? blocks.takeNow() : undefined),
        give: blocks.give,
        put: (block, count, position) => {
          const view = block.subarray(0, count);
          let uses = 2;
          const release = (): void => {
            if (--uses === 0) blocks.give(block);
          };
          writes.push(
            file.write(view, position).then(
              () => {
                order.onWritten(position);
                release();
              },
              (error: unknown) => {
                fail(error);
                release();
              },
            ),
          );
          order.take(view, position, blocks.isAmple, release);
        },
      });
      reading.delete(start);
      await Promise.all(writes);
    }
  };
  const lanes = Array.from({ length: Math.min(parallel, Math.ceil(bytes / part)) }, async () => {
    await lane().catch(fail);
  });
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  stopped.catch(() => undefined);
  try {
    signal.throwIfAborted();
    await Promise.race([stopped, Promise.all([...lanes, order.summed])]);
    signal.throwIfAborted();
  } finally {
    fail(new Error('The reader stopped.'));
    await Promise.allSettled(lanes);
  }
}

/** Resolves when everything has been looked at once that there is to do by now. */
function turns(): () => Promise<void> {
  let turn: Promise<void> | undefined;
  return async () => {
    turn ??= new Promise((resolve) => {
      setImmediate(() => {
        turn = undefined;
        resolve();
      });
    });
    await turn;
  };
}
