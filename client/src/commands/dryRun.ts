/** Dry-run restore: plan, confirmation, progress with cancel, and the report. */
import * as vscode from 'vscode';
import { COMMANDS, type DryRunArguments, type DryRunEvent, type DryRunResponse } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';
import { duration } from '../words.ts';
import { confirmPlans, needsTrust } from './confirm.ts';
import { choiceOf } from './dryRunChoice.ts';
import { pickRunbook, targetOf } from './pickRunbook.ts';
import { prepareDryRun } from './prepareDryRun.ts';
import { isCancelled, sendServerCommand } from './serverCommand.ts';
import { showEvidence } from './showEvidence.ts';

export interface DryRunOptions {
  /** Cancels the dry run, beside the button of the notification. */
  readonly token?: vscode.CancellationToken;
  /** Gets every event of this dry run. */
  readonly onEvent?: (event: DryRunEvent, line: number | undefined) => void;
}

/** Runs one confirmed dry run to its end, with a notification that shows stage and time left. */
export async function runDryRun(
  client: Client,
  args: DryRunArguments,
  options: DryRunOptions = {},
): Promise<DryRunResponse> {
  const uri = vscode.Uri.parse(args.uri);
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  // The dry run reads the file: what is typed and not saved would not be what is proven.
  if (open?.isDirty === true && !(await open.save())) {
    return { status: 'refused', message: 'The runbook could not be saved; save it and start the dry run again.' };
  }
  client.failures.clear(uri);
  const title = `Dry run of ${args.runbook}${args.name === undefined ? '' : ` · ${args.name}`}`;
  client.output.begin(title);
  const known = client.model.find(args.uri, args.runbook, args.name).dryRun?.last?.elapsedMs;
  const response = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, button) => {
      const source = new vscode.CancellationTokenSource();
      const subscriptions = [
        source,
        button.onCancellationRequested(() => source.cancel()),
        ...(options.token === undefined ? [] : [options.token.onCancellationRequested(() => source.cancel())]),
        followEvents(client, args, progress, known, options),
      ];
      if (options.token?.isCancellationRequested === true) source.cancel();
      try {
        return await sendServerCommand<DryRunResponse>(
          client,
          COMMANDS.dryRun,
          { ...args, confirmed: true },
          source.token,
        );
      } catch (error) {
        if (isCancelled(error)) return { status: 'cancelled' as const, message: 'The dry run was cancelled.' };
        throw error;
      } finally {
        for (const subscription of subscriptions) subscription.dispose();
      }
    },
  );
  if ('line' in response && response.status !== 'passed') {
    client.failures.show(uri, response.line, response.message);
  }
  if (response.status === 'passed') void vscode.commands.executeCommand('setContext', 'drillbook.dryRunPassed', true);
  client.model.refreshSoon();
  return response;
}

/** Shows stage, share done and an honest guess at the time left (the last run's time less this one's so far). */
function followEvents(
  client: Client,
  args: DryRunArguments,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  lastElapsedMs: number | undefined,
  options: DryRunOptions,
): vscode.Disposable {
  const started = Date.now();
  return client.events.onEvent(({ uri, runbook, name, event, line }) => {
    const same = runbook === args.runbook && (args.name === undefined || name === args.name) && uri === args.uri;
    if (!same) return;
    options.onEvent?.(event, line);
    if (event.event === 'check' && event.state === 'failed' && line !== undefined) {
      client.failures.show(vscode.Uri.parse(args.uri), line, event.message ?? `${event.name} failed`);
    }
    const left = lastElapsedMs === undefined ? undefined : lastElapsedMs - (Date.now() - started);
    const guess = left !== undefined && left > 1000 ? ` · about ${duration(left)} left` : '';
    if (event.event === 'stage' && event.state === 'started') progress.report({ message: `${event.stage}${guess}` });
    if (event.event === 'progress') {
      const share =
        event.total !== undefined && event.total > 0 ? ` ${Math.floor((100 * event.done) / event.total)} %` : '';
      progress.report({ message: `${event.stage}${share}${guess}` });
    }
  });
}

/** The command: from a lens with its arguments, from a row of the view, or from the palette with a question. */
export async function dryRunCommand(client: Client, argument: unknown): Promise<DryRunResponse | undefined> {
  if (!client.host.canRun) {
    void vscode.window.showInformationMessage(
      'A dry run needs a machine: open this folder in VS Code on a desktop, over SSH or in a container, or run “drillbook dry-run” in a terminal or in CI.',
    );
    return undefined;
  }
  if (!(await needsTrust('A dry run'))) return undefined;
  const target = await pickRunbook(client, argument, true);
  if (target === undefined) return undefined;
  const args: DryRunArguments = { ...target, ...(targetOf(argument) === undefined ? {} : choiceOf(argument)) };
  const prepared = await prepareDryRun(client, args);
  if (prepared === undefined) return undefined;
  if (!('plan' in prepared)) return showResult(client, args, prepared);
  if (!(await confirmPlans([prepared.plan]))) return undefined;
  return runConfirmed(client, prepared.args);
}

/** What the person has agreed to: runs it, and shows what came of it. */
export async function runConfirmed(client: Client, args: DryRunArguments): Promise<DryRunResponse> {
  return showResult(client, args, await runDryRun(client, args));
}

/** Opens the report where there is one, and says the result in a sentence. */
async function showResult(client: Client, args: DryRunArguments, response: DryRunResponse): Promise<DryRunResponse> {
  if (response.status === 'needs-confirmation') return response;
  const log = 'Show output';
  const shown =
    response.status === 'passed'
      ? vscode.window.showInformationMessage(response.message, log)
      : response.status === 'failed'
        ? vscode.window.showErrorMessage(response.message, log)
        : vscode.window.showWarningMessage(response.message, log);
  void shown.then((choice) => {
    if (choice === log) client.output.channel.show();
  });
  if (response.status !== 'refused' && response.report !== undefined) {
    await client.reports.showFile(vscode.Uri.parse(response.report), `Dry run of ${args.runbook}`, true);
  } else if (response.status === 'passed' || response.status === 'failed') {
    await showEvidence(client, args, true);
  }
  refreshLenses(client, args.uri);
  return response;
}

/** Draws the lenses anew: an editor that loses the focus while the dialog closes drops the server's own request. */
function refreshLenses(client: Client, uri: string): void {
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri);
  if (document === undefined) return;
  client.languageClient.getFeature('textDocument/codeLens').getProvider(document)?.onDidChangeCodeLensEmitter.fire();
}
