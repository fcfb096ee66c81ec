/** What the benchmark of the editor measures inside the extension host; a JSON line a figure into DRILLBOOK_BENCH_OUTPUT. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { at, client, extension, open, serverPid, until } from './support.ts';

function tell(what: string, value: number): void {
  appendFileSync(process.env['DRILLBOOK_BENCH_OUTPUT'] ?? '/dev/null', `${JSON.stringify({ what, value })}\n`);
}

const now = (): number => performance.now();

/** Resident megabytes of a process, where the system tells (Linux). */
function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

describe('the editor measured', () => {
  it('activates, finds, rests and lists', async function () {
    this.timeout(200_000);
    const before = now();
    await extension().activate();
    tell('activation of the stub', now() - before);

    const opened = now();
    const found = new Promise<void>((resolve) => {
      const listening = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        if (!uris.some(({ path }) => path.endsWith('/first.yaml'))) return;
        listening.dispose();
        resolve();
      });
    });
    await open('first.yaml');
    await found;
    tell('opening the first runbook to its first finding', now() - opened);

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
