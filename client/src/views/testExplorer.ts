/** The Test Explorer: every runbook is a test, its stages are the steps, its scenarios the children; run, due, history. */
import * as vscode from 'vscode';
import type { DryRunArguments, DryRunEvent, DryRunPlan, DryRunResponse } from '../../../server/src/protocol.ts';
import { confirmPlans, needsTrust } from '../commands/confirm.ts';
import type { DryRunOptions } from '../commands/dryRun.ts';
import type { Prepared } from '../commands/prepareDryRun.ts';
import { describeEvent } from '../describeEvent.ts';
import { redact } from '../redact.ts';
import type { WorkspaceModel } from '../workspaceModel.ts';
import { messageAt, PastRuns } from './pastRuns.ts';
import { TestItems } from './testItems.ts';
import { reportStage } from './testStages.ts';

/** What the tests need from the commands. */
export interface TestRunner {
  /** Plans without starting anything; undefined where the person took it back. */
  readonly prepare: (args: DryRunArguments) => Promise<Prepared>;
  readonly run: (args: DryRunArguments, options: DryRunOptions) => Promise<DryRunResponse>;
  readonly canRun: boolean;
}

interface Ready {
  readonly item: vscode.TestItem;
  readonly args: DryRunArguments;
  readonly plan: DryRunPlan;
}

/** Owns the two ways to run the tests. */
export class RunbookTests implements vscode.Disposable {
  private readonly subscriptions: { dispose(): unknown }[] = [];
  private readonly controller: vscode.TestController;
  private readonly model: WorkspaceModel;
  private readonly runner: TestRunner;
  private readonly past: PastRuns;
  private readonly tests: TestItems;
  private running = 0;

  constructor(controller: vscode.TestController, model: WorkspaceModel, runner: TestRunner) {
    this.controller = controller;
    this.model = model;
    this.runner = runner;
    this.past = new PastRuns(controller);
    this.tests = new TestItems(controller);
    controller.resolveHandler = async (item) => {
      if (item === undefined) await this.readAgain();
      else this.tests.addStages(item);
    };
    controller.refreshHandler = () => this.readAgain();
    const { Run } = vscode.TestRunProfileKind;
    this.subscriptions.push(
      model.onChange(() => this.fill()),
      controller.createRunProfile('Dry-run restore', Run, (request, token) => this.run(request, token, false), true),
      controller.createRunProfile('Dry-run what is due', Run, (request, token) => this.run(request, token, true)),
    );
  }

  /** The items as they are now, for the tests. */
  get items(): vscode.TestItemCollection {
    return this.controller.items;
  }

  /** Runs what is due of everything, as the command does. */
  async runDue(token: vscode.CancellationToken): Promise<void> {
    await this.readAgain();
    await this.run(new vscode.TestRunRequest(), token, true);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async readAgain(): Promise<void> {
    await this.model.refresh();
    this.fill();
  }

  private fill(): void {
    this.tests.fill(this.model.state);
    if (this.running === 0) this.past.tell(this.tests.states);
  }

  /** Runs what was asked for, one after another; `due` keeps only what its cadence asks for. */
  async run(request: vscode.TestRunRequest, token: vscode.CancellationToken, due: boolean): Promise<void> {
    const items = this.tests.chosen(request, due);
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
      const ready = await this.prepared(run, items, token);
      if (ready.length > 0 && !(await confirmPlans(ready.map(({ plan }) => plan)))) {
        for (const { item } of ready) run.skipped(item);
        return;
      }
      for (const each of ready) await this.runOne(run, each, token);
    } finally {
      run.end();
      // What the runs left in the evidence is on the screen already; what others left meanwhile is not.
      const shown = new Set(items);
      await this.model.refresh().catch(() => this.model.state);
      this.running -= 1;
      for (const { item, last } of this.tests.states) {
        if (shown.has(item) && last !== undefined) this.past.seen(item, last.at);
      }
      this.fill();
    }
  }

  /** The plans of what can be run; what can't says why. */
  private async prepared(
    run: vscode.TestRun,
    items: readonly vscode.TestItem[],
    token: vscode.CancellationToken,
  ): Promise<Ready[]> {
    const ready: Ready[] = [];
    for (const item of items) run.enqueued(item);
    for (const item of items) {
      const meaning = this.tests.meaningOf(item);
      if (meaning === undefined || token.isCancellationRequested) continue;
      const prepared = await this.runner.prepare(meaning.args);
      if (prepared === undefined) run.skipped(item);
      else if ('plan' in prepared) ready.push({ item, ...prepared });
      else run.errored(item, messageAt(item, prepared.message, undefined));
    }
    return ready;
  }

  private async runOne(run: vscode.TestRun, { item, args }: Ready, token: vscode.CancellationToken): Promise<void> {
    if (token.isCancellationRequested) {
      run.skipped(item);
      return;
    }
    const started = Date.now();
    const stageStarts = new Map<string, number>();
    run.started(item);
    const onEvent = (event: DryRunEvent, line: number | undefined): void => {
      const text = describeEvent(event);
      if (text !== undefined) run.appendOutput(`${redact(text).replace(/\n/g, '\r\n')}\r\n`, undefined, item);
      if (event.event === 'stage') reportStage(run, this.tests.step(item, event.stage), event, line, stageStarts);
    };
    try {
      const response = await this.runner.run(args, { token, onEvent });
      finish(run, item, response, Date.now() - started);
    } catch (error) {
      run.errored(item, messageAt(item, error instanceof Error ? error.message : String(error), undefined));
    }
  }
}

function finish(run: vscode.TestRun, item: vscode.TestItem, response: DryRunResponse, elapsed: number): void {
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
