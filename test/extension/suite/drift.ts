/** Drift from a live Postgres: a newer major than the runbook says, in the editor and in the status bar. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { client, finding, lens, lineOf, open, until } from './support.ts';

const RUNBOOK = 'runbooks/orders.runbook.yaml';

describe('drift', () => {
  it('is marked on the very value that is wrong, with the live value', async () => {
    const editor = await open(RUNBOOK);
    const diagnostic = await finding(RUNBOOK, 'drift/version-major');
    const line = lineOf(editor.document, 'version: "');
    assert.equal(diagnostic.range.start.line, line);
    const marked = editor.document.getText(diagnostic.range).replace(/"/g, '');
    assert.match(marked, /^\d+$/);
    assert.match(diagnostic.message, new RegExp(String(Number(marked) + 1)));
  });

  it('is counted in the status bar, with when and as whom', async () => {
    const running = await client();
    await until('the count', () => running.statusBar.shown.status.drifted > 0 && !running.statusBar.shown.status.busy);
    const { text, tooltip, status } = running.statusBar.shown;
    assert.match(text, /drifted/);
    assert.match(tooltip, /checked .*(ago|just now)/);
    assert.ok(status.identities.length > 0);
    assert.doesNotMatch(tooltip, /correct-horse/);
  });

  it('has a lens with count and age that looks up anew', async () => {
    await lens(RUNBOOK, /drifted/i);
    const response = await vscode.commands.executeCommand<{ status: string }>('drillbook.refreshDrift');
    assert.equal(response.status, 'checked');
  });
});
