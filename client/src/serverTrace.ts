/** Where `drillbook.trace.server` writes: the log, as long as the setting asks for it, with secrets taken out. */
import * as vscode from 'vscode';
import { CONFIGURATION_SECTION } from '../../server/src/protocol.ts';
import { redact } from './redact.ts';

const SETTING = 'trace.server';

function level(): vscode.LogLevel {
  const traced = vscode.workspace.getConfiguration(CONFIGURATION_SECTION).get<string>(SETTING, 'off') !== 'off';
  return traced ? vscode.LogLevel.Trace : vscode.LogLevel.Info;
}

/**
 * The language client traces only into a channel whose own level is *Trace*, which nobody would think of: this one has
 * the level that the setting says, and hands the messages to the log as ordinary lines.
 */
export function serverTrace(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): vscode.LogOutputChannel {
  const changed = new vscode.EventEmitter<vscode.LogLevel>();
  context.subscriptions.push(
    changed,
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${CONFIGURATION_SECTION}.${SETTING}`)) changed.fire(level());
    }),
  );
  // What the language client uses of a channel that it only traces into.
  const channel: Pick<vscode.LogOutputChannel, 'name' | 'logLevel' | 'onDidChangeLogLevel' | 'trace' | 'dispose'> = {
    name: log.name,
    get logLevel() {
      return level();
    },
    onDidChangeLogLevel: changed.event,
    trace: (message) => {
      log.info(redact(message));
    },
    dispose: () => undefined,
  };
  return channel as vscode.LogOutputChannel;
}
