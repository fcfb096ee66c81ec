/** What the built program writes arrives whole, be it more or less than a pipe holds, and be the pipe read late. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
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

  for (const args of [
    ['check', 'small'],
    ['check', 'long', '--format', 'json'],
    ['rules'],
    ['--version'],
    ['--help'],
  ]) {
    it(`that takes nothing is told in a sentence, as a status of its own: ${args.join(' ')}`, () => {
      const full = '/dev/full';
      if (process.platform !== 'linux') assert.ok(!existsSync(full), 'only Linux has a device that is always full');
      else {
        const descriptor = openSync(full, 'w');
        const ran = spawnSync(process.execPath, [builtProgram(), ...args], {
          cwd: workspace.path,
          encoding: 'utf8',
          env: plainEnvironment(),
          stdio: ['ignore', descriptor, 'pipe'],
        });
        closeSync(descriptor);
        assert.match(ran.stderr, /^drillbook: not all could be written to standard output: ENOSPC: [^\n]*\n$/u);
        assert.equal(ran.status, 2);
      }
    });
  }

  it('is no error where the reader went away', async () => {
    const child = spawn(process.execPath, [builtProgram(), 'check', 'long', '--format', 'json'], {
      cwd: workspace.path,
      env: plainEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let told = '';
    for await (const chunk of child.stderr.setEncoding('utf8')) told += String(chunk);
    assert.equal(told, '');
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 1);
  });
});

/** A runbook with about so many findings. */
function runbook(findings: number): string {
  const backups = Array.from({ length: findings }, (_, index) => `  b${index}: { of: nowhere${index}, tool: files }\n`);
  return `apiVersion: drillbook/v1\nkind: Runbook\nmetadata:\n  name: long\n  title: Long\nbackups:\n${backups.join('')}`;
}
