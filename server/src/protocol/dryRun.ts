/** What server and clients tell each other about a dry run: what would be done, its events and how it ended. */

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
