/** The commands that open something: evidence, readiness, comparison, issue report. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ShowPlanResponse } from '../../../server/src/protocol.ts';
import { client, finding, lineOf, open, until } from './support.ts';

const RUNBOOK = 'runbooks/orders.runbook.yaml';

describe('commands', () => {
  it('shows the evidence of the runbook in the active editor', async () => {
    const running = await client();
    await open(RUNBOOK);
    const response = await vscode.commands.executeCommand<{ status: string }>('drillbook.showEvidence');
    assert.equal(response.status, 'shown', JSON.stringify(response));
    assert.ok([...running.reports.shown().keys()].some((title) => title.includes('orders-db')));
  });

  it('shows where all runbooks stand', async () => {
    const running = await client();
    await vscode.commands.executeCommand('drillbook.showReadiness');
    const page = await until('the readiness report', () =>
      [...running.reports.shown().values()].find((html) => /readiness/i.test(html)),
    );
    assert.match(page, /orders/);
    assert.doesNotMatch(page, /<script|https?:\/\/(?!www\.w3\.org)/i);
  });

  it('compares the runbook with live, side by side', async () => {
    await open(RUNBOOK);
    await vscode.commands.executeCommand('drillbook.compareWithLive');
    const tab = await until('the diff', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputTextDiff ? input : undefined;
    });
    const [declared, live] = await Promise.all(
      [tab.original, tab.modified].map(async (uri) => (await vscode.workspace.openTextDocument(uri)).getText()),
    );
    assert.match(declared ?? '', /version/);
    assert.notEqual(declared, live);
  });

  it('writes an issue report without secrets and without the folder’s name', async () => {
    await vscode.commands.executeCommand('drillbook.reportIssue');
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /Drillbook \d+\.\d+\.\d+/);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '?';
    assert.ok(!text.includes(folder));
    assert.doesNotMatch(text, /correct-horse/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('shows the recovery plan of the runbook, and draws its graph', async () => {
    const running = await client();
    await open(RUNBOOK);
    const response = await vscode.commands.executeCommand<ShowPlanResponse>('drillbook.showPlan');
    assert.equal(response.status, 'shown', JSON.stringify(response));
    assert.match(response.markdown, /orders-db/);
    assert.match(response.markdown, /identity-db/);
    const shown = running.documents.provideTextDocumentContent(
      vscode.Uri.from({ scheme: 'drillbook-view', path: '/Recovery plan of orders-db.md' }),
    );
    assert.equal(shown, response.markdown);
  });

  it('lists what drifted, and jumps to what is chosen', async () => {
    await open('acme.policy.yaml');
    await finding(RUNBOOK, 'drift/version-major');
    const done = vscode.commands.executeCommand('drillbook.showFindings');
    await until('the jump', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return vscode.window.activeTextEditor?.document.uri.path.endsWith('.runbook.yaml');
    });
    await done;
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    assert.equal(editor.selection.start.line, lineOf(editor.document, 'version: "'));
  });

  it('shows the log', async () => {
    await vscode.commands.executeCommand('drillbook.showLog');
    await until('the log', () =>
      vscode.workspace.textDocuments.some(({ uri }) => uri.scheme === 'output' && uri.path.endsWith('Drillbook.log')),
    );
  });

  it('opens a new policy that is valid', async () => {
    await vscode.commands.executeCommand('drillbook.newPolicy');
    const isOpen = (): vscode.TextDocument | undefined =>
      vscode.workspace.textDocuments.find(
        ({ uri, languageId }) => uri.scheme === 'untitled' && languageId === 'drillbook',
      );
    // The log of the test before may still be taking the focus.
    await until('the policy', () => isOpen() !== undefined);
    const document = isOpen();
    assert.ok(document);
    await until('it to be checked', () => document.version > 0);
    const errors = vscode.languages
      .getDiagnostics(document.uri)
      .filter((item) => item.severity === vscode.DiagnosticSeverity.Error);
    assert.deepEqual(
      errors.map((item) => item.message),
      [],
    );
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
