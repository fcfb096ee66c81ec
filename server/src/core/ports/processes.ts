/** The processes of the machine as the core needs them, and the users that they run as. */

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
  readonly endSignal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL';
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

/** What tells where a process belongs; left out where we may not look. */
export interface ProcessPlace {
  readonly uid: number;
  /** Its network, where the platform keeps several apart. */
  readonly network?: string;
  /** The group that the system counts its resources in: a service's, a session's. */
  readonly control?: string;
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
  /** Where we are root: a user that no account or process is, nor any of `taken`, tried out; undefined where there can be none. */
  unusedOwner(taken?: readonly number[]): Promise<Owner | undefined>;
  /** Is a process with this id there (a zombie is gone)? `startedAt` guards against a reused id. */
  isAlive(pid: number, startToken?: string): Promise<boolean>;
  /** Where it belongs; undefined where the platform can't say, or it is gone. */
  placeOf(pid: number): Promise<ProcessPlace | undefined>;
  /** What tells this process from a later one with the same id; undefined where the platform can't say. */
  startToken(pid: number): Promise<string | undefined>;
  /** Ends the group of a process that another run left behind. */
  killGroup(pid: number): Promise<void>;
  /** This program's own process id. */
  readonly ownPid: number;
}
