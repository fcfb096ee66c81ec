/** Findings, lenses, hovers and completions while a person types. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { at, codeOf, finding, lens, lenses, lineOf, open, until } from './support.ts';

const RUNBOOK = 'runbooks/orders.runbook.yaml';

describe('editing a runbook', () => {
  it('has the language drillbook by its name', async () => {
    const editor = await open(RUNBOOK);
    assert.equal(editor.document.languageId, 'drillbook');
  });

  it('marks an unknown key, at the key, and forgets it when it is gone', async () => {
    const editor = await open(RUNBOOK);
    const line = lineOf(editor.document, 'recovery: scripted');
    await editor.edit((edit) => edit.insert(new vscode.Position(line, 0), 'colour: red\n'));
    const diagnostic = await finding(RUNBOOK, 'schema/unknown-key');
    assert.deepEqual(diagnostic.range, new vscode.Range(line, 0, line, 6));
    assert.equal(diagnostic.severity, vscode.DiagnosticSeverity.Error);
    await vscode.commands.executeCommand('undo');
    await until('the finding to go', () =>
      vscode.languages.getDiagnostics(at(RUNBOOK)).every((item) => codeOf(item) !== 'schema/unknown-key'),
    );
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('shows each finding once', async () => {
    const editor = await open(RUNBOOK);
    const line = lineOf(editor.document, 'dataClass:');
    const range = editor.document.lineAt(line).range;
    await editor.edit((edit) => edit.replace(range, 'dataClass: no-such-class'));
    await finding(RUNBOOK, 'reference/unknown-class');
    const found = vscode.languages.getDiagnostics(at(RUNBOOK)).map(codeOf);
    assert.equal(found.filter((code) => code === 'reference/unknown-class').length, 1);
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('offers the dry run as a lens on the runbook', async () => {
    await open(RUNBOOK);
    const found = await lens(RUNBOOK, /dry-run restore/i);
    assert.equal(found.command?.command, 'drillbook.dryRun');
  });

  it('switches lenses off by a setting', async () => {
    const settings = vscode.workspace.getConfiguration('drillbook');
    await lens(RUNBOOK, /dry-run restore/i);
    await settings.update('lenses.dryRun', false, vscode.ConfigurationTarget.Global);
    try {
      await until('the lens to go', async () => {
        const titles = (await lenses(RUNBOOK)).map((item) => item.command?.title ?? '');
        return titles.every((title) => !/dry-run restore/i.test(title));
      });
    } finally {
      await settings.update('lenses.dryRun', undefined, vscode.ConfigurationTarget.Global);
    }
    await lens(RUNBOOK, /dry-run restore/i);
  });

  it('explains a key on hover', async () => {
    const editor = await open(RUNBOOK);
    const position = new vscode.Position(lineOf(editor.document, 'dataClass:'), 3);
    const hovers = await until('a hover', async () => {
      const all = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        at(RUNBOOK),
        position,
      );
      return all.length > 0 ? all : undefined;
    });
    const text = hovers.flatMap((hover) =>
      hover.contents.map((part) => (part instanceof vscode.MarkdownString ? part.value : JSON.stringify(part))),
    );
    assert.match(text.join('\n'), /class/i);
  });

  it('completes what may stand in a place', async () => {
    const editor = await open(RUNBOOK);
    const line = lineOf(editor.document, 'recovery: scripted');
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      at(RUNBOOK),
      new vscode.Position(line, 'recovery: '.length),
    );
    const labels = list.items.map((item) => (typeof item.label === 'string' ? item.label : item.label.label));
    for (const label of ['passive', 'scripted', 'automated']) assert.ok(labels.includes(label), `${label} is offered`);
  });

  it('colours with a grammar that builds on YAML’s', () => {
    const grammars = vscode.extensions.all.flatMap((item) => {
      const { contributes } = item.packageJSON as { contributes?: { grammars?: { scopeName: string }[] } };
      return contributes?.grammars?.map(({ scopeName }) => scopeName) ?? [];
    });
    assert.ok(grammars.includes('source.drillbook'));
    assert.ok(grammars.includes('source.yaml'));
  });
});
