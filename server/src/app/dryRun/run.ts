/** One run as its stages see it: what it was asked, and what the stages before have found and made. */
import type {
  FetchedBackup,
  FoundBackup,
  Lease,
  RestorePlan,
  RunContext,
  RunningSandbox,
} from '../../core/recovery/engine.ts';
import type {
  CheckRecord,
  DraftRecord,
  EvidenceRecord,
  NoteRecord,
  ShapeRecord,
  StepRecord,
} from '../../core/recovery/record.ts';
import type { AskedPrices } from '../../core/recovery/prices.ts';
import type { Stages } from '../../core/recovery/stages.ts';
import type { DryRunDependencies, DryRunRequest } from './dependencies.ts';

/** What the stages leave for the ones after them and for the record; a stage that fails leaves what it had. */
export interface Gathered {
  lease: Lease | undefined;
  /** The last passed run of this dry run. */
  previous: EvidenceRecord | undefined;
  drift: DraftRecord['drift'];
  found: readonly FoundBackup[];
  /** What AWS Pricing said of prices that the environment lacks. */
  prices: AskedPrices | undefined;
  fetched: readonly FetchedBackup[];
  /** While it is up. */
  sandbox: RunningSandbox | undefined;
  /** The last that was up. */
  lastSandbox: RunningSandbox | undefined;
  steps: readonly StepRecord[];
  restoredBytes: number | undefined;
  checks: readonly CheckRecord[];
  shapes: readonly ShapeRecord[];
  times: { readonly fetch?: number | undefined; readonly restore?: number; readonly elapsed?: number };
  teardown: DraftRecord['teardown'];
  /** The level that was reached; -1 before anything was. */
  level: number;
  attempts: number;
}

export interface Run {
  readonly request: DryRunRequest;
  readonly to: DryRunDependencies;
  readonly plan: RestorePlan;
  readonly stages: Stages;
  /** Aborted on cancelling and on the run's own timeout. */
  readonly signal: AbortSignal;
  readonly startedAt: number;
  readonly notes: NoteRecord[];
  readonly engines: { readonly name: string; readonly version: string; readonly from: string }[];
  readonly got: Gathered;
}

export function nothingGathered(): Gathered {
  return {
    lease: undefined,
    previous: undefined,
    drift: { state: 'not-looked', factsCompared: 0, findings: [], unchecked: 0 },
    found: [],
    prices: undefined,
    fetched: [],
    sandbox: undefined,
    lastSandbox: undefined,
    steps: [],
    restoredBytes: undefined,
    checks: [],
    shapes: [],
    times: {},
    teardown: { proven: true, removed: [], remaining: [] },
    level: -1,
    attempts: 0,
  };
}

/** ISO 8601, of the run's own clock. */
export function timeNow(run: Run): string {
  return new Date(run.to.clock.now()).toISOString();
}

/** The run as the engine's parts see it; what they make goes into the lease that is held now. */
export function contextOf(run: Run, signal: AbortSignal): RunContext {
  const { lease } = run.got;
  return {
    plan: run.plan,
    signal,
    folder: lease?.folder ?? '',
    owner: lease?.owner,
    ...(lease?.server === undefined ? {} : { server: lease.server }),
    ...(run.to.confirmCost ? { confirmCost: run.to.confirmCost } : {}),
    ...(run.to.people ? { people: run.to.people } : {}),
    made: async (thing) => await lease?.made(thing),
    gone: async (thing) => await lease?.gone(thing),
    output: (stage, text) => run.stages.output(stage, text),
    progress: (stage, done, total) =>
      run.request.onEvent?.({
        event: 'progress',
        stage,
        done,
        ...(total === undefined ? {} : { total }),
        at: timeNow(run),
      }),
    note: (note) => {
      if (!run.notes.some((each) => each.message === note.message)) run.notes.push(note);
    },
    engine: (name, version, from) => {
      if (!run.engines.some((each) => each.name === name && each.version === version))
        run.engines.push({ name, version, from });
    },
  };
}
