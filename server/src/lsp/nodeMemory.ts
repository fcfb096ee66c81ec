/** The memory of the server's process: how its heap grows, and when what nobody needs any more is given back. */
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of garbage that are worth a collection. */
const WORTH = 3_000_000;
/** Characters from which a document is large: its trees outlive a young heap of the smallest size, and are copied over and over. */
const LARGE = 200_000;
/** Bytes of the young heap that pay for a character of a large document. */
const YOUNG_FOR_CHARACTER = 30;

/**
 * From Node 24 on two compilers optimise. The second takes megabytes in each thread that it runs on, which are not given back,
 * and makes checking a document of common length a seventh faster; so it is there for large ones only.
 */
const HAS_MIDDLE_COMPILER = Number(process.versions.node.split('.')[0]) >= 24;

/**
 * A server for an editor lives for days beside many others, and what it needs is small. Left alone, the engine lets the
 * young part of the heap grow to 16 MB and the old one to hundreds before it first looks for garbage.
 */
export function growSlowly(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=30');
  setFlagsFromString('--expose-gc');
  if (HAS_MIDDLE_COMPILER) setFlagsFromString('--no-turbofan');
}

/**
 * A function that collects garbage where there may be enough of it; to be called when nobody waits for an answer. The first
 * time it takes all there is: what loading compiled and never runs again is most of it.
 */
export function createCollector(): () => void {
  const found: unknown = runInNewContext('globalThis.gc');
  if (typeof found !== 'function') return () => undefined;
  // Engines that don't know the flavour yet do nothing for it, so that they are asked plainly first.
  const collect = found as (options?: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;
  let left = 0;
  return () => {
    if (getHeapStatistics().used_heap_size < left + WORTH) return;
    collect();
    if (left === 0) collect({ type: 'major', flavor: 'last-resort' });
    left = getHeapStatistics().used_heap_size;
  };
}

/** The young part of the heap: its size in bytes, and whether it may grow from here on. */
export interface YoungHeap {
  readonly size: () => number;
  readonly mayGrow: (may: boolean) => void;
}

const OWN_YOUNG_HEAP: YoungHeap = {
  size: () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0,
  mayGrow: (may) => {
    setFlagsFromString(`--semi-space-growth-factor=${may ? 2 : 1}`);
    if (may && HAS_MIDDLE_COMPILER) setFlagsFromString('--turbofan');
  },
};

/** A function that lets the young heap grow where a large document is worked on; to be called with its length. */
export function createRoomMaker(heap = OWN_YOUNG_HEAP): (characters: number) => void {
  let grows = false;
  return (characters) => {
    if (characters < LARGE && !grows) return;
    const shall = characters >= LARGE && heap.size() < characters * YOUNG_FOR_CHARACTER;
    if (shall === grows) return;
    grows = shall;
    heap.mayGrow(shall);
  };
}
