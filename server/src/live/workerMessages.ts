/** What the look-up worker and its host say to each other: plain data, copied between the threads. */
import type { EnvironmentSource } from '../core/drift/environment.ts';
import type { LookupRequest } from '../core/drift/observation.ts';
import type { LogLevel, LookResult } from '../core/ports.ts';
import type { LookupOptions } from './lookup.ts';

/** One run, with all that the worker may know of the workspace. */
export interface LookMessage {
  readonly type: 'look';
  readonly id: number;
  readonly requests: readonly LookupRequest[];
  readonly environments: readonly EnvironmentSource[];
  /** Of the hosts that the environments name, those that the person approved. */
  readonly approvedHosts: readonly string[];
  readonly root: string | undefined;
  readonly options: LookupOptions | undefined;
  readonly deadlineMs: number | undefined;
  readonly maxAgeMs: number | undefined;
}

export type ToWorker =
  | LookMessage
  | { readonly type: 'abort'; readonly id: number }
  | { readonly type: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: string };

/** What the worker may ask its host for: secrets, hosts and files are the host's to give. */
export type HostQuestion = 'secrets.read' | 'cache.get' | 'files.readText' | 'files.info';

/** An answer that the host's cache is to keep. */
export interface ToKeep {
  readonly key: string;
  readonly value: unknown;
  readonly at: string;
}

export type FromWorker =
  /** `keep` shares its values with the result, so that they are copied between the threads once. */
  | { readonly type: 'result'; readonly id: number; readonly result: LookResult; readonly keep: readonly ToKeep[] }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string }
  | { readonly type: 'ask'; readonly id: number; readonly what: HostQuestion; readonly args: readonly unknown[] };
