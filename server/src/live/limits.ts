/** Politeness: how many calls run at once, how many a second, and how long any of them may take. */
import { setMaxListeners } from 'node:events';
import type { Clock } from '../core/ports.ts';

/** Runs at most `limit` tasks at once, in the order of asking. */
function createGate(limit: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

/** A gate a key: what hangs in one service doesn't keep another from being asked. */
export function createGates(limit: number): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const gates = new Map<string, <T>(task: () => Promise<T>) => Promise<T>>();
  return async (key, task) => {
    const gate = gates.get(key) ?? createGate(limit);
    gates.set(key, gate);
    return await gate(task);
  };
}

/** Resolves after `ms` by the clock, or rejects with the signal's reason. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = clock.after(ms, () => {
      signal.removeEventListener('abort', aborted);
      resolve();
    });
    const aborted = (): void => {
      stop();
      reject(reasonOf(signal));
    };
    signal.addEventListener('abort', aborted, { once: true });
  });
}

/** What an abort says, always as an error. */
export function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}

/** A token bucket a key: a second's worth of calls at once, then `perSecond`. */
export function createBuckets(clock: Clock): (key: string, perSecond: number, signal: AbortSignal) => Promise<void> {
  const nextAt = new Map<string, number>();
  return async (key, perSecond, signal) => {
    const step = 1000 / perSecond;
    const now = clock.now();
    // The time at which this call's token is there, were the bucket of one second's worth full at the start.
    const at = Math.max(nextAt.get(key) ?? 0, now - 1000) + step;
    nextAt.set(key, at);
    if (at > now) await pause(clock, at - now, signal);
  };
}

/** The reason of an abort by a run's deadline or a call's timeout. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

export interface Limited {
  readonly signal: AbortSignal;
  /** Must be called when the work is done: it clears the timer. */
  readonly done: () => void;
}

/** A signal that also aborts after `ms`, with `OutOfTime` as the reason. */
export function limited(clock: Clock, signal: AbortSignal, ms: number | undefined, message: string): Limited {
  const controller = new AbortController();
  // Every call of a run listens to it: many listeners are no leak here.
  setMaxListeners(0, controller.signal);
  const forward = (): void => {
    controller.abort(reasonOf(signal));
  };
  if (signal.aborted) forward();
  else signal.addEventListener('abort', forward, { once: true });
  const stop =
    ms === undefined ? (): void => undefined : clock.after(ms, () => controller.abort(new OutOfTime(message)));
  return {
    signal: controller.signal,
    done: () => {
      stop();
      signal.removeEventListener('abort', forward);
    },
  };
}

/** Rejects with the signal's reason as soon as it aborts, even where the work itself doesn't listen. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let forget = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    const listener = (): void => reject(reasonOf(signal));
    signal.addEventListener('abort', listener, { once: true });
    forget = () => signal.removeEventListener('abort', listener);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    forget();
  }
}
