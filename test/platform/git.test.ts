/** A repository whose own configuration names programs: asking it runs none of them, and untrusted it is not asked at all. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGit } from '../../server/src/platform/git.ts';
import { createProcesses } from '../../server/src/platform/processes.ts';

describe('git on a hostile repository', () => {
  let folder = '';
  let marker = '';
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
      encoding: 'utf8',
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drillbook-git-'));
    marker = join(folder, 'ran');
    git('init', '-q');
    writeFileSync(join(folder, 'a.yaml'), 'a: 1\n');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    const evil = join(folder, '.git', 'evil.sh');
    writeFileSync(evil, `#!/bin/sh\necho "$0" >> ${marker}\ncat\n`);
    chmodSync(evil, 0o755);
    appendFileSync(
      join(folder, '.git', 'config'),
      `[core]\n\tfsmonitor = ${evil}\n[diff]\n\texternal = ${evil}\n[diff "shown"]\n\ttextconv = ${evil}\n` +
        ['x', 'a=b', 'c.d'].map((name) => `[filter "${name}"]\n\tclean = ${evil}\n\trequired = true\n`).join(''),
    );
    writeFileSync(join(folder, '.gitattributes'), '*.yaml filter=x diff=shown\n*.yml filter=a=b\n*.txt filter=c.d\n');
    writeFileSync(join(folder, 'a.yaml'), 'a: 2\n');
    writeFileSync(join(folder, 'b.yml'), 'b: 1\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('runs no filter, monitor, external diff or converter', async () => {
    const asked = createGit(createProcesses());
    assert.equal(await asked.isDirty(folder, 'a.yaml'), true);
    const changed = await asked.changedSince(folder, 'HEAD');
    assert.deepEqual(changed, ['.gitattributes', 'a.yaml', 'b.yml']);
    assert.equal(await asked.textAt(folder, 'HEAD', 'a.yaml'), 'a: 1\n');
    assert.deepEqual(await asked.filesAt(folder, 'HEAD', '.'), ['a.yaml']);
    assert.equal(await asked.filesAt(folder, '--help', '.'), undefined);
    assert.deepEqual(await asked.lineAuthors(folder, 'a.yaml'), ['Not Committed Yet <not.committed.yet>']);
    assert.ok(!existsSync(marker), 'a program of the repository was run');
  });

  it('takes the configuration of no repository that was committed as a folder', async () => {
    const inner = join(folder, 'vendored');
    execFileSync('git', ['init', '-q', '--bare', inner]);
    appendFileSync(join(inner, 'config'), '[user]\n\tname = Mallory\n');
    assert.doesNotMatch((await createGit(createProcesses()).user(inner)) ?? '', /Mallory/);
  });

  it('starts no process while the workspace is untrusted', async () => {
    const processes = createProcesses();
    const started: string[] = [];
    const counting = {
      ...processes,
      run: async (...args: Parameters<typeof processes.run>) => {
        started.push(args[0]);
        return await processes.run(...args);
      },
    };
    const untrusted = createGit(counting, () => false);
    assert.equal(await untrusted.isDirty(folder, 'a.yaml'), undefined);
    assert.equal(await untrusted.user(folder), undefined);
    assert.equal(await untrusted.textAt(folder, 'HEAD', 'a.yaml'), undefined);
    await assert.rejects(untrusted.changedSince(folder, 'HEAD'), /untrusted workspace starts no process/);
    assert.match((await untrusted.headCommit(folder)) ?? '', /^[0-9a-f]{40}$/);
    assert.deepEqual(started, []);
  });
});
