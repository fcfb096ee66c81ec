/** The state of every runbook, as the server tells it to the views of its clients. */

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
