/** The stages of a dry run as steps below its test. */
import * as vscode from 'vscode';
import type { DryRunEvent } from '../../../server/src/protocol.ts';
import { messageAt } from './pastRuns.ts';

/** The stages of every dry run, in order. */
export const STAGES: readonly string[] = [
  'resolve',
  'drift',
  'locate',
  'fetch+verify',
  'provision',
  'restore',
  'check',
  'measure',
  'teardown',
  'record',
];

/** The id of a step below a test. */
export function stageId(item: vscode.TestItem, stage: string): string {
  return `${item.id}!${stage}`;
}

/** Keeps the steps in their order, before the scenarios. */
export function stageOrder(stage: string): string {
  const index = STAGES.indexOf(stage);
  return `a ${String(index === -1 ? 200 : index + 100)}`;
}

export type StageEvent = Extract<DryRunEvent, { event: 'stage' }>;

/** Reports one stage of a run; `starts` remembers when each began, for its duration. */
export function reportStage(
  run: vscode.TestRun,
  step: vscode.TestItem,
  event: StageEvent,
  line: number | undefined,
  starts: Map<string, number>,
): void {
  const at = Date.parse(event.at);
  const elapsed = at - (starts.get(event.stage) ?? at);
  const message = (): vscode.TestMessage => messageAt(step, event.message ?? `${event.stage} ${event.state}`, line);
  switch (event.state) {
    case 'started':
      starts.set(event.stage, at);
      run.started(step);
      return;
    case 'passed':
      run.passed(step, elapsed);
      return;
    case 'failed':
      run.failed(step, message(), elapsed);
      return;
    case 'inconclusive':
      run.errored(step, message(), elapsed);
      return;
    case 'skipped':
      run.skipped(step);
  }
}
