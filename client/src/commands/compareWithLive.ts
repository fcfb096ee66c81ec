/** Compare with live: what the runbook says beside what is there, as a diff. */
import * as vscode from 'vscode';
import { LIVE_COMPARISON, type LiveComparisonResult } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';
import { needsTrust } from './confirm.ts';
import { documentOf, pickRunbook } from './pickRunbook.ts';

/** Compares the active document, or the row that was clicked (one resource where it is one). */
export async function compareWithLive(client: Client, argument: unknown): Promise<void> {
  if (client.host.canRun && !(await needsTrust('A live comparison'))) return;
  const uri = documentOf(argument) ?? (await pickRunbook(client, undefined, false))?.uri;
  if (uri === undefined) return;
  const resource =
    typeof argument === 'object' && argument !== null && 'resource' in argument && typeof argument.resource === 'string'
      ? argument.resource
      : undefined;
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Drillbook: comparing with live' },
    () =>
      client.languageClient.sendRequest<LiveComparisonResult>(LIVE_COMPARISON, {
        uri,
        ...(resource !== undefined && { resource }),
      }),
  );
  const declared = client.documents.put(`declared/${result.title}.yaml`, result.declared);
  const live = client.documents.put(`live/${result.title}.yaml`, result.live);
  const age =
    result.checkedAt === undefined ? 'not looked up' : `live at ${new Date(result.checkedAt).toLocaleString()}`;
  await vscode.commands.executeCommand('vscode.diff', declared, live, `${result.title}: declared ↔ ${age}`);
}
