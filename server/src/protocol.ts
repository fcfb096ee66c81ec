/** Names and types shared by the language server and its clients. No runtime dependency but these constants. */

export * from './protocol/dryRun.ts';
export * from './protocol/workspaceState.ts';

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
  /**
   * The client shows reports itself (from the result of the command), and takes STATUS_CHANGED and DRY_RUN_EVENT; else
   * the server asks by window/showDocument, and sends neither.
   */
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
