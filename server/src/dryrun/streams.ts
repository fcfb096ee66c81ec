/** Small pieces for streams of bytes: pull them, peek at them, gather them into larger ones. */
import { Buffer } from 'node:buffer';
import { Readable, finished } from 'node:stream';

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

/**
 * The small chunks of a stream, gathered to at least `size` bytes at a time. What came before a break is given out first.
 * A stream of Node's is read by its events: an iterator's turn for each chunk costs more than the chunk.
 */
export async function* gathered(
  source: AsyncIterable<Uint8Array>,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Uint8Array[]> {
  const held = createHeld(size);
  if (source instanceof Readable) {
    yield* gatheredEvents(source, held, signal);
    return;
  }
  let failure: { readonly error: unknown } | undefined;
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => (failure = { error }));
      if (failure !== undefined || !('value' in next) || next.done === true) break;
      held.add(next.value);
      if (held.isFull()) yield held.take();
    }
    const rest = held.take();
    if (rest.length > 0) yield rest;
    if (failure !== undefined) throw failure.error;
  } finally {
    await iterator.return?.();
  }
}

interface Held {
  add(chunk: Uint8Array): void;
  isFull(): boolean;
  take(): readonly Uint8Array[];
}

function createHeld(size: number): Held {
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  return {
    add: (chunk) => {
      chunks.push(chunk);
      bytes += chunk.byteLength;
    },
    isFull: () => bytes >= size,
    take: () => {
      const taken = chunks;
      chunks = [];
      bytes = 0;
      return taken;
    },
  };
}

async function* gatheredEvents(
  source: Readable,
  held: Held,
  signal: AbortSignal,
): AsyncGenerator<readonly Uint8Array[]> {
  const state: { ended: boolean; failure?: Error } = { ended: false };
  let wake: () => void = () => undefined;
  source.on('data', (chunk: Uint8Array) => {
    held.add(chunk);
    if (!held.isFull()) return;
    // The next ones wait until these are taken.
    source.pause();
    wake();
  });
  finished(source, { writable: false }, (error) => {
    if (error) state.failure = error;
    state.ended = true;
    wake();
  });
  const onAbort = (): void => void source.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    for (let last = false; !last;) {
      while (!held.isFull() && !state.ended) await new Promise<void>((resolve) => (wake = resolve));
      last = state.ended;
      const chunks = held.take();
      if (!last) source.resume();
      if (chunks.length > 0) yield chunks;
    }
    if (state.failure) throw state.failure;
  } finally {
    signal.removeEventListener('abort', onAbort);
    source.destroy();
  }
}
