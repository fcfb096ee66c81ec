/** The suite of a workspace that nobody trusts: checks work, nothing is looked up and nothing runs. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS, type DryRunResponse } from '../../../server/src/protocol.ts';
import { client, codeOf, finding, lens, open, until, at } from './support.ts';

const RUNBOOK = 'runbooks/orders.runbook.yaml';

describe('in a workspace that is not trusted', () => {
  before(async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    await open(RUNBOOK);
  });

  it('checks schema, references and policy', async () => {
    const editor = await open(RUNBOOK);
    await editor.edit((edit) => edit.insert(new vscode.Position(2, 0), 'colour: red\n'));
    await finding(RUNBOOK, 'schema/unknown-key');
    await vscode.commands.executeCommand('undo');
    await until('the finding to go', () =>
      vscode.languages.getDiagnostics(at(RUNBOOK)).every((item) => codeOf(item) !== 'schema/unknown-key'),
    );
  });

  it('says once a document that nothing is looked up, and finds no drift', async () => {
    await finding(RUNBOOK, 'unchecked/untrusted-workspace');
    const found = vscode.languages.getDiagnostics(at(RUNBOOK)).map(codeOf);
    assert.equal(found.filter((code) => code === 'unchecked/untrusted-workspace').length, 1);
    assert.deepEqual(
      found.filter((code) => code.startsWith('drift/')),
      [],
    );
  });

  it('refuses a confirmed dry run on the server, whatever the client says', async () => {
    const running = await client();
    await lens(RUNBOOK, /dry-run/i);
    const response = await running.languageClient.sendRequest<DryRunResponse>('workspace/executeCommand', {
      command: COMMANDS.dryRun,
      arguments: [{ uri: at(RUNBOOK).toString(), runbook: 'orders-db', confirmed: true }],
    });
    assert.equal(response.status, 'refused');
    const files = await vscode.workspace.findFiles('.drillbook/**');
    assert.deepEqual(files, []);
  });

  it('says so in the status bar', async () => {
    const running = await client();
    assert.match(running.statusBar.shown.tooltip, /not trusted/);
  });
});
