/** What a dry run is asked for, and what it needs of the machine. */
import type { Clock } from '../../core/ports.ts';
import type { PlanRequest } from '../../core/recovery/dryRunPlan.ts';
import type { Leases, PeopleAtHand, RestoreEngine } from '../../core/recovery/engine.ts';
import type { DraftRecord, EvidenceRecord } from '../../core/recovery/record.ts';
import type { Entry, Workspace } from '../../core/workspace.ts';
import type { DryRunEvent } from '../../protocol.ts';

export interface DryRunRequest extends PlanRequest {
  readonly workspace: Workspace;
  /** The runbook. */
  readonly entry: Entry;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: DryRunEvent) => void;
}

/** Drift as it stood when the run began. */
export interface DriftAtStart {
  readonly factsCompared: number;
  readonly findings: readonly { readonly code: string; readonly severity: string; readonly message: string }[];
  readonly unchecked: number;
}

export interface DryRunDependencies {
  readonly clock: Clock;
  readonly redact: (text: string) => string;
  readonly engine: RestoreEngine;
  readonly leases: Leases;
  /** Appends to the journal and returns the record as written, with its path from the workspace root. */
  readonly keep: (draft: DraftRecord) => Promise<{ readonly record: EvidenceRecord; readonly file: string }>;
  /** Asks whether what level 4 costs may be spent; left out: what the request's `maxCost` allows was agreed to. */
  readonly confirmCost?: (words: string) => Promise<boolean>;
  /** Who can be asked about manual steps and approvals; left out: nobody is there. */
  readonly people?: PeopleAtHand;
  /** The last passed restore of this dry run: its shape and its throughput are what this one is held against. */
  readonly last?: (runbook: string, dryRun: string) => Promise<EvidenceRecord | undefined>;
  /** Compares the runbook with what is live; left out in an untrusted workspace. */
  readonly drift?: (entry: Entry, workspace: Workspace, signal: AbortSignal) => Promise<DriftAtStart>;
  readonly by: DraftRecord['by'];
  readonly commit?: string;
  readonly dirty?: boolean;
  readonly version: string;
  readonly newId: () => string;
}
