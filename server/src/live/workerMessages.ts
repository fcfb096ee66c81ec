/** What the look-up worker and its host say to each other: plain data, copied between the threads, and no more of it than needed. */
import type { EnvironmentSource } from '../core/drift/environment.ts';
import type { LookupRequest, Observation } from '../core/drift/observation.ts';
import type { LogLevel } from '../core/ports.ts';
import type { LookupOptions } from './lookup.ts';

/** One run, with all that the worker may know of the workspace. */
export interface LookMessage {
  readonly type: 'look';
  readonly id: number;
  /** Left out where they are those that were sent last. */
  readonly requests?: readonly LookupRequest[];
  readonly environments: readonly EnvironmentSource[];
  /** Of the hosts that the environments name, those that the person approved. */
  readonly approvedHosts: readonly string[];
  readonly root: string | undefined;
  readonly options: LookupOptions | undefined;
  readonly deadlineMs: number | undefined;
  readonly maxAgeMs: number | undefined;
}

export type ToWorker = LookMessage | { readonly type: 'abort'; readonly id: number };

/**
 * One answer a request, in order. A number stands for an answer that says what the last one to the same requests said:
 * it is the place in `ats` of the time at which it was seen now.
 */
export interface Answers {
  readonly ats: readonly string[];
  readonly each: readonly (number | Observation)[];
}

export type FromWorker =
  | {
      readonly type: 'result';
      readonly id: number;
      readonly answers: Answers;
      readonly calls: Readonly<Record<string, number>>;
    }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string };
