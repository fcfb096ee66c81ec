/** What a rule is: one belief about recovery, checked over one document in its workspace. */
import type { Finding, Severity } from '../finding.ts';
import type { FailedPart } from '../recovery/failedPart.ts';
import type { Entry, Workspace } from '../workspace.ts';
import type { KeptRules } from './keptRules.ts';

/** What a rule may look at. Pure: the time and the evidence are handed in. */
export interface RuleContext {
  readonly workspace: Workspace;
  readonly entry: Entry;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Evidence as summarised from the journal, by runbook name; empty where there is none. */
  readonly evidence: EvidenceSummary;
  /** Text of the repository's CODEOWNERS file, where there is one. */
  readonly codeOwners?: string;
  /** What rules of one entry share while they run, by what it is; gone afterwards. */
  readonly memo?: Map<string, unknown>;
  /** What the rules said of this document last time, while it is edited; kept together with `memo` only. */
  readonly kept?: KeptRules;
  /** A rule that reads `now` tells here when, later on, it may say something else. Every midnight (UTC) counts anyway. */
  readonly changesAt?: (ms: number) => void;
}

/** One past run as rules and lenses need it. */
export interface EvidenceEntry {
  readonly id: string;
  readonly runbook: string;
  /** Name under `dryRuns`, or undefined for a drill. */
  readonly dryRun?: string;
  readonly scenario?: string;
  /** Level reached, 0 to 5 (dry-run.md). */
  readonly level: number;
  readonly result: 'passed' | 'failed' | 'inconclusive' | 'cancelled';
  readonly proves: 'backup' | 'runbook';
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Milliseconds of the restore stage. */
  readonly restoreMs?: number;
  /** Milliseconds of the whole run, against the RTO. */
  readonly elapsedMs?: number;
  /** What the run took of the recovery budget; an estimate of people's time is none. */
  readonly spent?: SpentEntry;
  /** Manual steps that people confirmed during the run: their time is part of the whole already. */
  readonly confirmedSteps?: readonly string[];
  readonly by?: string;
  /** SHA-256 of the runbook's restore sections, normalised; a change asks for a new run. */
  readonly restoreFingerprint?: string;
  readonly backup?: {
    readonly id: string;
    readonly time?: string;
    readonly bytes?: number;
    /** Of the bucket that it lay in. */
    readonly storageClass?: string;
    /** Of the tool that made it. */
    readonly toolVersion?: string;
  };
  /** Live facts that the runbook declares, as they were seen, by `resource.fact`. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Number results of checks by name: what `95% of last` is measured against. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** Path of the record from the workspace root. */
  readonly file?: string;
  /** One sentence on a run that did not pass. */
  readonly message?: string;
  /** What of it decided that. */
  readonly failed?: FailedPart;
}

/** What was measured of one budget, and what took the most of it. */
export interface Spent {
  /** Milliseconds, or an amount of money. */
  readonly total: number;
  readonly largest?: { readonly item: string; readonly amount: number };
}
export interface SpentEntry {
  readonly effort?: Spent;
  readonly cost?: Spent & {
    readonly currency: string;
    /** Prices that nobody knows are left out of it. */
    readonly atLeast?: boolean;
    /** The day of the oldest price. */
    readonly pricesAsOf?: string;
  };
}

export interface EvidenceSummary {
  readonly entries: readonly EvidenceEntry[];
  /** Findings of the chain itself (tampered …), already placed. */
  readonly problems: readonly string[];
}

/** A row of the rule table. `id` is the finding code that it reports, and the only one. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** One line for the catalogue. */
  readonly title: string;
  check(context: RuleContext): Iterable<Finding>;
}

/** A row of the catalogue: a code that outside checks may rely on. */
export interface CatalogueRow {
  readonly code: string;
  /** What it weighs where no policy says otherwise. */
  readonly severity: Severity;
  /** One line for the list. */
  readonly title: string;
}
