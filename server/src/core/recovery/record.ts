/** What a dry run or a drill leaves behind: the evidence record, as schemas/evidence.schema.json describes it. */

/** The stages, in order. */
export const STAGES = [
  'resolve',
  'drift',
  'locate',
  'fetch+verify',
  'provision',
  'restore',
  'check',
  'measure',
  'teardown',
  'record',
] as const;
export type StageName = (typeof STAGES)[number];

export type StageState = 'passed' | 'failed' | 'skipped' | 'inconclusive' | 'cancelled';
export type RunResult = 'passed' | 'failed' | 'inconclusive' | 'cancelled';

export interface StageRecord {
  readonly stage: StageName;
  readonly state: StageState;
  /** ISO 8601; left out where the stage never began. */
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly durationMs?: number;
  /** One sentence; for `skipped` the reason. */
  readonly message?: string;
  /** End of the tools' output, redacted. */
  readonly output?: string;
}

export interface CheckRecord {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'inconclusive';
  /** What was asked, as the runbook says it. */
  readonly expected: string;
  /** A number, a time (ISO 8601), true, false or null; other values are only described: rows never enter evidence. */
  readonly actual?: number | boolean | string | null;
  readonly message?: string;
  readonly durationMs: number;
  /** Name of the backup that it was run on, where there are several. */
  readonly backup?: string;
}

export interface StepRecord {
  readonly id: string;
  readonly kind: 'run' | 'manual';
  readonly state: 'passed' | 'failed' | 'skipped' | 'inconclusive' | 'confirmed';
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly durationMs?: number;
  readonly by?: string;
  readonly approvedBy?: string;
  readonly effortMs?: number;
  readonly message?: string;
  readonly output?: string;
}

export interface ChecksumRecord {
  readonly algorithm: string;
  readonly value: string;
  /** `matched`: equal to what was promised; `computed`: nothing to compare with; `unknown`: can't be compared. */
  readonly state: 'matched' | 'computed' | 'mismatched' | 'unknown';
  /** Where the promise came from: a sidecar's name, `object checksum`, `composite object checksum`. */
  readonly source?: string;
}

export interface LockRecord {
  readonly state: 'locked' | 'unlocked' | 'unknown';
  readonly mode?: string;
  /** ISO 8601. */
  readonly until?: string;
  readonly legalHold?: boolean;
}

export interface BackupRecord {
  /** Name under `backups`. */
  readonly name: string;
  readonly tool: string;
  /** Key, path, label or snapshot id. */
  readonly id: string;
  readonly uri: string;
  readonly versionId?: string;
  /** ISO 8601. */
  readonly time?: string;
  readonly timeFrom?: 'name' | 'store' | 'tool';
  readonly ageMs?: number;
  readonly bytes?: number;
  readonly format?: string;
  readonly compression?: string;
  readonly encryption?: string;
  /** Version of the server that it was taken from. */
  readonly sourceVersion?: string;
  readonly toolVersion?: string;
  readonly database?: string;
  readonly checksum?: ChecksumRecord;
  readonly lock?: LockRecord;
  readonly storageClass?: string;
}

export interface NoteRecord {
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  readonly code?: string;
}

export interface BudgetItem {
  readonly item: string;
  /** People's time, milliseconds. */
  readonly effortMs?: number;
  readonly cost?: number;
  readonly currency?: string;
  /** How the figure was come by. */
  readonly how: string;
}

export interface BudgetRecord {
  readonly effort?: {
    readonly estimatedMs?: number;
    readonly measuredMs?: number;
    readonly budgetMs?: number;
    readonly over: boolean;
  };
  readonly cost?: {
    readonly estimated?: number;
    readonly currency?: string;
    readonly budget?: number;
    /** Where it is another than that of the cost: the two are not held against each other. */
    readonly budgetCurrency?: string;
    readonly over: boolean;
    /** The day of the oldest price. */
    readonly pricesAsOf?: string;
    /** Prices that are not known, each with why: the cost is more than what is estimated. */
    readonly missing?: readonly string[];
  };
  readonly time?: { readonly estimatedMs?: number; readonly how: string };
  readonly items: readonly BudgetItem[];
}

export interface ControlRecord {
  readonly framework: string;
  readonly control: string;
  readonly title: string;
}

/** Shape of what was restored: counts by kind, names and columns (where there are not too many), never a value. */
export interface ShapeRecord {
  /** Name under `backups`. */
  readonly backup: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** `name type` by table. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
}

/** Place in the writer's chain. */
export interface ChainRecord {
  readonly writer: string;
  /** From 1. */
  readonly sequence: number;
  /** SHA-256 of the journal entry before, hex; 64 zeros for the first. */
  readonly previous: string;
}

export interface EvidenceRecord {
  readonly version: 1;
  readonly kind: 'dry-run' | 'drill';
  readonly id: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly runbook: {
    readonly name: string;
    /** Path from the workspace root. */
    readonly file: string;
    readonly title?: string;
    /** SHA-256 of the document's text. */
    readonly sha256: string;
    readonly commit?: string;
    readonly dirty?: boolean;
  };
  /** SHA-256 of the restore sections, normalised. */
  readonly restoreFingerprint: string;
  readonly dryRun?: string;
  readonly environment?: { readonly name: string; readonly account?: string };
  /** The level reached, 0 to 5. */
  readonly level: number;
  readonly requestedLevel: number;
  readonly result: RunResult;
  /** One sentence: the outcome and what decided it. */
  readonly summary: string;
  readonly proves: 'backup' | 'runbook';
  readonly scenario?: string;
  readonly dataClass?: string;
  readonly by: { readonly user: string; readonly host: string; readonly git?: string };
  readonly role?: {
    readonly name: string;
    readonly arn?: string;
    readonly assumed: boolean;
    /** Identity whose rights were used. */
    readonly used?: string;
    readonly why?: string;
  };
  readonly engines: readonly { readonly name: string; readonly version: string; readonly from: string }[];
  readonly sandbox?: {
    readonly kind: string;
    readonly engine: string;
    readonly version?: string;
    readonly address?: string;
    readonly systemIdentifier?: string;
    /** What kept it from the world. */
    readonly isolation?: string;
  };
  readonly backup?: BackupRecord;
  readonly backups?: readonly BackupRecord[];
  readonly stages: readonly StageRecord[];
  readonly checks: readonly CheckRecord[];
  readonly shape?: readonly ShapeRecord[];
  readonly steps?: readonly StepRecord[];
  readonly measured: {
    /** From the start of fetching to the last check, milliseconds: what the RTO is held against. */
    readonly elapsedMs?: number;
    readonly fetchMs?: number;
    readonly restoreMs?: number;
    /** Bytes of the database or of the files after the restore. */
    readonly restoredBytes?: number;
    readonly rtoMs?: number;
    readonly withinRto?: boolean;
    readonly rpoMs?: number;
    /** Age of the backup at the start. */
    readonly ageMs?: number;
    readonly withinRpo?: boolean;
    readonly untimedManualSteps: number;
    /** `restored in 22 min of a 1 h RTO, 3 manual steps untimed`. */
    readonly statement?: string;
  };
  readonly budget?: BudgetRecord;
  readonly drift: {
    readonly state: 'compared' | 'not-looked';
    readonly factsCompared: number;
    readonly findings: readonly { readonly code: string; readonly severity: string; readonly message: string }[];
    readonly unchecked: number;
    /** Live values of what the runbook declares, by `resource.fact`; long ones as a hash. */
    readonly facts?: Readonly<Record<string, string>>;
  };
  readonly notes: readonly NoteRecord[];
  readonly teardown: {
    readonly proven: boolean;
    readonly removed: readonly string[];
    readonly remaining: readonly string[];
  };
  readonly attempts: number;
  readonly controls: readonly ControlRecord[];
  readonly people?: readonly { readonly name: string; readonly part: string }[];
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly chain?: ChainRecord;
  /** SHA-256 of this record's canonical JSON without `hash` and `signature`, hex. */
  readonly hash?: string;
  readonly signature?: { readonly algorithm: 'ed25519'; readonly publicKey: string; readonly value: string };
}

/** A record before it is in the journal. */
export type DraftRecord = Omit<EvidenceRecord, 'chain' | 'hash' | 'signature'>;
