/** What the core needs from outside, as interfaces: the adapters are in platform/, live/ and dryrun/. */

export * from './ports/downloads.ts';
export * from './ports/files.ts';
export * from './ports/gate.ts';
export * from './ports/live.ts';
export * from './ports/processes.ts';
export * from './ports/sockets.ts';

/** Time, injected so that tests never sleep. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `ms`; returns the way to call it off. */
  after(ms: number, callback: () => void): () => void;
}

/** What the machine is. */
export interface Machine {
  /** `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** `x64`, `arm64`. */
  readonly architecture: string;
  readonly hostName: string;
  /** Name of the person or account that runs this. */
  readonly user: string;
  /** Version of Node. */
  readonly runtime: string;
  readonly cpus: number;
  /** Bytes of memory that can still be had, by this process's limits too. */
  freeMemory(): number;
  /** One variable of the environment; for paths and switches, never for secrets (those go through `Secrets`). */
  variable(name: string): string | undefined;
  /** The user's cache folder of this program; not made yet. */
  readonly cacheFolder: string;
  /** The user's configuration folder of this program; not made yet. */
  readonly configFolder: string;
  /** A local port that nothing listens on at the moment. */
  freePort(): Promise<number>;
}

/** The repository that holds a folder; every answer is undefined where there is none, or no git. */
export interface Git {
  /** Absolute path of the work tree's root. */
  root(folder: string): Promise<string | undefined>;
  /** The commit that is checked out, 40 hex digits. */
  headCommit(folder: string): Promise<string | undefined>;
  /** Name of the branch that is checked out; undefined where the head is detached. */
  branch(folder: string): Promise<string | undefined>;
  /** `Name <mail>` of the person as git knows them. */
  user(folder: string): Promise<string | undefined>;
  /** Who wrote each line of the file, `Name <mail>`, as it stands in the work tree; undefined where git can't tell. */
  lineAuthors(folder: string, file: string): Promise<readonly string[] | undefined>;
  /** Has the file changes that are in no commit? */
  isDirty(folder: string, file: string): Promise<boolean | undefined>;
  /** Paths from the root that differ between `revision` and the work tree, new files included. Rejects on an unknown revision. */
  changedSince(folder: string, revision: string): Promise<readonly string[] | undefined>;
  /** The text of a file (path from the root) at `revision`; undefined where it isn't there. */
  textAt(folder: string, revision: string, file: string): Promise<string | undefined>;
  /** Paths from the root of the files below `under` at `revision`. */
  filesAt(folder: string, revision: string, under: string): Promise<readonly string[] | undefined>;
}

/**
 * `GROUP/STATE/NAME`, the first two of letters and digits: of a group only what is of its latest state is kept for long, so
 * that what is edited leaves nothing behind.
 */
export type CacheKey = `${string}/${string}/${string}`;

/** Answers kept between runs in the user's cache folder, as plain JSON by key. A broken or missing entry reads as undefined. */
export interface Cache {
  get(key: CacheKey): Promise<{ readonly value: unknown; readonly at: string } | undefined>;
  /** `at` is when the value was true, ISO 8601. Never holds a secret: the value passes the redactor. */
  set(key: CacheKey, value: unknown, at: string): Promise<void>;
  remove(key: CacheKey): Promise<void>;
}

/** Hosts that the person (not a file of the workspace) lets a secret be sent to. Loopback is always one. */
export interface ApprovedHosts {
  isApproved(host: string): boolean;
  list(): readonly string[];
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
  /** Registers a secret that came another way (session credentials that a service gave) with the redactor. */
  conceal?(value: string): void;
  /** Replaces every secret that was ever read, and what looks like one, in `text`. */
  readonly redact: (text: string) => string;
}
