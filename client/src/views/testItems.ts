/** The tests of the workspace: a runbook, its dry runs, their stages and scenarios as items, and what each stands for. */
import * as vscode from 'vscode';
import type { DryRunArguments, DryRunState, RunbookState, WorkspaceState } from '../../../server/src/protocol.ts';
import { describeLast, describeRun } from './describeRun.ts';
import { historyMarks, type ItemState } from './pastRuns.ts';
import { stageId, stageOrder, STAGES } from './testStages.ts';

/** What a test item stands for. */
export interface Meaning {
  readonly args: DryRunArguments;
  readonly due: boolean;
  readonly stage?: string;
}

/** Owns the items below a controller. */
export class TestItems {
  private readonly meanings = new WeakMap<vscode.TestItem, Meaning>();
  private readonly controller: vscode.TestController;
  /** The dry runs and scenarios with their items, as of the last state. */
  private readonly current: ItemState[] = [];

  constructor(controller: vscode.TestController) {
    this.controller = controller;
  }

  /** What was last run of each item. */
  get states(): readonly ItemState[] {
    return this.current;
  }

  meaningOf(item: vscode.TestItem): Meaning | undefined {
    return this.meanings.get(item);
  }

  /** Makes the items those of a state; items that stay keep their results and steps. */
  fill(state: WorkspaceState): void {
    this.current.length = 0;
    const items = state.runbooks.filter((runbook) => runbook.dryRuns.length > 0).map((item) => this.runbookItem(item));
    this.controller.items.replace(items);
  }

  /** Shows the steps of a dry run before it ever ran: asked for when somebody opens its row. */
  addStages(item: vscode.TestItem): void {
    const meaning = this.meanings.get(item);
    if (meaning === undefined || meaning.stage !== undefined) return;
    for (const stage of STAGES) this.step(item, stage);
    item.canResolveChildren = false;
  }

  /** The step of a stage below a test, made where it isn't there yet. */
  step(item: vscode.TestItem, stage: string): vscode.TestItem {
    const id = stageId(item, stage);
    const known = item.children.get(id);
    if (known !== undefined) return known;
    const step = this.controller.createTestItem(id, stage, item.uri);
    step.sortText = stageOrder(stage);
    if (item.range !== undefined) step.range = item.range;
    const meaning = this.meanings.get(item);
    if (meaning !== undefined) this.meanings.set(step, { ...meaning, stage });
    item.children.add(step);
    return step;
  }

  /** What a request asks to be run: items that stand for a dry run, for a stage the one it belongs to. */
  chosen(request: vscode.TestRunRequest, due: boolean): vscode.TestItem[] {
    const found = new Set<vscode.TestItem>();
    const excluded = new Set(request.exclude ?? []);
    const visit = (item: vscode.TestItem): void => {
      if (excluded.has(item)) return;
      const meaning = this.meanings.get(item);
      if (meaning?.stage !== undefined && item.parent !== undefined) {
        visit(item.parent);
        return;
      }
      if (meaning !== undefined && (!due || meaning.due)) found.add(item);
      for (const [, child] of item.children) {
        if (this.meanings.get(child)?.stage === undefined) visit(child);
      }
    };
    if (request.include === undefined) this.controller.items.forEach(visit);
    else request.include.forEach(visit);
    return [...found];
  }

  private runbookItem(runbook: RunbookState): vscode.TestItem {
    const id = `${runbook.uri}#${runbook.name}`;
    const item = this.item(this.controller.items, id, runbook.title, runbook.uri, runbook.line);
    item.sortText = `${runbook.dataClass ?? '~'} ${runbook.title}`;
    const only = runbook.dryRuns.length === 1 ? runbook.dryRuns[0] : undefined;
    if (only !== undefined) {
      this.dryRunItem(item, runbook, only);
    } else {
      item.description = runbook.dataClass ?? '';
      item.children.replace(
        runbook.dryRuns.map((dryRun) => {
          const child = this.item(item.children, `${id}/${dryRun.name}`, dryRun.name, runbook.uri, dryRun.line);
          this.dryRunItem(child, runbook, dryRun);
          return child;
        }),
      );
    }
    return item;
  }

  /** Makes an item stand for a dry run, with its scenarios below; stages that ran stay. */
  private dryRunItem(item: vscode.TestItem, runbook: RunbookState, dryRun: DryRunState): void {
    const args = { uri: runbook.uri, runbook: runbook.name, name: dryRun.name };
    const marks = historyMarks(dryRun.history);
    item.description = `${describeLast(dryRun, Date.now())}${marks === '' ? '' : ` · ${marks}`}`;
    this.current.push({ item, last: dryRun.last, history: dryRun.history });
    this.standFor(item, { args, due: dryRun.due === true });
    for (const scenario of dryRun.scenarios) {
      const child = this.item(item.children, `${item.id}?${scenario}`, scenario, runbook.uri, dryRun.line);
      const last = dryRun.lastOf?.[scenario];
      child.sortText = `b ${scenario}`;
      child.description = `scenario · ${last === undefined ? 'never played' : describeRun(last, dryRun.rtoMs, Date.now())}`;
      this.current.push({ item: child, last });
      this.standFor(child, { args: { ...args, scenario }, due: dryRun.due === true });
      item.children.add(child);
    }
    for (const [id, child] of item.children) {
      const isScenario = this.meanings.get(child)?.stage === undefined;
      if (isScenario && !dryRun.scenarios.some((scenario) => id === `${item.id}?${scenario}`)) item.children.delete(id);
    }
  }

  private standFor(item: vscode.TestItem, meaning: Meaning): void {
    this.meanings.set(item, meaning);
    item.canResolveChildren = item.children.get(stageId(item, 'resolve')) === undefined;
  }

  private item(
    collection: vscode.TestItemCollection,
    id: string,
    label: string,
    uri: string,
    line: number,
  ): vscode.TestItem {
    const known = collection.get(id);
    const item = known ?? this.controller.createTestItem(id, label, vscode.Uri.parse(uri));
    item.label = label;
    item.range = new vscode.Range(line, 0, line, 0);
    return item;
  }
}
