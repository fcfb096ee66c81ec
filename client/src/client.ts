/** Puts the editor's side together: language client, commands, views, trust and settings. */
import * as vscode from 'vscode';
import {
  CONFIGURATION_SECTION,
  DRY_RUN_EVENT,
  STATUS_CHANGED,
  TRUST_CHANGED,
  type DryRunEventParams,
  type StatusParams,
  type TrustChangedParams,
} from '../../server/src/protocol.ts';
import type { LazyParts } from './activation.ts';
import { askAboutLookUps } from './askAboutLookUps.ts';
import type { Client, Host } from './clientTypes.ts';
import { runDryRun } from './commands/dryRun.ts';
import { createMiddleware } from './commands/middleware.ts';
import { prepareDryRun } from './commands/prepareDryRun.ts';
import { registerCommands } from './commands/table.ts';
import { DryRunEvents } from './dryRunEvents.ts';
import { DryRunOutput } from './dryRunOutput.ts';
import { createOptions } from './languageClient.ts';
import { readReport } from './readReport.ts';
import { lendFiles } from './lendFiles.ts';
import { tellSettings } from './tellSettings.ts';
import { FailureDecorations } from './views/failureDecorations.ts';
import { badgeOf } from './views/recoveryRows.ts';
import { RecoveryTree } from './views/recoveryTree.ts';
import { Reports } from './views/reports.ts';
import { StatusBar } from './views/statusBar.ts';
import { RunbookTests } from './views/testExplorer.ts';
import { VirtualDocuments } from './virtualDocuments.ts';
import { WorkspaceModel } from './workspaceModel.ts';

/** Starts everything and waits for the server's first answer. A server that can't start is said, and leaves the commands. */
export async function startClient(context: vscode.ExtensionContext, parts: LazyParts, host: Host): Promise<Client> {
  const log = vscode.window.createOutputChannel('Drillbook', { log: true });
  const output = new DryRunOutput();
  const failures = new FailureDecorations();
  const box: { client?: Client; problem?: string } = {};
  const reports = new Reports(context, (source) => readReport(client, source));
  const { options, errorHandler } = createOptions(
    context,
    host,
    log,
    createMiddleware(() => box.client),
  );
  const languageClient = host.createLanguageClient(options);
  const model = new WorkspaceModel(languageClient);
  const events = new DryRunEvents();
  const documents = new VirtualDocuments();
  const statusBar = new StatusBar(host.canRun);
  const tree = new RecoveryTree(model);
  const tests = new RunbookTests(parts.tests, model, {
    prepare: (args) => prepareDryRun(client, args),
    run: (args, options) => runDryRun(client, args, options),
    canRun: host.canRun,
  });
  const client: Client = {
    context,
    host,
    languageClient,
    log,
    model,
    reports,
    events,
    documents,
    output,
    failures,
    statusBar,
    tree,
    tests,
    startProblem: () => box.problem,
    restart: async () => {
      delete box.problem;
      errorHandler.reset();
      if (languageClient.needsStop()) await languageClient.stop();
      await languageClient.start();
    },
    stop: () => (languageClient.needsStop() ? languageClient.stop() : Promise.resolve()),
  };
  box.client = client;
  const filled = parts.tree.fill(tree);
  if (filled !== undefined) context.subscriptions.push(filled);
  context.subscriptions.push(
    model.onChange((state) => {
      parts.view.badge = badgeOf(state.runbooks);
    }),
  );
  context.subscriptions.push(log, output, failures, reports, statusBar, tree, tests, model, events, documents);
  context.subscriptions.push(
    languageClient.onNotification(STATUS_CHANGED, (params: StatusParams) => {
      statusBar.update(params);
      model.refreshSoon();
    }),
    languageClient.onNotification(DRY_RUN_EVENT, (params: DryRunEventParams) => {
      output.write(params);
      events.fire(params);
    }),
  );
  registerCommands(client);
  followSettings(client);
  if (host.canRun) followTrust(client);
  else lendFiles(client);
  try {
    await languageClient.start();
    askAboutLookUps(client);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    box.problem = message;
    log.error(`The language server could not be started: ${message}`);
    const show = 'Show log';
    void vscode.window
      .showErrorMessage('Drillbook’s language server could not be started. See the log for the cause.', show)
      .then((choice) => {
        if (choice === show) log.show();
      });
  }
  return client;
}

/** Tells the server of changed settings. */
function followSettings(client: Client): void {
  client.context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(CONFIGURATION_SECTION)) return;
      tellSettings(client);
      const needsRestart = event.affectsConfiguration('drillbook.tools.path');
      if (needsRestart) void client.restart();
    }),
  );
}

/** Passes the person's trust on; VS Code never takes it back without a reload. */
function followTrust(client: Client): void {
  client.context.subscriptions.push(
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      const params: TrustChangedParams = { trusted: true };
      if (client.languageClient.isRunning()) void client.languageClient.sendNotification(TRUST_CHANGED, params);
      askAboutLookUps(client);
    }),
  );
}
