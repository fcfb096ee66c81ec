/** Small pieces for streams of bytes: pass them on, peek at them, make one of what is at hand. */
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

/** The first bytes, for a message. */
export function describeBytes(bytes: Buffer): string {
  const text = bytes.toString('latin1', 0, 16);
  return /^[\x20-\x7e]+$/u.test(text) ? `"${text}"` : `the bytes ${bytes.subarray(0, 8).toString('hex')}`;
}
