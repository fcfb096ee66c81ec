/** Show evidence: the newest record of a runbook as a report. */
import * as vscode from 'vscode';
import { COMMANDS, type ShowEvidenceArguments, type ShowEvidenceResponse } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';
import { pickRunbook } from './pickRunbook.ts';
import { sendServerCommand } from './serverCommand.ts';

/** Asks the server for a record's report and shows it. */
export async function showEvidence(
  client: Client,
  args: ShowEvidenceArguments,
  preserveFocus = false,
): Promise<ShowEvidenceResponse> {
  const { uri, runbook, name, evidence } = args;
  const argument: ShowEvidenceArguments = {
    uri,
    runbook,
    ...(name !== undefined && { name }),
    ...(evidence !== undefined && { evidence }),
  };
  const response = await sendServerCommand<ShowEvidenceResponse>(client, COMMANDS.showEvidence, argument);
  if (response.status !== 'shown') {
    void vscode.window.showInformationMessage(response.message);
    return response;
  }
  const title = `Evidence of ${runbook}`;
  if (response.html !== undefined)
    client.reports.showHtml(response.html, title, { of: 'evidence', argument }, preserveFocus);
  else if (response.report !== undefined)
    await client.reports.showFile(vscode.Uri.parse(response.report), title, preserveFocus);
  return response;
}

/** The command, from a lens, a row of the view or the palette. */
export async function showEvidenceCommand(
  client: Client,
  argument: unknown,
): Promise<ShowEvidenceResponse | undefined> {
  const target = await pickRunbook(client, argument, false);
  if (target === undefined) return undefined;
  const evidence =
    typeof argument === 'object' && argument !== null && 'evidence' in argument && typeof argument.evidence === 'string'
      ? argument.evidence
      : undefined;
  return showEvidence(client, { ...target, ...(evidence !== undefined && { evidence }) });
}
