/** The Test Explorer: every runbook is a test, its stages are the steps, its scenarios the children. */
import * as vscode from 'vscode';
import type {
  DryRunArguments,
  DryRunEvent,
  DryRunPlan,
  DryRunResponse,
  DryRunState,
  RunbookState,
  WorkspaceState,
} from '../../../server/src/protocol.ts';
import { confirmPlans, needsTrust } from '../commands/confirm.ts';
import type { DryRunOptions } from '../commands/dryRun.ts';
import { describeEvent } from '../describeEvent.ts';
import { redact } from '../redact.ts';
import type { WorkspaceModel } from '../workspaceModel.ts';
import { historyMarks, messageAt, PastRuns, type ItemState } from './pastRuns.ts';
import { describeLast } from './recoveryTree.ts';

/** The stages of every dry run, in order (each is a step below the test that ran). */
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

/** What the tests need from the commands. */
export interface TestRunner {
  /** Plans without starting anything. */
  readonly plan: (args: DryRunArguments) => Promise<DryRunPlan | DryRunResponse>;
  readonly run: (args: DryRunArguments, options: DryRunOptions) => Promise<DryRunResponse>;
  readonly canRun: boolean;
}

/** What a test item stands for. */
interface Meaning {
  readonly args: DryRunArguments;
  readonly due: boolean;
  readonly stage?: string;
}

/** Owns the items and the two ways to run them. */
export class RunbookTests implements vscode.Disposable {
  private readonly meanings = new WeakMap<vscode.TestItem, Meaning>();
  private readonly subscriptions: { dispose(): unknown }[] = [];
  private readonly controller: vscode.TestController;
  private readonly model: WorkspaceModel;
  private readonly runner: TestRunner;
  private readonly past: PastRuns;
  /** The dry runs with their items, as of the last state. */
  private readonly states: ItemState[] = [];
  private running = 0;

  constructor(controller: vscode.TestController, model: WorkspaceModel, runner: TestRunner) {
    this.controller = controller;
    this.model = model;
    this.runner = runner;
    this.past = new PastRuns(controller);
    controller.resolveHandler = async (item) => {
      if (item === undefined) this.fill(await model.refresh());
    };
    controller.refreshHandler = async () => {
      this.fill(await model.refresh());
    };
    this.subscriptions.push(
      model.onChange((state) => this.fill(state)),
      controller.createRunProfile(
        'Dry-run restore',
        vscode.TestRunProfileKind.Run,
        (r, t) => this.run(r, t, false),
        true,
      ),
      controller.createRunProfile(
        'Dry-run what is due',
        vscode.TestRunProfileKind.Run,
        (r, t) => this.run(r, t, true),
        false,
      ),
    );
  }

  /** The items as they are now, for the tests. */
  get items(): vscode.TestItemCollection {
    return this.controller.items;
  }

  /** Runs what is due of everything, as the command does. */
  async runDue(token: vscode.CancellationToken): Promise<void> {
    this.fill(await this.model.refresh());
    await this.run(new vscode.TestRunRequest(), token, true);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private fill(state: WorkspaceState): void {
    this.states.length = 0;
    const items = state.runbooks.filter((runbook) => runbook.dryRuns.length > 0).map((item) => this.runbookItem(item));
    this.controller.items.replace(items);
    if (this.running === 0) this.past.tell(this.states);
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
    this.states.push({ item, dryRun });
    this.meanings.set(item, { args, due: dryRun.due === true });
    for (const scenario of dryRun.scenarios) {
      const child = this.item(item.children, `${item.id}?${scenario}`, scenario, runbook.uri, dryRun.line);
      child.sortText = `b ${scenario}`;
      child.description = 'scenario';
      this.meanings.set(child, { args: { ...args, scenario }, due: dryRun.due === true });
      item.children.add(child);
    }
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

  /** What a request asks to be run: leaves that stand for a dry run, a stage for the one it belongs to. */
  private chosen(request: vscode.TestRunRequest, due: boolean): vscode.TestItem[] {
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
        const childMeaning = this.meanings.get(child);
        if (childMeaning?.stage === undefined) visit(child);
      }
    };
    if (request.include === undefined) this.controller.items.forEach(visit);
    else request.include.forEach(visit);
    return [...found];
  }

  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken, due: boolean): Promise<void> {
    const items = this.chosen(request, due);
    if (items.length === 0) {
      const message = due ? 'No dry run is due.' : 'Nothing to run was chosen.';
      void vscode.window.showInformationMessage(message);
      return;
    }
    if (!this.runner.canRun) {
      void vscode.window.showInformationMessage(
        'A dry run needs a machine; the browser has none. Run it in a terminal or in CI.',
      );
      return;
    }
    if (!(await needsTrust('A dry run'))) return;
    const run = this.controller.createTestRun(request);
    this.running += 1;
    try {
      const ready: vscode.TestItem[] = [];
      const plans: DryRunPlan[] = [];
      for (const item of items) {
        run.enqueued(item);
        const meaning = this.meanings.get(item);
        if (meaning === undefined) continue;
        const plan = await this.runner.plan(meaning.args);
        if ('status' in plan) {
          run.errored(
            item,
            new vscode.TestMessage(plan.status === 'needs-confirmation' ? 'Not planned.' : plan.message),
          );
        } else {
          plans.push(plan);
          ready.push(item);
        }
      }
      if (plans.length > 0 && !(await confirmPlans(plans))) {
        ready.forEach((item) => run.skipped(item));
        return;
      }
      for (const item of ready) await this.runOne(run, item, token);
    } finally {
      run.end();
      // What the runs left in the evidence is on the screen already; what others left meanwhile is not.
      const shown = new Set(items);
      const { runbooks } = await this.model.refresh().catch(() => this.model.state);
      this.running -= 1;
      for (const { item, dryRun } of this.states) {
        if (shown.has(item) && dryRun.last !== undefined) this.past.seen(item, dryRun.last.at);
      }
      this.fill({ runbooks });
    }
  }

  private async runOne(run: vscode.TestRun, item: vscode.TestItem, token: vscode.CancellationToken): Promise<void> {
    const meaning = this.meanings.get(item);
    if (meaning === undefined || token.isCancellationRequested) {
      run.skipped(item);
      return;
    }
    const started = Date.now();
    const stageStarts = new Map<string, number>();
    run.started(item);
    const onEvent = (event: DryRunEvent): void => {
      const text = describeEvent(event);
      if (text !== undefined) run.appendOutput(`${redact(text).replace(/\n/g, '\r\n')}\r\n`, undefined, item);
      if (event.event === 'stage') this.stage(run, item, meaning, event, stageStarts);
    };
    try {
      const response = await this.runner.run(meaning.args, { token, onEvent, quiet: true });
      this.finish(run, item, response, Date.now() - started);
    } catch (error) {
      run.errored(item, new vscode.TestMessage(error instanceof Error ? error.message : String(error)));
    }
  }

  /** Shows a stage as a step below the item. */
  private stage(
    run: vscode.TestRun,
    item: vscode.TestItem,
    meaning: Meaning,
    event: Extract<DryRunEvent, { event: 'stage' }>,
    starts: Map<string, number>,
  ): void {
    const id = `${item.id}!${event.stage}`;
    let step = item.children.get(id);
    if (step === undefined) {
      step = this.controller.createTestItem(id, event.stage, item.uri);
      step.sortText = `a ${String(STAGES.includes(event.stage) ? STAGES.indexOf(event.stage) + 100 : 200)}`;
      if (item.range !== undefined) step.range = item.range;
      this.meanings.set(step, { ...meaning, stage: event.stage });
      item.children.add(step);
    }
    const at = Date.parse(event.at);
    const elapsed = at - (starts.get(event.stage) ?? at);
    const message = new vscode.TestMessage(event.message ?? `${event.stage} ${event.state}`);
    switch (event.state) {
      case 'started':
        starts.set(event.stage, at);
        {
          run.started(step);
          return;
        }
      case 'passed': {
        run.passed(step, elapsed);
        return;
      }
      case 'failed': {
        run.failed(step, message, elapsed);
        return;
      }
      case 'inconclusive': {
        run.errored(step, message, elapsed);
        return;
      }
      case 'skipped': {
        run.skipped(step);
        return;
      }
    }
  }

  private finish(run: vscode.TestRun, item: vscode.TestItem, response: DryRunResponse, elapsed: number): void {
    if (response.status === 'needs-confirmation' || response.status === 'cancelled') {
      run.skipped(item);
      return;
    }
    if (response.status === 'passed') {
      run.passed(item, elapsed);
      return;
    }
    const message = messageAt(item, response.message, 'line' in response ? response.line : undefined);
    if (response.status === 'failed') run.failed(item, message, elapsed);
    else run.errored(item, message, elapsed);
  }
}
