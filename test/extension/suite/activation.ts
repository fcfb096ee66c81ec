/** What is loaded when: nothing but the stub for other people's YAML, the rest with the first document of ours. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension, open, until } from './support.ts';

/** The language of a document, once it is what it should be. */
function language(path: string, id: string): Promise<unknown> {
  return until(`${path} to be ${id}`, () =>
    vscode.workspace.textDocuments.some((document) => document.uri.path.endsWith(path) && document.languageId === id),
  );
}

/** The files of the extension that its host has loaded, from its folder on. */
function loadedFiles(): string[] {
  const { extensionPath } = extension();
  return Object.keys(require.cache)
    .filter((file) => file.startsWith(`${extensionPath}/dist/`))
    .map((file) => file.slice(extensionPath.length + 1));
}

describe('activation', () => {
  it('loads nothing but the stub for other people’s YAML', async () => {
    await open('infra/deployment.yaml');
    const api = await extension().activate();
    await language('infra/deployment.yaml', 'yaml');
    assert.equal(api.loaded(), false);
    assert.deepEqual(loadedFiles(), ['dist/stub.cjs']);
    const { size } = await vscode.workspace.fs.stat(vscode.Uri.joinPath(extension().extensionUri, 'dist/stub.cjs'));
    assert.ok(size < 6 * 1024, `the stub has ${size} bytes`);
  });

  it('gives a file with a name of ours and another tool’s apiVersion back to YAML', async () => {
    await open('infra/pods.policy.yaml');
    await language('infra/pods.policy.yaml', 'yaml');
    const api = await extension().activate();
    assert.equal(api.loaded(), false);
  });

  it('switches a YAML file that says apiVersion: drillbook/ and loads the client', async () => {
    await open('infra/ours.yaml');
    await language('infra/ours.yaml', 'drillbook');
    const api = await extension().activate();
    await until('the client to be loaded', () => api.loaded());
    const client = await api.client();
    await until('the server to run', () => client.languageClient.isRunning());
    assert.deepEqual(loadedFiles().sort(), ['dist/client.cjs', 'dist/stub.cjs'], 'no SDK, and no second copy');
  });

  it('follows an apiVersion that is typed', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: '\nkind: Policy\n' });
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'apiVersion: drillbook/v1'));
    await until('the language to follow', () =>
      vscode.workspace.textDocuments.some((item) => item.isUntitled && item.languageId === 'drillbook'),
    );
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('leaves a language that a person chose', async () => {
    const editor = await open('infra/ours.yaml');
    await vscode.languages.setTextDocumentLanguage(editor.document, 'yaml');
    await vscode.workspace.openTextDocument(editor.document.uri);
    const now = vscode.workspace.textDocuments.find((item) => item.uri.path.endsWith('ours.yaml'));
    assert.equal(now?.languageId, 'yaml');
    assert.ok(now);
    await vscode.languages.setTextDocumentLanguage(now, 'drillbook');
  });

  it('has every contributed command', async () => {
    const contributed = (
      extension().packageJSON as { contributes: { commands: { command: string }[] } }
    ).contributes.commands.map(({ command }) => command);
    await until('all commands to be registered', async () => {
      const registered = new Set(await vscode.commands.getCommands(true));
      return contributed.every((command) => registered.has(command));
    });
  });

  it('ships the licences of what it is made of', async () => {
    const file = vscode.Uri.joinPath(extension().extensionUri, 'THIRD-PARTY-NOTICES.txt');
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    assert.match(text, /^vscode-languageclient /m);
  });
});
