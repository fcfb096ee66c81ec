/** Names and types shared by the language server and its clients. No runtime dependency but these constants. */

export const LANGUAGE_ID = 'drillbook';
export const SERVER_NAME = 'drillbook';

export const COMMANDS = {
  dryRun: 'drillbook.dryRun',
  refreshDrift: 'drillbook.refreshDrift',
  showEvidence: 'drillbook.showEvidence',
  /** The recovery order of a runbook's `dependsOn`: carried by the lens there. */
  showPlan: 'drillbook.showPlan',
} as const;

/** Result of `drillbook.refreshDrift`. */
export type RefreshDriftResponse =
  | { readonly status: 'checked'; readonly message: string; readonly drifted: number; readonly unchecked: number }
  | { readonly status: 'refused' | 'failed' | 'cancelled'; readonly message: string };

/** Argument of `drillbook.showPlan`. */
export interface ShowPlanArguments {
  readonly uri: string;
  readonly runbook: string;
}
export type ShowPlanResponse =
  | { readonly status: 'shown'; readonly message: string; readonly markdown: string }
  | { readonly status: 'none' | 'failed'; readonly message: string };

/** `initializationOptions` of `initialize`. */
export interface InitializationOptions {
  /** The person trusts the workspace: without it no look-up, no process, no secret read. Default false. */
  readonly trusted?: boolean;
  /** The client shows reports itself (from the result of the command); else the server asks by window/showDocument. */
  readonly showsReports?: boolean;
  /** Opening and saving a document may look things up live. Default true where trusted. */
  readonly liveOnOpen?: boolean;
  /** Hosts approved by the person, beyond loopback. */
  readonly allowedHosts?: readonly string[];
  /** Minutes between look-ups of what is open; 0 never. Default 10. */
  readonly refreshMinutes?: number;
  /** Lenses that are shown; all where left out. */
  readonly lenses?: {
    readonly dryRun?: boolean;
    readonly drift?: boolean;
    readonly backupAge?: boolean;
    readonly recoveryPlan?: boolean;
  };
  /** The client answers LIST_FILES and READ_FILE: a server without a file system of its own (the web). */
  readonly providesFiles?: boolean;
}

/** Server → client request (web only): URIs of the files below the workspace's folders whose names match one of the globs. */
export const LIST_FILES = 'drillbook/listFiles';
export interface ListFilesParams {
  readonly globs: readonly string[];
}
export type ListFilesResult = readonly string[];

/** Server → client request (web only): the text of one file, or null where there is none. */
export const READ_FILE = 'drillbook/readFile';
export interface ReadFileParams {
  readonly uri: string;
}
export type ReadFileResult = string | null;

/** The section of `workspace/configuration` and `didChangeConfiguration` that may hold what `InitializationOptions` holds, but for `trusted`. */
export const CONFIGURATION_SECTION = 'drillbook';

/** Client → server notification: the person granted trust. */
export const TRUST_CHANGED = 'drillbook/trustChanged';
export interface TrustChangedParams {
  readonly trusted: boolean;
}

/** Server → client notification after every change of what a person would want to see. */
export const STATUS_CHANGED = 'drillbook/statusChanged';
export interface StatusParams {
  readonly busy: boolean;
  readonly drifted: number;
  readonly unchecked: number;
  /** ISO 8601 of the newest look-up. */
  readonly checkedAt?: string;
  /** Who looked, and in which accounts. */
  readonly identities: readonly string[];
}

/** Argument of `drillbook.dryRun`. */
export interface DryRunArguments {
  readonly uri: string;
  readonly runbook: string;
  /** Name under `dryRuns`; the first one where left out. */
  readonly name?: string;
  readonly level?: number;
  readonly scenario?: string;
  readonly confirmed?: boolean;
  readonly backup?: string;
  readonly before?: string;
  /** The most that level 4 may cost, such as `20 USD`; level 4 is not started without it. */
  readonly maxCost?: string;
}

/** What would be read from where and restored into what: shown before anything starts. */
export interface DryRunPlan {
  readonly runbook: string;
  readonly name: string;
  readonly level: number;
  readonly proves: 'backup' | 'runbook';
  readonly reads: readonly string[];
  readonly restoresInto: string;
  readonly checks: number;
  readonly notes: readonly string[];
  /** Level 4 only: what it is estimated to cost, or why that isn't known yet; one sentence. */
  readonly estimate?: string;
}

export type DryRunResponse =
  | { readonly status: 'needs-confirmation'; readonly plan: DryRunPlan }
  | { readonly status: 'refused'; readonly message: string }
  | {
      readonly status: 'passed' | 'failed' | 'inconclusive' | 'cancelled';
      readonly message: string;
      /** URI of the evidence record. */
      readonly evidence?: string;
      /** URI of the HTML report. */
      readonly report?: string;
      /** Line (from 0) in the runbook of what failed: the check, the step, the backup. */
      readonly line?: number;
    };

/** Server → client: an event of a running dry run, one a line of `--events`. */
export const DRY_RUN_EVENT = 'drillbook/dryRunEvent';
export interface DryRunEventParams {
  readonly uri: string;
  readonly runbook: string;
  readonly name: string;
  readonly event: DryRunEvent;
  /** Line (from 0) in the runbook of what the event is about (the check, the step, the backup), where there is one. */
  readonly line?: number;
}
export type DryRunEvent =
  | {
      readonly event: 'stage';
      readonly stage: string;
      readonly state: 'started' | 'passed' | 'failed' | 'skipped' | 'inconclusive';
      /** ISO 8601. */
      readonly at: string;
      readonly message?: string;
    }
  | {
      readonly event: 'progress';
      readonly stage: string;
      readonly done: number;
      readonly total?: number;
      readonly at: string;
    }
  | { readonly event: 'output'; readonly stage: string; readonly text: string; readonly at: string }
  | {
      readonly event: 'check';
      readonly name: string;
      readonly state: 'passed' | 'failed' | 'inconclusive';
      readonly at: string;
      readonly message?: string;
    }
  | {
      readonly event: 'result';
      readonly result: string;
      readonly evidence?: string;
      readonly report?: string;
      readonly at: string;
    };

/** Client → server request: the state behind the Test Explorer, the recovery view and the readiness report. */
export const WORKSPACE_STATE = 'drillbook/workspaceState';
export interface WorkspaceState {
  readonly runbooks: readonly RunbookState[];
  /** Live data stores that no runbook covers, as far as the last look knows. */
  readonly uncovered?: readonly UncoveredStore[];
}
export interface UncoveredStore {
  readonly kind: string;
  readonly id: string;
  readonly environment?: string;
  readonly region?: string;
  readonly account?: string;
  /** ISO 8601 of the look-up. */
  readonly at?: string;
}
export interface RunbookState {
  readonly uri: string;
  readonly name: string;
  readonly title: string;
  /** Line (from 0) of the runbook's name. */
  readonly line: number;
  readonly dataClass?: string;
  readonly recovery?: string;
  readonly owners: readonly string[];
  readonly drifted: number;
  readonly unchecked: number;
  readonly checkedAt?: string;
  readonly overdue: readonly string[];
  readonly dryRuns: readonly DryRunState[];
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly id: string;
    readonly line: number;
    /** `drifted`, `unchecked`, `found`, `absent`, `unknown`, or `not checked`. */
    readonly state: string;
    readonly at?: string;
  }[];
}
export interface DryRunState {
  readonly name: string;
  readonly line: number;
  readonly scenarios: readonly string[];
  readonly last?: LastRun;
  /** The last run of each scenario that was ever played, by its name. */
  readonly lastOf?: Readonly<Record<string, LastRun>>;
  /** Its past runs without a scenario, oldest first; at most 24. The last one is `last`. */
  readonly history?: readonly PastRun[];
  /** The runbook's RTO in milliseconds. */
  readonly rtoMs?: number;
  /** Its cadence says that it is due (or overdue): what *run due* runs. */
  readonly due?: boolean;
}

export interface LastRun {
  readonly result: string;
  readonly level: number;
  readonly at: string;
  readonly elapsedMs?: number;
  readonly evidence?: string;
  /** One sentence: what failed, for the Test Explorer's message. */
  readonly message?: string;
  /** Line (from 0) of what failed. */
  readonly line?: number;
}

export interface PastRun {
  readonly result: string;
  readonly level: number;
  /** ISO 8601. */
  readonly at: string;
  readonly elapsedMs?: number;
  readonly restoreMs?: number;
}

/** Argument of `drillbook.refreshDrift`; with no uri every open runbook is looked up again. */
export interface RefreshDriftArguments {
  readonly uri?: string;
}

/** Argument of `drillbook.showEvidence`: the newest record of the runbook, or the one named by `evidence` (its URI or id). */
export interface ShowEvidenceArguments {
  readonly uri: string;
  readonly runbook: string;
  readonly name?: string;
  readonly evidence?: string;
}
/** Its result. With `showsReports` the client shows `html` (or the file at `report`); `none` where nothing was ever run. */
export type ShowEvidenceResponse =
  | { readonly status: 'none'; readonly message: string }
  | {
      readonly status: 'shown';
      readonly title: string;
      readonly report?: string;
      readonly html?: string;
      readonly evidence?: string;
    };

/** Client → server request: a report over all runbooks as one self-contained HTML page (inline SVG, no script, no remote resource). */
export const READINESS_REPORT = 'drillbook/readinessReport';
export interface ReadinessReportResult {
  readonly title: string;
  readonly html: string;
}

/** Client → server request: what a runbook says and what is there, as two texts for a side-by-side diff. */
export const LIVE_COMPARISON = 'drillbook/liveComparison';
export interface LiveComparisonParams {
  readonly uri: string;
  /** A name under `resources`; all of them where left out. */
  readonly resource?: string;
}
export interface LiveComparisonResult {
  readonly title: string;
  /** YAML: every resource with its declared expectations. */
  readonly declared: string;
  /** YAML of the same shape with the live values; what could not be looked up is a comment that says why. */
  readonly live: string;
  /** ISO 8601 of the oldest observation in it. */
  readonly checkedAt?: string;
}

/** Client → server request: what is really there in an environment, to choose from for a new runbook. Trusted workspaces only. */
export const LIVE_INVENTORY = 'drillbook/liveInventory';
export interface LiveInventoryParams {
  /** Name of an Environment document; the only one where left out. */
  readonly environment?: string;
}
export interface LiveInventoryResult {
  readonly environments: readonly string[];
  readonly resources: readonly LiveInventoryItem[];
  /** What could not be listed and why, one sentence each. */
  readonly notes: readonly string[];
}
export interface LiveInventoryItem {
  readonly kind: string;
  readonly id: string;
  readonly environment: string;
  readonly region?: string;
  readonly account?: string;
  /** For people: `postgres 16.3, Multi-AZ`. */
  readonly detail?: string;
  /** A runbook refers to it already. */
  readonly covered: boolean;
}

/** Client → server request: the text of a first runbook for one live resource (as `init --from-live` writes it). */
export const NEW_RUNBOOK = 'drillbook/newRunbook';
export interface NewRunbookParams {
  readonly kind: string;
  readonly id: string;
  readonly environment: string;
  readonly dataClass?: string;
}
export interface NewRunbookResult {
  /** Suggested path relative to the workspace folder: `runbooks/orders-prod.runbook.yaml`. */
  readonly file: string;
  readonly text: string;
}
