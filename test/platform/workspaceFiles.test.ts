/** Which files are a workspace's: .gitignore as git reads it, other tools' YAML left alone, links that lead out refused. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createGit } from '../../server/src/platform/git.ts';
import { createProcesses } from '../../server/src/platform/processes.ts';
import { createWorkspaceFiles } from '../../server/src/platform/workspaceFiles.ts';
import { folderOf, type Folder } from '../support/cli.ts';

const OURS = 'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: x }\n';

describe('workspace files', () => {
  const files = createWorkspaceFiles();
  let folder: Folder;
  afterEach(() => folder.remove());

  it('agrees with git on what is ignored', async () => {
    folder = folderOf({
      '.gitignore': '*.tmp.yaml\nbuild/\n/top.yaml\nlogs/*\n!logs/keep.yaml\n',
      'sub/.gitignore': '!kept.tmp.yaml\nlocal.yaml\n',
      'a.yaml': OURS,
      'a.tmp.yaml': OURS,
      'top.yaml': OURS,
      'sub/top.yaml': OURS,
      'sub/kept.tmp.yaml': OURS,
      'sub/local.yaml': OURS,
      'build/x.yaml': OURS,
      'logs/x.yaml': OURS,
      'logs/keep.yaml': OURS,
      'node_modules/p/x.yaml': OURS,
      'ä ö.yml': OURS,
    });
    spawnSync('git', ['init', '--quiet'], { cwd: folder.path });
    const asked = spawnSync('git', ['ls-files', '--others', '--exclude-standard', '-z'], {
      cwd: folder.path,
      encoding: 'utf8',
    });
    const expected = asked.stdout
      .split('\0')
      .filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('node_modules'));
    assert.deepEqual(await files.list(folder.path), expected.sort());
  });

  it('reads what is ours by name or by head, and leaves the rest', async () => {
    folder = folderOf({
      'x.runbook.yaml': 'half: [',
      'any.yaml': OURS,
      'quoted.yaml': '"apiVersion": "drillbook/v1"\n',
      'second.yaml': `a: 1\n---\n${OURS}`,
      'k8s.yaml': 'apiVersion: apps/v1\nkind: Deployment\n',
      'notes.md': OURS,
    });
    const read = await files.read(folder.path);
    assert.deepEqual(
      read.files.map((each) => each.file),
      ['any.yaml', 'quoted.yaml', 'second.yaml', 'x.runbook.yaml'],
    );
    assert.deepEqual(read.failed, []);
  });

  it('leaves what .drillbookignore names', async () => {
    folder = folderOf({ '.drillbookignore': 'fixtures/\n', 'fixtures/x.yaml': OURS, 'y.yaml': OURS });
    assert.deepEqual(await files.list(folder.path), ['y.yaml']);
  });

  it('follows links inside, and none that leads out', async () => {
    folder = folderOf({ 'a.yaml': OURS });
    symlinkSync(join(folder.path, 'a.yaml'), join(folder.path, 'b.yaml'));
    symlinkSync('/etc/passwd', join(folder.path, 'c.runbook.yaml'));
    assert.deepEqual(await files.list(folder.path), ['a.yaml', 'b.yaml']);
  });

  it('takes the git root, or else the folder', async () => {
    folder = folderOf({ 'deep/er/a.yaml': OURS });
    assert.equal(await files.rootOf(join(folder.path, 'deep/er')), join(folder.path, 'deep/er'));
    mkdirSync(join(folder.path, '.git'));
    assert.equal(await files.rootOf(join(folder.path, 'deep/er/a.yaml')), folder.path);
  });
});

describe('git', () => {
  it('tells head, branch and changes as git does, and refuses an unknown revision', async () => {
    const folder = folderOf({ 'a.yaml': OURS, 'b.yaml': OURS });
    try {
      const git = (...args: string[]): string =>
        spawnSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
          cwd: folder.path,
          encoding: 'utf8',
        }).stdout.trim();
      git('init', '--quiet', '-b', 'main');
      git('add', '.');
      git('commit', '--quiet', '-m', 'x');
      folder.write({ 'a.yaml': `${OURS}# more\n`, 'new.yaml': OURS });
      const port = createGit(createProcesses());
      assert.equal(await port.headCommit(folder.path), git('rev-parse', 'HEAD'));
      assert.equal(await port.branch(folder.path), 'main');
      assert.deepEqual(await port.changedSince(folder.path, 'HEAD'), ['a.yaml', 'new.yaml']);
      assert.equal(await port.textAt(folder.path, 'HEAD', 'a.yaml'), OURS);
      assert.equal(await port.isDirty(folder.path, 'a.yaml'), true);
      assert.equal(await port.isDirty(folder.path, 'b.yaml'), false);
      await assert.rejects(port.changedSince(folder.path, 'nope'), /no revision "nope"/);
      await assert.rejects(port.changedSince(folder.path, '--output=x'), /no revision/);
      git('pack-refs', '--all');
      assert.equal(await port.headCommit(folder.path), git('rev-parse', 'HEAD'));
    } finally {
      folder.remove();
    }
  });
});
