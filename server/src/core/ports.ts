/** What the core needs from outside, as interfaces: the adapters are in platform/, live/ and dryrun/. */
import type { LookupRequest, Observation, PlannedCall, Unknown } from './drift/observation.ts';

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

export interface FileEntry {
  /** `other` is a device, a pipe or a socket. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  readonly modifiedMs: number;
}

/** The file system, by absolute path. Rejections carry the platform's `code` (`ENOENT`, `ENOSPC`, …). */
export interface Files {
  readText(path: string): Promise<string>;
  readBytes(path: string): Promise<Uint8Array>;
  /** Written beside the target, flushed, then renamed: never half a file. */
  writeAtomic(path: string, content: string | Uint8Array): Promise<void>;
  list(path: string): Promise<readonly string[]>;
  info(path: string): Promise<FileInfo | undefined>;
  /** What lies there itself: a link is not followed. Undefined where nothing does. */
  entry(path: string): Promise<FileEntry | undefined>;
  makeFolder(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Free bytes on the file system that holds `path`. */
  freeBytes(path: string): Promise<number>;
  /** The file's bytes as a stream, `start` inclusive and `end` exclusive where given. */
  readStream(path: string, range?: { readonly start?: number; readonly end?: number }): AsyncIterable<Uint8Array>;
  /** Writes a stream into `path` (mode 0600), flushed; resolves to the number of bytes. Not atomic: for staging. */
  writeStream(path: string, source: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<number>;
  /** Creates the file with this content, or resolves to false where it is there already: the lock of two writers. */
  createExclusive(path: string, content: string): Promise<boolean>;
  /** Appends and flushes. */
  append(path: string, content: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A new empty folder of mode 0700 with a short path (a Unix socket's path is limited to about 104 bytes). */
  makeTemporaryFolder(prefix: string): Promise<string>;
  /** Hands a file or a whole tree to another user; does nothing where the platform has no owners. */
  setOwner(path: string, owner: Owner): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  /** A new file of mode 0600, to be written at any place; rejects with `EEXIST` where anything has that name. For staging: not flushed. */
  createFile(path: string): Promise<NewFile>;
  /** Begins to sum a file, on a thread of its own, while it may still be written. */
  sum(path: string, kinds: readonly SumKind[], onProgress?: (bytes: number) => void): FileSumming;
}

export interface NewFile {
  write(chunks: readonly Uint8Array[], position: number): Promise<void>;
  close(): Promise<void>;
}

/** A hash that Node's crypto knows; with `parts` (bytes of each) it is the hash over the parts' hashes. */
export interface SumKind {
  readonly algorithm: string;
  readonly parts?: readonly number[];
}

export interface FileSumming {
  /** So many of the file's first bytes are there by now. */
  reached(bytes: number): void;
  /** The sums of the first `bytes` in hex, in the order of their kinds. */
  finish(bytes: number): Promise<readonly string[]>;
  /** Gives up; after `finish` it does nothing. */
  stop(): Promise<void>;
}

/** A user of the operating system, by number. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface SpawnOptions {
  /** The whole environment of the child: nothing is inherited. See `Processes.cleanEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Runs as this user (databases refuse root). */
  readonly owner?: Owner;
  /** On abort the whole process group is told to end, and killed after `graceMs`. */
  readonly signal?: AbortSignal;
  /** Milliseconds from the polite to the hard kill; default 3000. */
  readonly graceMs?: number;
  /** Default `ignore`. */
  readonly stdin?: 'ignore' | 'pipe';
  /** Polite signal; Postgres wants SIGINT for a fast shutdown. Default SIGTERM. */
  readonly endSignal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT';
}

/** How a process ended. `code` is null where a signal ended it. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** What a running child offers. stdout and stderr must be read, or it blocks when the pipe is full. */
export interface RunningProcess {
  readonly pid: number;
  /** Resolves when the chunk is taken; rejects with `EPIPE` where the child closed its end. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends stdin. */
  end(): Promise<void>;
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly stderr: AsyncIterable<Uint8Array>;
  /** Resolves when it is gone (its streams may still hold what it said); never rejects. */
  readonly exit: Promise<ProcessExit>;
  /** Ends the process group: politely, then for good after the grace. Resolves when it is gone. */
  kill(): Promise<ProcessExit>;
}

export interface RunOptions extends SpawnOptions {
  readonly input?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Milliseconds; then the process group is ended and `timedOut` is set. */
  readonly timeoutMs?: number;
  /** Bytes kept of each stream (the end of it); default 1 MiB. The rest is counted, not kept. */
  readonly keepBytes?: number;
  /** Called with each chunk of output as it comes, decoded. Not redacted. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void;
}

export interface RunResult extends ProcessExit {
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Processes of the machine: always an argument list, never a shell, always in a group of their own. */
export interface Processes {
  /** Starts a program; rejects where it can't be started (`ENOENT`, `EACCES`). */
  spawn(command: string, args: readonly string[], options: SpawnOptions): Promise<RunningProcess>;
  /** Starts it and waits for its end. Rejects only where it can't be started, or with the signal's reason on abort. */
  run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult>;
  /** The absolute path of a program on PATH or in `folders` (looked at first). */
  find(name: string, folders?: readonly string[]): Promise<string | undefined>;
  /** PATH, locale, home and temporary folder and nothing else, plus `extra`. */
  cleanEnvironment(extra?: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** An unprivileged user to run databases as, where we are root; undefined where we are not. */
  unprivilegedOwner(): Promise<Owner | undefined>;
  /** Is a process with this id there (a zombie is gone)? `startedAt` guards against a reused id. */
  isAlive(pid: number, startToken?: string): Promise<boolean>;
  /** What tells this process from a later one with the same id; undefined where the platform can't say. */
  startToken(pid: number): Promise<string | undefined>;
  /** Ends the group of a process that another run left behind. */
  killGroup(pid: number): Promise<void>;
  /** This program's own process id. */
  readonly ownPid: number;
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

/** A file of the workspace: its path from the root with `/`, and its text. */
export interface WorkspaceFile {
  readonly file: string;
  readonly text: string;
}

/** The YAML files of a workspace. */
export interface WorkspaceFiles {
  /** The git root that holds `path`, else the folder itself (the parent of a file). Absolute. */
  rootOf(path: string): Promise<string>;
  /** Paths from `root` with `/`, sorted: `*.yaml` and `*.yml`, without what .gitignore names, `.git` and `node_modules`. */
  list(root: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** The texts of those that may be ours (their head says so, or their name does). Unreadable ones are told in `failed`. */
  read(
    root: string,
    signal?: AbortSignal,
  ): Promise<{
    readonly files: readonly WorkspaceFile[];
    readonly failed: readonly { readonly file: string; readonly why: string }[];
  }>;
}

/** Answers kept between runs in the user's cache folder, as plain JSON by key. A broken or missing entry reads as undefined. */
export interface Cache {
  get(key: string): Promise<{ readonly value: unknown; readonly at: string } | undefined>;
  /** `at` is when the value was true, ISO 8601. Never holds a secret: the value passes the redactor. */
  set(key: string, value: unknown, at: string): Promise<void>;
  remove(key: string): Promise<void>;
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

/** A live data store as an inventory lists it. */
export interface LiveStore {
  /** `aws/s3-bucket`, `aws/rds-instance`, … */
  readonly kind: string;
  readonly id: string;
  readonly region?: string;
  /** Account id. */
  readonly account?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Id of the cluster that it is a part of: covered with it. */
  readonly memberOf?: string;
  /** What the listing told besides: engine, version, size. Plain JSON, for the runbook that is written from it. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** `live` or `terraform`. */
  readonly source: string;
  /** ISO 8601, when it was seen. */
  readonly at: string;
}

/** A part of an environment that could not be listed: never "all covered". */
export interface UncheckedInventory {
  /** What could not be listed: a kind (`aws/s3-bucket`), or a source. */
  readonly what: string;
  readonly account?: string;
  readonly region?: string;
  readonly unknown: Unknown;
}

/** Lists the data stores of an environment, over all its accounts and regions. Read-only; never rejects but on abort. */
export interface Inventory {
  list(
    environment: { readonly name: string | undefined; readonly value: unknown; readonly file: string },
    options: { readonly signal: AbortSignal; readonly deadlineMs?: number },
  ): Promise<{ readonly resources: readonly LiveStore[]; readonly unchecked: readonly UncheckedInventory[] }>;
}
