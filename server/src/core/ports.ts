/** What the core needs from outside, as interfaces: the adapters are in platform/, live/ and dryrun/. */
import type { Observation, LookupRequest, PlannedCall } from './drift/observation.ts';

/** Time, injected so that tests never sleep. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `ms`; returns the way to call it off. */
  after(ms: number, callback: () => void): () => void;
}

export interface FileInfo {
  readonly size: number;
  readonly modifiedMs: number;
  readonly isDirectory: boolean;
}

/** The file system, by absolute path. Rejections carry the platform's `code` (`ENOENT`, `ENOSPC`, …). */
export interface Files {
  readText(path: string): Promise<string>;
  readBytes(path: string): Promise<Uint8Array>;
  /** Written beside the target, flushed, then renamed: never half a file. */
  writeAtomic(path: string, content: string | Uint8Array): Promise<void>;
  list(path: string): Promise<readonly string[]>;
  info(path: string): Promise<FileInfo | undefined>;
  makeFolder(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Free bytes on the file system that holds `path`. */
  freeBytes(path: string): Promise<number>;
}

export type LogLevel = 'error' | 'warning' | 'information' | 'debug';

/** Every line passes the redactor before it leaves. */
export interface Log {
  write(level: LogLevel, message: string): void;
}

/** Where a secret is to be had; never the secret itself. */
export interface SecretReference {
  readonly env?: string;
  readonly file?: string;
}

export interface Secrets {
  /** Resolves to undefined where the source is not there. Every value returned is registered with the redactor. */
  read(reference: SecretReference): Promise<string | undefined>;
  /** Replaces every secret that was ever read, and what looks like one, in `text`. */
  redact(text: string): string;
}

/** The live readers. No method can change anything: read-only by construction. */
export interface Lookup {
  /** The calls that `look` would make for these, without making them. */
  plan(requests: readonly LookupRequest[]): readonly PlannedCall[];
  /** One observation a request, in order. Never rejects but on abort: what can't be looked up is `unknown`. */
  look(requests: readonly LookupRequest[], options: LookOptions): Promise<LookResult>;
}

export interface LookOptions {
  readonly signal: AbortSignal;
  /** Milliseconds for the whole run. */
  readonly deadlineMs?: number;
  /** Oldest answer from the cache that is still taken, milliseconds; 0 asks anew. */
  readonly maxAgeMs?: number;
}

export interface LookResult {
  readonly observations: readonly Observation[];
  /** Calls really made, by `provider:service:Operation`. */
  readonly calls: Readonly<Record<string, number>>;
}
