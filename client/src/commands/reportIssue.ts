/** Report issue: opens an editor with what helps to mend it, secrets and names of the machine taken out. */
import * as vscode from 'vscode';
import type { Client } from '../clientTypes.ts';
import { redact } from '../redact.ts';

/** The text of the report. */
function issueText(client: Client): string {
  const { version } = client.context.extension.packageJSON as { version: string };
  const server = client.languageClient.initializeResult?.serverInfo;
  const { status } = client.statusBar.shown;
  const lines = [
    '## What happened',
    '',
    '',
    '## What you expected',
    '',
    '',
    '## Where',
    '',
    `- Drillbook ${version}, server ${server?.version ?? 'not running'}`,
    `- ${vscode.env.appName} ${vscode.version}, ${vscode.env.uiKind === vscode.UIKind.Web ? 'in a browser' : 'on a desktop'}${vscode.env.remoteName === undefined ? '' : `, remote ${vscode.env.remoteName}`}`,
    `- ${client.host.canRun ? `${process.platform} ${process.arch}, Node ${process.version}` : 'web worker'}`,
    `- workspace ${vscode.workspace.isTrusted ? 'trusted' : 'not trusted'}, ${String(vscode.workspace.workspaceFolders?.length ?? 0)} folder(s), ${String(client.model.state.runbooks.length)} runbook(s)`,
    `- ${String(status.drifted)} drifted, ${String(status.unchecked)} unchecked`,
    '',
    '## Last output of dry runs',
    '',
    '```',
    ...client.output.tail(40),
    '```',
    '',
    'Secrets were taken out; please read it once more before you send it.',
  ];
  return withoutFolders(redact(lines.join('\n')));
}

/** Names of folders tell who somebody is; the workspace's are replaced. */
function withoutFolders(text: string): string {
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  return folders.reduce((result, folder) => result.replaceAll(folder, '<workspace>'), text);
}

/** Opens it as an unsaved Markdown document. */
export async function reportIssue(client: Client): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: issueText(client) });
  await vscode.window.showTextDocument(document);
}
