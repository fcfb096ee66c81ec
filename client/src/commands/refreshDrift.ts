/** Refresh drift: looks the resources of one document, or of the workspace, up anew. */
import * as vscode from 'vscode';
import { COMMANDS, type RefreshDriftResponse } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';
import { needsTrust } from './confirm.ts';
import { documentOf } from './pickRunbook.ts';
import { isCancelled, sendServerCommand } from './serverCommand.ts';

/** The command; from the recovery view's title it is about the whole workspace. */
export async function refreshDriftCommand(
  client: Client,
  argument: unknown,
): Promise<RefreshDriftResponse | undefined> {
  if (!client.host.canRun) {
    void vscode.window.showInformationMessage(
      'A live look-up needs a machine: in the browser Drillbook shows the recorded observations with their age. Run “drillbook drift --record FILE” in CI to refresh them.',
    );
    return undefined;
  }
  if (!(await needsTrust('A live look-up'))) return undefined;
  const uri = documentOf(argument);
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Drillbook: looking up live infrastructure', cancellable: true },
    async (progress, token) => {
      try {
        const response = await sendServerCommand<RefreshDriftResponse>(
          client,
          COMMANDS.refreshDrift,
          uri === undefined ? {} : { uri },
          token,
          (step) => progress.report(step.message === undefined ? {} : { message: step.message }),
        );
        vscode.window.setStatusBarMessage(response.message, 8000);
        client.model.refreshSoon();
        return response;
      } catch (error) {
        if (isCancelled(error)) return { status: 'cancelled' as const, message: 'The look-up was cancelled.' };
        throw error;
      }
    },
  );
}
