/** What works in a browser: everything static, recorded drift, committed evidence; the rest says where it can be run. */
import * as vscode from 'vscode';
import type { DrillbookApi } from '../../../client/src/activation.ts';
import type { Client } from '../../../client/src/clientTypes.ts';

const RUNBOOK = 'runbooks/orders.runbook.yaml';

/** Node's assert isn't there in a browser. */
function check(condition: unknown, message: string): asserts condition {
  if (condition === undefined || condition === null || condition === false) throw new Error(message);
}

async function until<T>(what: string, probe: () => T | Promise<T>): Promise<NonNullable<T>> {
  const end = Date.now() + 10_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) return value;
    check(Date.now() < end, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function at(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  check(folder, 'a folder is open');
  return vscode.Uri.joinPath(folder.uri, path);
}

function codes(path: string): string[] {
  return vscode.languages
    .getDiagnostics(at(path))
    .map(({ code }) => String(typeof code === 'object' ? code.value : code));
}

async function client(): Promise<Client> {
  const extension = vscode.extensions.all.find(({ id }) => id.endsWith('.drillbook')) as
    vscode.Extension<DrillbookApi> | undefined;
  check(extension, 'the extension is installed');
  return (await extension.activate()).client();
}

async function open(path: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(at(path)));
}

describe('in a browser', () => {
  it('runs the language server in a worker', async () => {
    await open(RUNBOOK);
    const running = await client();
    check(
      running.languageClient.isRunning(),
      `the server runs: ${running.startProblem() ?? 'no problem said'}, state ${String(running.languageClient.state)}`,
    );
  });

  it('checks schema and references while typing', async () => {
    const editor = await open(RUNBOOK);
    await editor.edit((edit) => edit.insert(new vscode.Position(2, 0), 'colour: red\n'));
    await until('the finding', () => codes(RUNBOOK).includes('schema/unknown-key'));
    await vscode.commands.executeCommand('undo');
    await until('the finding to go', () => !codes(RUNBOOK).includes('schema/unknown-key'));
  });

  it('knows the other documents of the workspace', async () => {
    const editor = await open(RUNBOOK);
    const line = editor.document
      .getText()
      .split('\n')
      .findIndex((text) => text.startsWith('environment:'));
    await editor.edit((edit) => edit.replace(editor.document.lineAt(line).range, 'environment: nowhere'));
    await until('the finding', () => codes(RUNBOOK).includes('reference/unknown-environment'));
    await vscode.commands.executeCommand('undo');
    await until('the finding to go', () => !codes(RUNBOOK).includes('reference/unknown-environment'));
  });

  it('shows the committed evidence in the lens', async () => {
    await open(RUNBOOK);
    await until('the last result', async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        at(RUNBOOK),
        50,
      );
      return lenses.some((lens) => /passed/i.test(lens.command?.title ?? ''));
    });
  });

  it('shows recorded drift with its age', async () => {
    await open(RUNBOOK);
    await until('the recorded drift', () => codes(RUNBOOK).includes('drift/version-major'));
  });

  it('says in the status bar that nothing is looked up', async () => {
    const running = await client();
    check(/recorded/.test(running.statusBar.shown.tooltip), running.statusBar.shown.tooltip);
  });

  it('starts no dry run, and says where it can be run', async () => {
    const response: unknown = await vscode.commands.executeCommand('drillbook.dryRun');
    check(response === undefined, 'nothing was started');
  });
});
