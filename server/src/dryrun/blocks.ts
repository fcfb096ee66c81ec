/** Blocks of memory that are used again and again, and the order that a sum needs of blocks that come in any. */
import { Buffer } from 'node:buffer';

/** A file that blocks are written to and read back from. */
export interface BlockFile {
  readonly write: (block: Uint8Array, position: number) => Promise<void>;
  readonly read: (block: Uint8Array, position: number) => Promise<number>;
}

/** Blocks of one size, shared by whatever is read at the same time. */
export interface BlockPool {
  readonly size: number;
  /** Waits where all are in use; rejects with the signal's reason. */
  readonly take: (signal: AbortSignal) => Promise<Uint8Array> | Uint8Array;
  /** One that may be had at once, should there be any. */
  readonly takeNow: () => Uint8Array | undefined;
  readonly give: (block: Uint8Array) => void;
  /** Whether so few are in use that one may wait for its turn: others will always have what they need to go on. */
  readonly isAmple: () => boolean;
}

/** The share of a pool that may wait: what is left is used again as fast as it is written. */
const MAY_WAIT = 7 / 8;
/** Blocks that are summed at once: in a longer stretch nothing would be read. */
const SLICE = 2;

/** At most `most` blocks of `size` bytes, made when first needed and kept until the pool is let go. */
export function createBlocks(size: number, most: number): BlockPool {
  const free: Uint8Array[] = [];
  const waiting = new Set<(block: Uint8Array) => void>();
  let made = 0;
  const takeNow = (): Uint8Array | undefined => {
    const block = free.pop();
    if (block || made === most) return block;
    made += 1;
    return Buffer.allocUnsafeSlow(size);
  };
  return {
    size,
    takeNow,
    take: (signal) => {
      const block = takeNow();
      if (block) return block;
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          waiting.delete(onBlock);
          reject(signal.reason as Error);
        };
        const onBlock = (next: Uint8Array): void => {
          signal.removeEventListener('abort', onAbort);
          resolve(next);
        };
        waiting.add(onBlock);
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) onAbort();
      });
    },
    give: (block) => {
      const [first] = waiting;
      if (!first) {
        free.push(block);
        return;
      }
      waiting.delete(first);
      first(block);
    },
    isAmple: () => made - free.length <= most * MAY_WAIT,
  };
}

interface OrderOptions {
  readonly bytes: number;
  readonly file: BlockFile;
  readonly sum: (bytes: Uint8Array) => void;
  /** Ends it: all blocks are released, and nothing is summed any more. */
  readonly signal: AbortSignal;
  readonly fail: (error: unknown) => void;
}

interface Order {
  /** Takes a block's bytes, and holds them until their turn where it may; `release` is called when they are needed no more. */
  take(bytes: Uint8Array, position: number, mayHold: () => boolean, release: () => void): void;
  /** The bytes that were taken at `position` are in the file. */
  onWritten(position: number): void;
  /** When all bytes were summed. */
  readonly summed: Promise<void>;
}

/** Sums blocks in the order of their bytes. Too many that wait are let go, and read back from the file when their turn comes. */
export function inOrder({ bytes, file, sum, signal, fail }: OrderOptions): Order {
  const kept = new Map<number, { readonly bytes: Uint8Array; release(): void }>();
  const gone = new Map<number, { readonly count: number; written: boolean }>();
  let at = 0;
  let isReading = false;
  let isDue = false;
  let scratch: Uint8Array | undefined;
  let finish: () => void = () => undefined;
  const summed = new Promise<void>((resolve) => (finish = resolve));
  const add = (next: Uint8Array): void => {
    sum(next);
    at += next.length;
  };
  const readBack = async (count: number): Promise<void> => {
    if (scratch === undefined || scratch.length < count) scratch = Buffer.allocUnsafeSlow(count);
    const block = scratch.subarray(0, count);
    if ((await file.read(block, at)) < count) throw new Error(`The file ends before byte ${at + count}.`);
    gone.delete(at);
    add(block);
  };
  const later = (): void => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      try {
        goOn();
      } catch (error) {
        fail(error);
      }
    });
  };
  const goOn = (most = SLICE): void => {
    if (isReading || signal.aborted) return;
    let count = 0;
    for (let next = kept.get(at); next && count < most; next = kept.get(at)) {
      kept.delete(at);
      count += 1;
      add(next.bytes);
      next.release();
    }
    if (kept.has(at)) {
      later();
      return;
    }
    if (at === bytes) finish();
    const left = gone.get(at);
    if (left?.written !== true) return;
    isReading = true;
    readBack(left.count)
      .then(() => {
        isReading = false;
        goOn();
      })
      .catch(fail);
  };
  const onAbort = (): void => {
    for (const each of kept.values()) each.release();
    kept.clear();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    take: (block, position, mayHold, release) => {
      if (signal.aborted) {
        release();
        return;
      }
      // What can be summed by now takes no room from what can't.
      if (position !== at && !mayHold()) goOn(Infinity);
      if (position !== at && !mayHold()) {
        gone.set(position, { count: block.length, written: false });
        release();
      } else {
        kept.set(position, { bytes: block, release });
        goOn();
      }
    },
    onWritten: (position) => {
      const entry = gone.get(position);
      if (!entry) return;
      entry.written = true;
      goOn();
    },
    summed,
  };
}
