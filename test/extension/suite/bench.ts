/** What the benchmark of the editor measures inside the extension host. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { firstFinding, residentMegabytes, tell } from './benchSupport.ts';
import { at, client, extension, serverPid, until } from './support.ts';

const now = (): number => performance.now();

describe('the editor measured', () => {
  it('activates, finds, rests and lists', async function () {
    this.timeout(200_000);
    const before = now();
    await extension().activate();
    tell('activation of the stub', now() - before);

    tell('opening the first runbook to its first finding', await firstFinding());

    const running = await client();
    await until('the runbook in the state', async () => (await running.model.refresh()).runbooks.length > 0);
    const pid = serverPid(running.languageClient);
    assert.ok(pid);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    tell('server at rest, one runbook', residentMegabytes(pid));

    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(at('first.yaml')));
    for (let index = 0; index < 1000; index += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, offset) => {
          const own = text.replace(/name: [\w-]+/, `name: r${index + offset}`);
          return vscode.workspace.fs.writeFile(
            at(`many/r${index + offset}.runbook.yaml`),
            new TextEncoder().encode(own),
          );
        }),
      );
    }
    await until('1,000 runbooks', async () => (await running.model.refresh()).runbooks.length > 1000, 120_000);
    for (let repeat = 0; repeat < 5; repeat += 1) {
      const asked = now();
      await running.model.refresh();
      tell('state of 1,000 runbooks, asked and drawn', now() - asked);
      const listed = now();
      let rows = 0;
      for (const group of await running.tree.getChildren()) {
        for (const row of await running.tree.getChildren(group)) {
          running.tree.getTreeItem(row);
          rows += 1;
        }
      }
      assert.ok(rows > 1000);
      tell('rows of 1,000 runbooks', now() - listed);
    }
  });
});
