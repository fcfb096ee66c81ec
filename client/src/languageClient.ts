/** The options of the language client: what the server is told, and what happens when it ends by itself. */
import * as vscode from 'vscode';
import type { LanguageClientOptions, Middleware } from 'vscode-languageclient';
import { CONFIGURATION_SECTION, LANGUAGE_ID, type InitializationOptions } from '../../server/src/protocol.ts';
import type { Host } from './clientTypes.ts';
import { RestartWithBackOff } from './restart.ts';
import { serverTrace } from './serverTrace.ts';
import { serverSettings } from './settings.ts';

/** `initializationOptions`, as they are when the server starts (again). */
function initializationOptions(context: vscode.ExtensionContext, host: Host): InitializationOptions {
  return {
    ...serverSettings(context),
    trusted: host.canRun && vscode.workspace.isTrusted,
    showsReports: true,
    ...(host.canRun ? {} : { providesFiles: true }),
  };
}

/** Options for either host, with the handler that restarts the server. */
export function createOptions(
  context: vscode.ExtensionContext,
  host: Host,
  log: vscode.LogOutputChannel,
  middleware: Middleware,
): { readonly options: LanguageClientOptions; readonly errorHandler: RestartWithBackOff } {
  const errorHandler = new RestartWithBackOff({
    restarting: () => {
      vscode.window.setStatusBarMessage('$(warning) Drillbook’s server stopped and is being restarted', 10_000);
      log.warn('The language server stopped by itself; it is being restarted.');
    },
    gaveUp: () => void offerRestart(log),
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    now: () => Date.now(),
  });
  const options: LanguageClientOptions = {
    documentSelector: [{ language: LANGUAGE_ID }],
    diagnosticCollectionName: LANGUAGE_ID,
    outputChannel: log,
    traceOutputChannel: serverTrace(context, log),
    initializationOptions: () => initializationOptions(context, host),
    errorHandler,
    // No command links: ours need none, and what a hover quotes of a document or a live answer must not bring one.
    markdown: { isTrusted: false, supportHtml: false, supportThemeIcons: true },
    middleware: {
      ...middleware,
      workspace: {
        configuration: async (params, token, next) => {
          const answered = await next(params, token);
          if (!Array.isArray(answered)) return answered;
          // The server asks in its own words (`liveOnOpen`), which are not the setting's (`live.onOpen`, with `ask`).
          return answered.map((value: unknown, index) =>
            params.items[index]?.section === CONFIGURATION_SECTION ? serverSettings(context) : value,
          );
        },
      },
    },
  };
  return { options, errorHandler };
}

/** After too many crashes in a row: says so, and leaves the restart to the person. */
async function offerRestart(log: vscode.LogOutputChannel): Promise<void> {
  const restart = 'Restart server';
  const show = 'Show log';
  const choice = await vscode.window.showErrorMessage(
    'Drillbook’s language server keeps stopping and was not restarted again. What it found so far may be out of date.',
    restart,
    show,
  );
  if (choice === restart) await vscode.commands.executeCommand('drillbook.restartServer');
  if (choice === show) log.show();
}
