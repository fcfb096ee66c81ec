/** The same figures of another extension over the same document, where it can be had: bench/editor/theirs.mjs makes it. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { firstFinding, residentMegabytes, tell } from './benchSupport.ts';

describe('yaml-language-server measured', () => {
  it('finds and rests', async function () {
    this.timeout(200_000);
    tell('opening the first runbook to its first finding', await firstFinding());
    const found = vscode.extensions.getExtension<{ readonly pid: number }>('bench.theirs');
    assert.ok(found);
    const { pid } = await found.activate();
    await new Promise((resolve) => setTimeout(resolve, 5000));
    tell('server at rest, one runbook', residentMegabytes(pid));
  });
});
