/** Names and types shared by the language server and its clients. No runtime dependency but these constants. */

export const LANGUAGE_ID = 'drillbook';
export const SERVER_NAME = 'drillbook';

export const COMMANDS = {
  dryRun: 'drillbook.dryRun',
  refreshDrift: 'drillbook.refreshDrift',
  showEvidence: 'drillbook.showEvidence',
} as const;

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
}

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
    };

/** Server → client: an event of a running dry run, one a line of `--events`. */
export const DRY_RUN_EVENT = 'drillbook/dryRunEvent';
export interface DryRunEventParams {
  readonly uri: string;
  readonly runbook: string;
  readonly name: string;
  readonly event: DryRunEvent;
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
  | { readonly event: 'progress'; readonly stage: string; readonly done: number; readonly total?: number; readonly at: string }
  | { readonly event: 'output'; readonly stage: string; readonly text: string; readonly at: string }
  | { readonly event: 'check'; readonly name: string; readonly state: 'passed' | 'failed' | 'inconclusive'; readonly at: string; readonly message?: string }
  | { readonly event: 'result'; readonly result: string; readonly evidence?: string; readonly report?: string; readonly at: string };

/** Client → server request: the state behind the Test Explorer, the recovery view and the readiness report. */
export const WORKSPACE_STATE = 'drillbook/workspaceState';
export interface WorkspaceState {
  readonly runbooks: readonly RunbookState[];
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
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly id: string; readonly line: number; readonly state: string; readonly at?: string }[];
}
export interface DryRunState {
  readonly name: string;
  readonly line: number;
  readonly scenarios: readonly string[];
  readonly last?: { readonly result: string; readonly level: number; readonly at: string; readonly elapsedMs?: number; readonly evidence?: string };
}
