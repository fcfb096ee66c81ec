/** Reads again what a report showed before the window was loaded anew. */
import * as vscode from 'vscode';
import {
  COMMANDS,
  READINESS_REPORT,
  type ReadinessReportResult,
  type ShowEvidenceResponse,
} from '../../server/src/protocol.ts';
import type { Client } from './clientTypes.ts';
import { sendServerCommand } from './commands/serverCommand.ts';
import { readPage, type ReportSource } from './views/reports.ts';

/** A workspace without a runbook after so many milliseconds has none. */
const LONGEST_WAIT_MS = 15_000;

/** The page of a report; undefined where there is none any more. Waits until the server knows the runbooks. */
export async function readReport(client: Client, source: ReportSource): Promise<string | undefined> {
  if (source.of === 'file') return readPage(vscode.Uri.parse(source.uri));
  await runbooksKnown(client);
  if (source.of === 'readiness') {
    return (await client.languageClient.sendRequest<ReadinessReportResult>(READINESS_REPORT, {})).html;
  }
  const response = await sendServerCommand<ShowEvidenceResponse>(client, COMMANDS.showEvidence, source.argument);
  if (response.status !== 'shown') return undefined;
  return response.html ?? (response.report === undefined ? undefined : readPage(vscode.Uri.parse(response.report)));
}

async function runbooksKnown(client: Client): Promise<void> {
  const known = (): boolean => client.model.state.runbooks.length > 0;
  if (known()) return;
  const changed = new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = setTimeout(end, LONGEST_WAIT_MS);
    const subscription = client.model.onChange(() => {
      if (known()) end();
    });
  });
  await client.model.refresh();
  await changed;
}
