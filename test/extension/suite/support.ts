/** Helpers of the suites: open, wait for something to be true, find findings and lenses. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DrillbookApi } from '../../../client/src/activation.ts';
import type { Client } from '../../../client/src/clientTypes.ts';

/** The extension under test, found by its name. */
export function extension(): vscode.Extension<DrillbookApi> {
  const found = vscode.extensions.all.find((item) => item.id.endsWith('.drillbook')) as
    vscode.Extension<DrillbookApi> | undefined;
  assert.ok(found, 'the extension is installed');
  return found;
}

/** The running client. */
export async function client(): Promise<Client> {
  const api = await extension().activate();
  return api.client();
}

/** Asks until the answer is given; fails with `what` after the time (milliseconds). */
export async function until<T>(what: string, probe: () => T | Promise<T>, timeoutMs = 30_000): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      assert.fail(
        `waited ${timeoutMs} ms in vain for ${what}${last === undefined ? '' : ` (${last instanceof Error ? last.message : JSON.stringify(last)})`}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A URI below the workspace's first folder. */
export function at(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a folder is open');
  return vscode.Uri.joinPath(folder.uri, path);
}

/** Opens a file in the editor. */
export async function open(path: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(at(path)));
}

/** Code of a diagnostic. */
export function codeOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : code);
}

/** Waits for a finding with this code. */
export function finding(path: string, code: string): Promise<vscode.Diagnostic> {
  return until(`${code} in ${path}`, () =>
    vscode.languages.getDiagnostics(at(path)).find((diagnostic) => codeOf(diagnostic) === code),
  );
}

/** The lenses of a document, resolved. */
export async function lenses(path: string): Promise<vscode.CodeLens[]> {
  return vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', at(path), 50);
}

/** Waits for a lens whose title matches. */
export function lens(path: string, title: RegExp): Promise<vscode.CodeLens> {
  return until(`a lens ${title.source} in ${path}`, async () =>
    (await lenses(path)).find((item) => title.test(item.command?.title ?? '')),
  );
}

/** The lines of a document that contain a text: the first one, from 0. */
export function lineOf(document: vscode.TextDocument, text: string): number {
  const line = document
    .getText()
    .split('\n')
    .findIndex((content) => content.includes(text));
  assert.notEqual(line, -1, `${text} is in ${document.fileName}`);
  return line;
}

/** Replaces a range of a document, in whichever editor it is shown. */
export async function replace(uri: vscode.Uri, range: vscode.Range, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, range, text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** The process id of the server: vscode-languageclient keeps it to itself. */
export function serverPid(languageClient: object): number | undefined {
  const { _serverProcess } = languageClient as { _serverProcess?: { pid?: number } };
  return _serverProcess?.pid;
}
