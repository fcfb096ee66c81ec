/** Show recovery plan: the order in which runbooks have to be run, as Markdown with its graph. */
import * as vscode from 'vscode';
import { COMMANDS, type ShowPlanResponse } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';
import { pickRunbook } from './pickRunbook.ts';
import { sendServerCommand } from './serverCommand.ts';

/** The command, from the lens on `dependsOn`, a row of the view or the palette. */
export async function showPlanCommand(client: Client, argument: unknown): Promise<ShowPlanResponse | undefined> {
  const target = await pickRunbook(client, argument, false);
  if (target === undefined) return undefined;
  const { uri, runbook } = target;
  const response = await sendServerCommand<ShowPlanResponse>(client, COMMANDS.showPlan, { uri, runbook });
  if (response.status !== 'shown') {
    void vscode.window.showInformationMessage(response.message);
    return response;
  }
  const document = client.documents.put(`Recovery plan of ${runbook}.md`, response.markdown);
  await vscode.commands.executeCommand('markdown.showPreview', document);
  return response;
}
