/** What the built program writes arrives whole, be it more or less than a pipe holds, and be the pipe read late. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, plainEnvironment, type Folder } from '../support/cli.ts';
import { builtProgram } from '../support/program.ts';

/** Bytes that a pipe or socket holds on no system that we know. */
const MORE_THAN_A_PIPE = 1_000_000;

describe('standard output', function () {
  this.timeout(20_000);
  let workspace: Folder;
  before(() => {
    workspace = folderOf({ 'small/small.runbook.yaml': runbook(3), 'long/long.runbook.yaml': runbook(2400) });
  });
  after(() => workspace.remove());

  /** What a check prints into a file. */
  function readBack(target: string): string {
    const file = join(workspace.path, 'told.txt');
    const descriptor = openSync(file, 'w');
    const ran = spawnSync(process.execPath, [builtProgram(), 'check', target], {
      cwd: workspace.path,
      env: plainEnvironment(),
      stdio: ['ignore', descriptor, 'inherit'],
    });
    closeSync(descriptor);
    assert.equal(ran.status, 1);
    return readFileSync(file, 'utf8');
  }

  for (const [target, least, most] of [
    ['small', 100, 60_000],
    ['long', MORE_THAN_A_PIPE, Infinity],
  ] as const) {
    it(`is whole in a pipe that is read late: ${target}`, async () => {
      const told = readBack(target);
      assert.ok(told.length > least && told.length < most, `${told.length}`);
      const child = spawn(process.execPath, [builtProgram(), 'check', target], {
        cwd: workspace.path,
        env: plainEnvironment(),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'readable');
      let text = '';
      for await (const chunk of child.stdout.setEncoding('utf8')) text += String(chunk);
      assert.equal(text, told);
    });
  }
});

/** A runbook with about so many findings. */
function runbook(findings: number): string {
  const backups = Array.from({ length: findings }, (_, index) => `  b${index}: { of: nowhere${index}, tool: files }\n`);
  return `apiVersion: drillbook/v1\nkind: Runbook\nmetadata:\n  name: long\n  title: Long\nbackups:\n${backups.join('')}`;
}
