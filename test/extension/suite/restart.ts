/** The server ends by itself or by hand, and nothing is lost. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { State } from 'vscode-languageclient';
import { BACK_OFF_MS } from '../../../client/src/restart.ts';
import { client, finding, lens, open, serverPid, until } from './support.ts';

const RUNBOOK = 'runbooks/orders.runbook.yaml';

describe('the language server', () => {
  it('is started again after a crash, with what is open', async () => {
    const running = await client();
    const editor = await open(RUNBOOK);
    const pid = serverPid(running.languageClient);
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    await until('another process', () => {
      const now = serverPid(running.languageClient);
      return now !== undefined && now !== pid && running.languageClient.isRunning();
    });
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'colour: red\n'));
    await finding(RUNBOOK, 'schema/unknown-key');
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('is restarted by the command', async () => {
    const running = await client();
    const pid = serverPid(running.languageClient);
    await vscode.commands.executeCommand('drillbook.restartServer');
    await until('another process', () => serverPid(running.languageClient) !== pid);
    await open(RUNBOOK);
    await lens(RUNBOOK, /dry-run restore/i);
  });

  it('gives up after it crashed again and again, and comes back by the command', async function () {
    this.timeout(180_000);
    const running = await client();
    await running.restart();
    const { languageClient } = running;
    for (const wait of BACK_OFF_MS) {
      const pid = await until('a process', () => (languageClient.isRunning() ? serverPid(languageClient) : undefined));
      process.kill(pid, 'SIGKILL');
      await until(
        'another process',
        () => {
          const now = serverPid(languageClient);
          return now !== undefined && now !== pid && languageClient.isRunning();
        },
        wait + 30_000,
      );
    }
    process.kill(serverPid(languageClient) ?? 0, 'SIGKILL');
    await until('it to stay stopped', () => languageClient.state === State.Stopped);
    // The question whether to restart stays open: whoever asks waits for the person.
    await vscode.commands.executeCommand('drillbook.restartServer');
    await open(RUNBOOK);
    await lens(RUNBOOK, /dry-run restore/i);
  });
});
