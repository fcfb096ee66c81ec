/** Which part of a run decided that it did not pass: for the line that is marked and the message beside it. */
import type { EvidenceRecord } from './record.ts';

/** The check, else the step, else the stage. */
export interface FailedPart {
  readonly check?: string;
  readonly step?: string;
  readonly stage?: string;
}

/** The first part that failed, else the first one that stayed open; undefined where the run passed. */
export function failedPart(
  record: Pick<EvidenceRecord, 'result' | 'checks' | 'steps' | 'stages'>,
): FailedPart | undefined {
  if (record.result === 'passed') return undefined;
  for (const state of ['failed', 'inconclusive', 'cancelled'] as const) {
    const check = record.checks.find((each) => each.state === state);
    if (check) return { check: check.name };
    const step = record.steps?.find((each) => each.state === state);
    if (step) return { step: step.id };
    const stage = record.stages.find((each) => each.state === state);
    if (stage) return { stage: stage.stage };
  }
  return undefined;
}
