/** The list behind the status bar: what drifted and what could not be checked, each a jump to its place. */
import * as vscode from 'vscode';
import { LANGUAGE_ID } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';

/** A finding with its place. */
export interface Place {
  readonly uri: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
  readonly code: string;
}

/** The code of a diagnostic: `drift/version-major`. */
export function codeOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : (code ?? ''));
}

/** All drift and unchecked findings in the editor, drift first, worst first. */
export function driftFindings(): Place[] {
  const rank = (code: string): number => (code.startsWith('drift/') ? 0 : 1);
  return vscode.languages
    .getDiagnostics()
    .flatMap(([uri, diagnostics]) =>
      diagnostics
        .filter((diagnostic) => diagnostic.source?.startsWith(LANGUAGE_ID) === true)
        .map((diagnostic) => ({ uri, diagnostic, code: codeOf(diagnostic) })),
    )
    .filter(({ code }) => code.startsWith('drift/') || code.startsWith('unchecked/'))
    .sort((a, b) => rank(a.code) - rank(b.code) || a.diagnostic.severity - b.diagnostic.severity);
}

/** Shows the list and opens what is chosen. */
export async function showFindings(client: Client): Promise<void> {
  const places = driftFindings();
  if (places.length === 0) {
    const refresh = 'Refresh drift';
    const checked = client.statusBar.shown.status.checkedAt;
    const text =
      checked === undefined
        ? 'Nothing was compared with live infrastructure yet.'
        : 'Nothing drifted, and nothing was left unchecked.';
    const choice = await vscode.window.showInformationMessage(text, refresh);
    if (choice === refresh) await vscode.commands.executeCommand('drillbook.refreshDrift');
    return;
  }
  const picked = await vscode.window.showQuickPick(
    places.map((place) => ({
      label: `$(${place.code.startsWith('drift/') ? 'warning' : 'question'}) ${place.diagnostic.message.split('\n')[0] ?? ''}`,
      description: place.code,
      detail: `${vscode.workspace.asRelativePath(place.uri)}:${place.diagnostic.range.start.line + 1}`,
      place,
    })),
    { title: 'Drift and unchecked findings', matchOnDescription: true, matchOnDetail: true },
  );
  if (picked === undefined) return;
  await vscode.window.showTextDocument(picked.place.uri, { selection: picked.place.diagnostic.range });
}
