/** Opens the walkthrough “Trust your backups this week”. */
import * as vscode from 'vscode';
import type { Client } from '../clientTypes.ts';

/** Opens it in the editor. */
export async function openWalkthrough(client: Client): Promise<void> {
  const id = `${client.context.extension.id}#trustYourBackups`;
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', id, false);
}
