/** The Test Explorer's memory: what evidence says of runs that were made before, here, by others or in CI. */
import * as vscode from 'vscode';
import type { LastRun, PastRun } from '../../../server/src/protocol.ts';
import { ago, duration } from '../words.ts';

const MARKS: Readonly<Record<string, string>> = { passed: '✓', failed: '✗' };
/** How many past runs fit into a description. */
const SHORT = 5;

/** `✓✗✓`: the last few runs, oldest first; nothing where there is only one. */
export function historyMarks(history: readonly PastRun[] | undefined): string {
  if (history === undefined || history.length < 2) return '';
  return history
    .slice(-SHORT)
    .map(({ result }) => MARKS[result] ?? '?')
    .join('');
}

/** A line a run, newest first, for the output of a test. */
function historyLines(history: readonly PastRun[] | undefined, now: number): string[] {
  return [...(history ?? [])].reverse().map((run) => {
    const took = run.elapsedMs === undefined ? '' : `, in ${duration(run.elapsedMs)}`;
    const restore = run.restoreMs === undefined ? '' : ` (restore ${duration(run.restoreMs)})`;
    return `${run.at}  ${run.result} at level ${run.level}, ${ago(run.at, now)}${took}${restore}`;
  });
}

/** A message at the line of what failed. */
export function messageAt(item: vscode.TestItem, text: string, line: number | undefined): vscode.TestMessage {
  const message = new vscode.TestMessage(text);
  const place = line === undefined ? item.range : new vscode.Range(line, 0, line, 1000);
  if (item.uri !== undefined && place !== undefined) message.location = new vscode.Location(item.uri, place);
  return message;
}

/** A dry run or a scenario with its item, as the state gives them. */
export interface ItemState {
  readonly item: vscode.TestItem;
  readonly last: LastRun | undefined;
  readonly history?: readonly PastRun[] | undefined;
}

/** Tells VS Code the last result of each dry run, once each. */
export class PastRuns {
  private readonly told = new Map<string, string>();
  private readonly controller: vscode.TestController;

  constructor(controller: vscode.TestController) {
    this.controller = controller;
  }

  /** Reports the results that were not told yet. */
  tell(states: readonly ItemState[]): void {
    const fresh = states.filter(({ item, last }) => last !== undefined && this.told.get(item.id) !== last.at);
    if (fresh.length === 0) return;
    const run = this.controller.createTestRun(
      new vscode.TestRunRequest(fresh.map(({ item }) => item)),
      'From the evidence',
      false,
    );
    for (const { item, last, history } of fresh) {
      if (last === undefined) continue;
      this.told.set(item.id, last.at);
      run.started(item);
      for (const line of historyLines(history, Date.now())) run.appendOutput(`${line}\r\n`, undefined, item);
      const text = last.message ?? `The last dry run ended as ${last.result}.`;
      if (last.result === 'passed') run.passed(item, last.elapsedMs);
      else if (last.result === 'failed') run.failed(item, messageAt(item, text, last.line), last.elapsedMs);
      else if (last.result === 'inconclusive') run.errored(item, messageAt(item, text, last.line), last.elapsedMs);
      else run.skipped(item);
    }
    run.end();
  }

  /** The result of this item is on the screen already, from the run that made it. */
  seen(item: vscode.TestItem, at: string): void {
    this.told.set(item.id, at);
  }
}
