/** Reads the extension's settings, in the shape that the server is told. */
import * as vscode from 'vscode';
import { CONFIGURATION_SECTION, type InitializationOptions } from '../../server/src/protocol.ts';

export type LiveOnOpen = 'ask' | 'always' | 'never';

/** Key of the remembered answer in the workspace's state. */
const ANSWER = 'drillbook.liveOnOpen.answer';

/** What the person set for looking up on open. */
export function liveOnOpenSetting(): LiveOnOpen {
  return vscode.workspace.getConfiguration(CONFIGURATION_SECTION).get<LiveOnOpen>('live.onOpen', 'ask');
}

/** The answer given in this workspace to the question of `ask`; undefined where it wasn't put yet. */
export function liveOnOpenAnswer(context: vscode.ExtensionContext): boolean | undefined {
  return context.workspaceState.get<boolean>(ANSWER);
}

/** Remembers the answer for this workspace. */
export async function rememberLiveOnOpen(context: vscode.ExtensionContext, allowed: boolean): Promise<void> {
  await context.workspaceState.update(ANSWER, allowed);
}

/** Whether opening a document may look things up, by setting and answer. */
function mayLookUpOnOpen(context: vscode.ExtensionContext): boolean {
  const setting = liveOnOpenSetting();
  return setting === 'always' || (setting === 'ask' && liveOnOpenAnswer(context) === true);
}

/** The settings in the words of `initialize`, without trust. */
export function serverSettings(
  context: vscode.ExtensionContext,
): Required<Pick<InitializationOptions, 'liveOnOpen' | 'allowedHosts' | 'refreshMinutes' | 'lenses'>> {
  const settings = vscode.workspace.getConfiguration(CONFIGURATION_SECTION);
  return {
    liveOnOpen: mayLookUpOnOpen(context),
    allowedHosts: settings.get<string[]>('allowedHosts', []),
    refreshMinutes: settings.get<number>('live.refreshMinutes', 10),
    lenses: {
      dryRun: settings.get<boolean>('lenses.dryRun', true),
      drift: settings.get<boolean>('lenses.drift', true),
      backupAge: settings.get<boolean>('lenses.backupAge', true),
      recoveryPlan: settings.get<boolean>('lenses.recoveryPlan', true),
    },
  };
}

/** Folders that the person wants searched first for backup tools. */
export function toolFolders(): readonly string[] {
  return vscode.workspace.getConfiguration(CONFIGURATION_SECTION).get<string[]>('tools.path', []);
}
