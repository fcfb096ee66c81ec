/** `--since`, baselines, suppressions and several roots: whose findings are shown. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drillbook, folderOf, type Folder } from '../support/cli.ts';
import { ENVIRONMENT, RUNBOOK } from '../support/cliDocuments.ts';

const named = (name: string): string => RUNBOOK.replace('name: orders-db', `name: ${name}`);
const broken = (name: string): string => named(name).replace('recovery: scripted', 'recovery: magic');

interface Report {
  readonly findings: readonly { code: string; file: string; message: string }[];
}

describe('which findings are shown', () => {
  let folder: Folder;
  const git = (...args: string[]): void => {
    const done = spawnSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
      cwd: folder.path,
      encoding: 'utf8',
    });
    assert.equal(done.status, 0, done.stderr);
  };
  const errors = async (...args: string[]): Promise<{ status: number | null; files: string[] }> => {
    const { status, stdout, stderr } = await drillbook(['check', '--format', 'json', ...args], { cwd: folder.path });
    assert.ok(stdout.startsWith('{'), stderr);
    const found = (JSON.parse(stdout) as Report).findings.filter((each) =>
      /^(schema|reference|syntax)\//.test(each.code),
    );
    return { status, files: [...new Set(found.map((each) => each.file))] };
  };
  beforeEach(() => {
    folder = folderOf({
      'old.runbook.yaml': broken('old'),
      'fine.runbook.yaml': named('fine'),
      'production.environment.yaml': ENVIRONMENT,
    });
    git('init', '--quiet', '-b', 'main');
    git('add', '.');
    git('commit', '--quiet', '-m', 'before');
  });
  afterEach(() => folder.remove());

  it('--since leaves out what was wrong before', async () => {
    assert.deepEqual(await errors('--since', 'HEAD'), { status: 0, files: [] });
    assert.deepEqual(await errors(), { status: 1, files: ['old.runbook.yaml'] });
  });

  it('--since shows what the change touched, and what it broke elsewhere', async () => {
    folder.write({ 'new.runbook.yaml': broken('new') });
    assert.deepEqual(await errors('--since', 'HEAD'), { status: 1, files: ['new.runbook.yaml'] });
    folder.write({
      'new.runbook.yaml': named('new'),
      'production.environment.yaml': ENVIRONMENT.replace('vault:', 'renamed:'),
    });
    const after = await errors('--since', 'HEAD');
    assert.equal(after.status, 1);
    assert.ok(after.files.includes('fine.runbook.yaml'), 'its variable is gone');
  });

  it('--since counts a renamed file as changed, and what a deletion or a policy broke', async () => {
    git('mv', 'old.runbook.yaml', 'renamed.runbook.yaml');
    assert.deepEqual((await errors('--since', 'HEAD')).files, ['renamed.runbook.yaml']);
    git('commit', '--quiet', '-am', 'renamed');
    git('rm', '--quiet', 'production.environment.yaml');
    assert.ok((await errors('--since', 'HEAD')).files.includes('fine.runbook.yaml'), 'its environment is gone');
    git('reset', '--quiet', '--hard');
    const policy = (rpo: string): string =>
      `apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: p }\nclasses: { a: { rpo: ${rpo} } }\n`;
    folder.write({
      'p.policy.yaml': policy('9h'),
      'fine.runbook.yaml': named('fine').replace('recovery: scripted', 'recovery: scripted\ndataClass: a'),
    });
    git('add', '.');
    git('commit', '--quiet', '-m', 'a policy');
    folder.write({ 'p.policy.yaml': policy('1h') });
    const { stdout } = await drillbook(['check', '--since', 'HEAD', '--format', 'json'], { cwd: folder.path });
    const { findings } = JSON.parse(stdout) as Report;
    assert.ok(
      findings.some((each) => each.file === 'fine.runbook.yaml' && each.code === 'policy/rpo'),
      stdout,
    );
  });

  it('--since leaves out what the other branch did meanwhile', async () => {
    git('checkout', '--quiet', '-b', 'topic');
    folder.write({ 'new name ü.runbook.yaml': broken('new') });
    git('add', '.');
    git('commit', '--quiet', '-m', 'topic');
    git('checkout', '--quiet', 'main');
    folder.write({ 'old.runbook.yaml': named('old') });
    git('commit', '--quiet', '-am', 'mended on main');
    git('checkout', '--quiet', 'topic');
    assert.deepEqual((await errors('--since', 'main')).files, ['new name ü.runbook.yaml']);
  });

  it('--since says of a shallow clone what it lacks', async () => {
    folder.write({ 'a.txt': 'a' });
    git('add', '.');
    git('commit', '--quiet', '-m', 'second');
    const clone = folderOf({});
    try {
      spawnSync('git', ['clone', '--quiet', '--depth', '1', `file://${folder.path}`, clone.path]);
      const { status, stderr } = await drillbook(['check', '--since', 'HEAD~1'], { cwd: clone.path });
      assert.equal(status, 2);
      assert.match(stderr, /fetch-depth: 0/);
    } finally {
      clone.remove();
    }
  });

  it('rules --why tells what applies to a file, and why', async () => {
    folder.write({
      'p.policy.yaml':
        'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: p }\nclasses: { a: { rpo: 9h, owners: 2 } }\n',
      'fine.runbook.yaml': named('fine').replace('recovery: scripted', 'recovery: scripted\ndataClass: a'),
    });
    const { status, stdout } = await drillbook(['rules', '--why', 'fine.runbook.yaml'], { cwd: folder.path });
    assert.equal(status, 0);
    assert.match(stdout, /Runbook fine {2}fine\.runbook\.yaml/);
    assert.match(stdout, /Environment production of production\.environment\.yaml, because/);
    assert.match(stdout, /Policy p \(p\.policy\.yaml\) applies, because.*Class a comes from p/);
    assert.match(stdout, /rpo +9h/);
    const policy = await drillbook(['rules', '--why', 'p.policy.yaml'], { cwd: folder.path });
    assert.match(policy.stdout, /^Policy p {2}p\.policy\.yaml\n {2}Held to it: .*fine \(fine\.runbook\.yaml\)/u);
    const none = await drillbook(['rules', '--why', 'gone.yaml'], { cwd: folder.path });
    assert.equal(none.status, 2);
    assert.match(none.stderr, /gone\.yaml/);
  });

  it('--since is a usage error on an unknown revision', async () => {
    const { status, stderr } = await drillbook(['check', '--since', 'nope'], { cwd: folder.path });
    assert.equal(status, 2);
    assert.match(stderr, /no revision "nope"/);
  });

  it('a baseline accepts what is old, until its date, over moved lines', async () => {
    assert.equal((await drillbook(['check', '--write-baseline', 'base.json'], { cwd: folder.path })).status, 0);
    folder.write({ 'old.runbook.yaml': `# a new first line\n${broken('old')}` });
    assert.equal((await errors('--baseline', 'base.json')).status, 0);
    folder.write({ 'worse.runbook.yaml': broken('worse') });
    assert.deepEqual(await errors('--baseline', 'base.json'), { status: 1, files: ['worse.runbook.yaml'] });
    folder.write({
      'base.json': readFileSync(join(folder.path, 'base.json'), 'utf8').replace(
        /"until": "[^"]*"/g,
        '"until": "2020-01-01"',
      ),
    });
    assert.deepEqual((await errors('--baseline', 'base.json')).files, ['old.runbook.yaml', 'worse.runbook.yaml']);
    folder.write({ 'base.json': '{ "findings": [{}] }' });
    assert.equal((await drillbook(['check', '--baseline', 'base.json'], { cwd: folder.path })).status, 2);
  });

  it('a comment accepts, and SARIF says why', async () => {
    folder.write({
      'old.runbook.yaml': broken('old').replace(
        'recovery: magic',
        'recovery: magic # drillbook-ignore schema/value until=2099-12-01 reason="upgrade on Thursday"',
      ),
    });
    assert.equal((await errors()).status, 0);
    const { stdout } = await drillbook(['check', '--format', 'sarif'], { cwd: folder.path });
    assert.match(stdout, /"justification": "upgrade on Thursday \(until 2099-12-01\)"/);
  });

  it('paths, folders and globs choose whose findings are shown, and all is read', async () => {
    assert.deepEqual((await errors('fine.runbook.yaml')).files, []);
    assert.deepEqual((await errors('o*.yaml')).files, ['old.runbook.yaml']);
    folder.write({ 'deep/er.runbook.yaml': broken('er'), 'other.yaml': 'kind: Deployment\n' });
    assert.deepEqual((await errors('deep')).files, ['deep/er.runbook.yaml']);
    assert.deepEqual((await errors('**/*.runbook.yaml')).files, ['deep/er.runbook.yaml', 'old.runbook.yaml']);
    const { status, stderr } = await drillbook(['check', 'other.yaml'], { cwd: folder.path });
    assert.equal(status, 0);
    assert.match(stderr, /other\.yaml: not a Drillbook document/);
  });
});
