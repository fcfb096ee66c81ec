/** What the use case *dry-run a restore* needs from the rooms below: finding, reading, restoring and checking a backup. */
import type { Owner, SecretReference } from '../ports.ts';
import type { BackupRecord, CheckRecord, NoteRecord, ShapeRecord, StageName, StepRecord } from './record.ts';
import type { PlainMap } from '../references/read.ts';
import type { AskedPrices, WantedPrice } from './prices.ts';
import type { Conversation, People } from './stepTalk.ts';
import type { SubstitutionScope } from './substitute.ts';

/** Where an account's calls go and with whose rights. */
export interface AccountAccess {
  readonly alias?: string;
  /** A guard: the caller must turn out to be in it. */
  readonly id?: string;
  readonly profile?: string;
  readonly assumeRole?: string;
  readonly endpoint?: string;
  readonly region?: string;
}

/** Where a backup lies. */
export type BackupLocation =
  | {
      readonly kind: 'bucket';
      readonly bucket: string;
      readonly prefix: string;
      readonly region?: string;
      readonly access: AccountAccess;
    }
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'own' };

export interface Decryption {
  readonly with: string;
  readonly key: SecretReference;
}

/** One backup of a runbook, as a dry run needs it: expressions resolved, names looked up. */
export interface BackupPlan {
  readonly name: string;
  readonly tool: string;
  readonly database?: string;
  readonly location: BackupLocation;
  readonly match?: string;
  readonly time?: string;
  /** The whole `in` with expressions resolved, for tools that have a repository of their own. */
  readonly settings: PlainMap;
  readonly checksum?: string;
  readonly decrypt?: Decryption;
  readonly intervalMs?: number;
  readonly takesMs?: number;
  /** The resource it is a backup of, where that is declared. */
  readonly of?: {
    readonly kind: string;
    readonly id: string;
    readonly region?: string;
    readonly access?: AccountAccess;
    readonly version?: string;
  };
  readonly raw: PlainMap;
}

export interface RolePlan {
  readonly name: string;
  readonly arn?: string;
  /** Where its account is, and the environment's regions; left out where no environment says. */
  readonly access?: AccountAccess;
  readonly regions?: readonly string[];
}

export interface SandboxPlan {
  /** `private`, `server`, `files`, `container`. */
  readonly kind: string;
  /** `postgres`, `mariadb`, `mysql`, `sqlite`, `files`. */
  readonly engine: string;
  readonly version?: string;
  /** Name in the environment. */
  readonly use?: string;
  /** Account that the provider restores into, where it isn't the source's. */
  readonly access?: AccountAccess;
  readonly raw: PlainMap;
}

/** A server that some document names: no sandbox may be it. */
export interface NamedServer {
  readonly name: string;
  readonly engine: string;
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly database?: string;
  readonly password?: SecretReference;
  readonly tls?: string;
}

export interface CheckPlan {
  readonly name: string;
  readonly raw: PlainMap;
}

/** Everything that a run does, decided before it starts. */
export interface RestorePlan {
  readonly runbook: string;
  readonly title?: string;
  readonly dryRun: string;
  readonly level: number;
  readonly proves: 'backup' | 'runbook';
  readonly scenario?: string;
  readonly dataClass?: string;
  readonly environment?: string;
  readonly backups: readonly BackupPlan[];
  readonly role?: RolePlan;
  readonly sandbox: SandboxPlan;
  readonly checks: readonly CheckPlan[];
  readonly steps: readonly PlainMap[];
  readonly manualSteps: number;
  /** What expressions in the steps are resolved with; what they say of backups is known once those are found. */
  readonly scope?: SubstitutionScope;
  /** Run or not: people's time is estimated from them. */
  readonly allSteps?: readonly PlainMap[];
  readonly rpoMs?: number;
  readonly rtoMs?: number;
  readonly rto?: string;
  readonly effortMs?: number;
  readonly cost?: { readonly amount: number; readonly currency: string };
  readonly prices: PlainMap;
  readonly restoreIn?: readonly string[];
  /** Audit frameworks that the policy maps evidence to; left out: all. */
  readonly frameworks?: readonly string[];
  readonly named: readonly NamedServer[];
  /** Choose this backup, or the newest before this time (milliseconds). */
  readonly backupId?: string;
  readonly beforeMs?: number;
  readonly pointInTime?: PlainMap;
  /** Absolute folders: of the runbook's file, and the workspace's root. */
  readonly folder: string;
  readonly root: string;
  readonly timeoutMs: number;
  readonly trusted: boolean;
  readonly maxCost?: { readonly amount: number; readonly currency: string };
  /** Numbers of the last passed evidence, by check. */
  readonly last?: Readonly<Record<string, number>>;
  readonly raw: PlainMap;
}

/** What was made and must go again; written to the lease first. */
export type Made =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'process';
      readonly pid: number;
      readonly startToken?: string;
      readonly name: string;
      /** Its own, which whatever it starts is in. */
      readonly network?: string;
    }
  /** A user of the run's own: what runs as them within the control group is the run's. */
  | { readonly kind: 'user'; readonly uid: number; readonly control?: string }
  | {
      readonly kind: 'database';
      readonly server: string;
      readonly engine: string;
      readonly name: string;
      readonly connection: PlainMap;
    }
  | { readonly kind: 'container'; readonly program: string; readonly name: string }
  | { readonly kind: 'cloud'; readonly service: string; readonly id: string; readonly access: PlainMap };

/** The run as its parts see it. */
export interface RunContext {
  readonly plan: RestorePlan;
  readonly signal: AbortSignal;
  /** The run's own folder (mode 0711, owned by `owner`); every file of the run is below it. */
  readonly folder: string;
  readonly owner: Owner | undefined;
  /** Who the sandbox's server runs as, where the steps are `owner`; and in its room (`serverRoom`) who connects to it. */
  readonly server?: Owner;
  readonly clients?: Owner;
  /** Registers something before or right after it is made, so that a killed run can be cleaned up. */
  made(thing: Made): Promise<void>;
  gone(thing: Made): Promise<void>;
  output(stage: StageName, text: string): void;
  progress(stage: StageName, done: number, total?: number): void;
  note(note: NoteRecord): void;
  engine(name: string, version: string, from: string): void;
  /** Asks whether this may be spent; left out: what `maxCost` allows was agreed to already. */
  readonly confirmCost?: (words: string) => Promise<boolean>;
  /** The people at hand; left out: nobody can be asked. */
  readonly people?: PeopleAtHand;
}

/** Who can be asked during a run, and who may not approve what. */
export interface PeopleAtHand {
  readonly conversation: Conversation;
  /** Who carries it out. */
  readonly doers: People;
  /** Who wrote a step, by its id. */
  readonly authors: (step: string) => People;
}

/** A backup that was found. */
export interface FoundBackup {
  readonly plan: BackupPlan;
  readonly record: BackupRecord;
  /** For the tool and the store that found it. */
  readonly handle: unknown;
  readonly access?: { readonly assumed: boolean; readonly used?: string; readonly why?: string };
}

/** A backup whose bytes were read: where the tool finds them. */
export interface FetchedBackup {
  readonly found: FoundBackup;
  readonly record: BackupRecord;
  /** File or folder that the tool reads; undefined where it streams by itself. */
  readonly path?: string;
  readonly bytes: number;
  readonly message: string;
  readonly handle?: unknown;
}

/** A sandbox that is up. */
export interface RunningSandbox {
  readonly kind: string;
  readonly engine: string;
  readonly version?: string;
  readonly address?: string;
  readonly systemIdentifier?: string;
  /** What keeps it from the world, in words. */
  readonly isolation?: string;
  /** For the tools of its engine. */
  readonly handle: unknown;
}

export interface RestoreOutcome {
  readonly restoredBytes: number;
  readonly message: string;
}

/** What a restored database looks like, and what it lacks: one sentence a problem. */
export type ShapeOutcome = { readonly shapes: readonly ShapeRecord[]; readonly problems: readonly string[] };

export interface TeardownOutcome {
  readonly proven: boolean;
  readonly removed: readonly string[];
  readonly remaining: readonly string[];
}

export interface StepsOutcome {
  readonly steps: readonly StepRecord[];
  readonly failed?: string;
  readonly restoredBytes?: number;
}

/** Finds, reads, restores and checks; each part rejects with a StageFault, or the signal's reason. */
export interface RestoreEngine {
  /** The sandbox must not be anything that is named: by address before, by identity after provisioning. */
  refuse(plan: RestorePlan): Promise<string | undefined>;
  locate(run: RunContext, backup: BackupPlan): Promise<FoundBackup>;
  /** Asks AWS Pricing for prices that the environment lacks; what it can't tell is in the answer. Left out: nobody is asked. */
  prices?(run: RunContext, wanted: readonly WantedPrice[]): Promise<AskedPrices>;
  fetch(run: RunContext, found: FoundBackup, restoring: boolean): Promise<FetchedBackup>;
  provision(run: RunContext, found: readonly FoundBackup[]): Promise<RunningSandbox>;
  restore(run: RunContext, fetched: FetchedBackup, sandbox: RunningSandbox): Promise<RestoreOutcome>;
  steps(run: RunContext, fetched: readonly FetchedBackup[], sandbox: RunningSandbox): Promise<StepsOutcome>;
  /** Whether what was restored holds a row; undefined where it is no database. */
  holdsRows?(run: RunContext, sandbox: RunningSandbox): Promise<boolean | undefined>;
  /** Compares the restored schema with what the backup names and with the last passed run's; undefined: it has none. */
  shape?(
    run: RunContext,
    sandbox: RunningSandbox,
    fetched: readonly FetchedBackup[],
    last: readonly ShapeRecord[],
  ): Promise<ShapeOutcome | undefined>;
  check(run: RunContext, sandbox: RunningSandbox, fetched: readonly FetchedBackup[]): Promise<readonly CheckRecord[]>;
  /** Ends everything the run made, and proves it. Never rejects. */
  teardown(
    run: RunContext,
    sandbox: RunningSandbox | undefined,
    made: readonly Made[],
    found: readonly FoundBackup[],
  ): Promise<TeardownOutcome>;
}

/** Keeps two runs of one runbook apart, and what a killed run left behind findable. */
export interface Leases {
  /** Rejects with a StageFault where another run of this runbook holds it. With steps beside it the server is another user. */
  begin(runbook: string, root: string, withSteps?: boolean): Promise<Lease>;
  /** Removes what runs that are dead left behind; one sentence for each. */
  reap(): Promise<readonly string[]>;
}

export interface Lease {
  readonly folder: string;
  readonly owner: Owner | undefined;
  readonly server?: Owner;
  made(thing: Made): Promise<void>;
  gone(thing: Made): Promise<void>;
  all(): readonly Made[];
  /** The run is over and proven clean: forgets it. With `keep` it stays for the reaper. */
  end(keep: boolean): Promise<void>;
}
