/** Keeps the stages of a run: state, times and redacted output, and tells of each change. */
import type { Clock } from '../ports.ts';
import type { DryRunEvent } from '../../protocol.ts';
import { StageFault } from './stageFault.ts';
import { STAGES, type StageName, type StageRecord, type StageState } from './record.ts';

interface Open {
  state?: StageState;
  startedAt: number;
  finishedAt?: number;
  message?: string;
  output: string;
}

export interface Stages {
  start(stage: StageName): void;
  finish(stage: StageName, state: StageState, message?: string, output?: string): void;
  skip(stage: StageName, why: string): void;
  /** Runs `work` as the stage; its message becomes the stage's. A rejection leaves the stage failed or inconclusive. */
  run(stage: StageName, work: () => Promise<string>): Promise<void>;
  output(stage: StageName, text: string): void;
  /** Ends what is still under way. */
  failOpen(fault: StageFault, cancelled: boolean): void;
  insertMeasure(failed: string | undefined, message: string): void;
  durationOf(stage: StageName): number | undefined;
  stateOf(stage: StageName): StageState | undefined;
  messageOf(stage: StageName): string | undefined;
  all(): readonly StageRecord[];
}

/** What is cancelled may end by itself for this long; then it is left where it hangs, and torn down. */
const GRACE_MS = 3000;

/** The outcome of `work`, or, where the signal is aborted and `work` does not end soon after, the signal's reason. */
export async function untilAborted<T>(clock: Clock, signal: AbortSignal, work: Promise<T>): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    let forget: (() => void) | undefined;
    const onAbort = (): void => {
      forget = clock.after(GRACE_MS, () => {
        reject(signal.reason instanceof Error ? signal.reason : new Error('It was cancelled.'));
      });
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    const done = (): void => {
      signal.removeEventListener('abort', onAbort);
      forget?.();
    };
    work.then(
      (value) => {
        done();
        resolve(value);
      },
      (error: unknown) => {
        done();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

/** Characters of output kept for each stage. */
const KEPT = 8000;

export function createStages(
  clock: Clock,
  redact: (text: string) => string,
  tell: (event: DryRunEvent) => void,
  signal: AbortSignal,
): Stages {
  const open = new Map<StageName, Open>();
  const at = (): string => new Date(clock.now()).toISOString();
  const event = (stage: StageName, state: StageState | 'started', message?: string): void => {
    // The protocol has no word for a stage that was cancelled; it did not come to an end.
    tell({
      event: 'stage',
      stage,
      state: state === 'cancelled' ? 'inconclusive' : state,
      at: at(),
      ...(message === undefined ? {} : { message }),
    });
  };
  const stages: Stages = {
    start: (stage) => {
      open.set(stage, { startedAt: clock.now(), output: open.get(stage)?.output ?? '' });
      event(stage, 'started');
    },
    finish: (stage, state, message, output) => {
      const found = open.get(stage);
      if (!found || found.state !== undefined) return;
      found.state = state;
      found.finishedAt = clock.now();
      if (message !== undefined) found.message = redact(message);
      if (output !== undefined && found.output === '') found.output = redact(output).slice(-KEPT);
      event(stage, state, found.message);
    },
    skip: (stage, why) => {
      const now = clock.now();
      open.set(stage, { state: 'skipped', startedAt: now, finishedAt: now, message: why, output: '' });
      event(stage, 'skipped', why);
    },
    run: async (stage, work) => {
      stages.start(stage);
      try {
        stages.finish(stage, 'passed', await untilAborted(clock, signal, work()));
      } catch (error) {
        if (error instanceof StageFault) stages.finish(stage, error.kind, error.message, error.output);
        throw error;
      }
    },
    output: (stage, text) => {
      const clean = redact(text);
      const found = open.get(stage);
      if (found) found.output = (found.output + clean).slice(-KEPT);
      tell({ event: 'output', stage, text: clean, at: at() });
    },
    failOpen: (fault, cancelled) => {
      for (const [stage, found] of open) {
        if (found.state !== undefined) continue;
        stages.finish(
          stage,
          cancelled ? 'cancelled' : fault.kind,
          cancelled ? 'cancelled' : fault.message,
          fault.output,
        );
      }
    },
    insertMeasure: (failed, message) => {
      if (stages.stateOf('restore') !== 'passed' && failed === undefined) return;
      stages.start('measure');
      stages.finish('measure', failed === undefined ? 'passed' : 'failed', failed ?? message);
    },
    durationOf: (stage) => {
      const found = open.get(stage);
      return found?.finishedAt === undefined ? undefined : found.finishedAt - found.startedAt;
    },
    stateOf: (stage) => open.get(stage)?.state,
    messageOf: (stage) => open.get(stage)?.message,
    all: () =>
      STAGES.map((stage): StageRecord => {
        const found = open.get(stage);
        if (!found) return { stage, state: 'skipped', message: 'not reached' };
        return {
          stage,
          state: found.state ?? 'inconclusive',
          startedAt: new Date(found.startedAt).toISOString(),
          finishedAt: new Date(found.finishedAt ?? found.startedAt).toISOString(),
          durationMs: (found.finishedAt ?? found.startedAt) - found.startedAt,
          ...(found.message === undefined ? {} : { message: found.message }),
          ...(found.output === '' ? {} : { output: found.output }),
        };
      }),
  };
  return stages;
}
