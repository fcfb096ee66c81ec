/** The check of a large workspace, in parts and from what was kept: never anything but what one check of the whole says. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { checkWorkspace } from '../../server/src/app/checkWorkspace.ts';
import { placeFile, type Accepted } from '../../server/src/cli/buildReport.ts';
import { parse } from '../../server/src/core/document/parse.ts';
import { buildWorkspace } from '../../server/src/core/workspaceIndex.ts';
import { ENVIRONMENT, RUNBOOK } from '../support/cliDocuments.ts';
import { drillbook, folderOf, plainEnvironment, type Folder } from '../support/cli.ts';
import { builtProgram } from '../support/program.ts';

const BROKEN = RUNBOOK.replace('bucket: vault', 'bucket: vualt');
const POLICY = `apiVersion: drillbook/v1
kind: Policy
metadata: { name: acme }
classes:
  gold: { rpo: 1h, rto: 1h }
  silver: { rpo: 2h, rto: 8h }
`;
const IDLE_POLICY = `${POLICY.replace('acme', 'nobody')}appliesTo: ["team-z/**"]\n`;
const PLACES = ['', 'team-a/', 'team-b/', 'team-b/deep/'];

describe('the check of a large workspace', function () {
  this.timeout(300_000);
  let workspace: Folder;
  let cache: Folder;
  beforeEach(() => {
    const files: Record<string, string> = {
      'b.environment.yaml': ENVIRONMENT,
      'team-a/acme.policy.yaml': POLICY,
      'idle.policy.yaml': IDLE_POLICY,
      '.git/HEAD': 'ref: refs/heads/main\n',
      'other.yaml': 'kind: Deployment\n',
      // Two documents of one file, one of them named as a runbook elsewhere.
      'two.yaml': `${named(RUNBOOK, 900)}---\n${named(BROKEN, 20)}`,
    };
    for (let index = 0; index < 230; index++) files[fileOf(index)] = named(RUNBOOK, index);
    files[fileOf(7)] = named(BROKEN, 7);
    files[fileOf(11)] = needing(11, 'runbook-12');
    files[fileOf(12)] = needing(12, 'runbook-13');
    files[fileOf(13)] = needing(13, 'runbook-11');
    files[fileOf(14)] = needing(14, 'runbok-15');
    files[fileOf(16)] = needing(16, 'runbook-16');
    files[fileOf(17)] = needing(17, 'runbook-20');
    for (const index of [1, 5, 9, 21]) files[fileOf(index)] = classed(index, index === 21 ? 'silver' : 'gold');
    files[fileOf(30)] = named(BROKEN, 30).replace(
      /^ {4}in: .*vualt.*$/mu,
      (line) => `    # drillbook-ignore reference/unknown-resource until 2099-01-01: known\n${line}`,
    );
    workspace = folderOf(files);
    cache = folderOf({});
  });
  afterEach(() => {
    for (const folder of [workspace, cache]) folder.remove();
  });

  async function check(args: readonly string[] = []): Promise<Record<string, unknown>> {
    const ran = await drillbook(['check', '--format', 'json', ...args], {
      cwd: workspace.path,
      env: { XDG_CACHE_HOME: cache.path },
    });
    return withoutTimes(ran.stdout);
  }
  /** Of one check of the whole, in this process. */
  function expected(): unknown {
    const names = readdirSync(workspace.path, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.ya?ml$/u.test(name),
    );
    const texts = names.map((name) => ({
      file: name.replaceAll('\\', '/'),
      text: readFileSync(join(workspace.path, name), 'utf8'),
    }));
    const ours = texts
      .filter(({ text }) => text.includes('drillbook/v1'))
      .map(({ file, text }) => ({ file, parsed: parse(text) }));
    const index = buildWorkspace(ours);
    const suppressed: Accepted[] = [];
    const findings = checkWorkspace(index, {
      now: Date.now(),
      evidence: { entries: [], problems: [] },
      onSuppressed: (finding, by) => void suppressed.push({ finding, by }),
    });
    return plain(placeFile({ workspace: index, prefix: '', findings, suppressed }, (text) => text).findings);
  }
  function keptFiles(): readonly string[] {
    return readdirSync(cache.path, { recursive: true, encoding: 'utf8' })
      .filter((name) => /checks[/\\].*\.json$/u.test(name))
      .map((name) => join(cache.path, name));
  }
  /** Waits until the files are old enough to be taken for unchanged by their stamps. */
  async function settle(): Promise<void> {
    const newest = (): number =>
      Math.max(
        ...readdirSync(workspace.path, { recursive: true, encoding: 'utf8' }).map(
          (name) => statSync(join(workspace.path, name)).ctimeMs,
        ),
      );
    while (Date.now() - newest() < 100) await new Promise((resolve) => setImmediate(resolve));
  }

  it('says what one check of the whole says, cold, again, and with no other thread', async () => {
    const whole = expected();
    assert.ok(Array.isArray(whole));
    const codes = new Set(whole.map((each: { code: string }) => each.code));
    for (const code of [
      'reference/cycle',
      'reference/duplicate-name',
      'reference/unknown-runbook',
      'reference/unknown-resource',
      'policy/applies-to-nothing',
      'practice/one-strategy',
    ])
      assert.ok(codes.has(code), `the workspace has no ${code}`);
    const cold = await check();
    assert.deepEqual(cold['findings'], whole);
    assert.deepEqual(await check(), cold);
    const alone = folderOf({});
    try {
      const built = dirname(builtProgram());
      for (const name of readdirSync(built).filter((each) => /^(?:main\.js|(?:engine|schemas)-.*)$/u.test(each)))
        copyFileSync(join(built, name), join(alone.path, name));
      const ran = spawnSync(process.execPath, [join(alone.path, 'main.js'), 'check', '--format', 'json'], {
        cwd: workspace.path,
        encoding: 'utf8',
        env: { ...plainEnvironment(), XDG_CACHE_HOME: alone.path },
        maxBuffer: 1 << 28,
      });
      assert.deepEqual(withoutTimes(ran.stdout), cold);
    } finally {
      alone.remove();
    }
  });

  it('says it from what was kept, and as text with the lines', async () => {
    await settle();
    await check();
    const [kept] = keptFiles();
    assert.ok(kept, 'nothing was kept');
    assert.equal(statSync(kept).mode & 0o777, 0o600);
    writeFileSync(kept, readFileSync(kept, 'utf8').replaceAll('vualt', 'recalled'));
    assert.match(JSON.stringify(await check()), /recalled/u);
    const text = await drillbook(['check'], { cwd: workspace.path, env: { XDG_CACHE_HOME: cache.path } });
    assert.match(text.stdout, /│ .*bucket: vualt/u);
  });

  it('prints the last report again where nothing changed, and only then', async () => {
    await settle();
    const text = async (...args: string[]): Promise<unknown> =>
      await drillbook(['check', ...args], { cwd: workspace.path, env: { XDG_CACHE_HOME: cache.path } });
    const answers = (): readonly string[] =>
      readdirSync(join(cache.path, 'drillbook/checks')).filter((name) => name.endsWith('.answer'));
    const first = await text();
    assert.equal(answers().length, 1);
    assert.deepEqual(await text(), first);
    const place = join(cache.path, 'drillbook/checks', answers()[0] ?? '');
    assert.equal(statSync(place).mode & 0o777, 0o600);
    const whole = readFileSync(place, 'latin1');
    writeFileSync(place, whole.replaceAll('vualt', 'again'), 'latin1');
    assert.match(JSON.stringify(await text()), /again/u);
    // Another question has another answer.
    const weighed = await text('--fail-on', 'information');
    assert.doesNotMatch(JSON.stringify(weighed), /again/u);
    assert.doesNotMatch(JSON.stringify(await text(fileOf(7))), /again/u);
    // What it says of unchanged files is printed again beside what changed.
    workspace.write({ [fileOf(40)]: `${named(RUNBOOK, 40)}# a word\n` });
    assert.match(JSON.stringify(await text()), /again/u);
    writeFileSync(place, whole, 'latin1');
    assert.deepEqual(await text(), first);
  });

  it('prints after an edit what a run with nothing kept prints', async () => {
    await settle();
    const text = async (from: Folder): Promise<unknown> =>
      await drillbook(from === cache ? ['check'] : ['check', '--untrusted'], {
        cwd: workspace.path,
        env: { XDG_CACHE_HOME: from.path },
      });
    const nowhere = folderOf({});
    try {
      await text(cache);
      for (const edit of [
        () => workspace.write({ [fileOf(8)]: named(BROKEN, 8) }),
        () => rmSync(join(workspace.path, fileOf(12))),
        () => workspace.write({ [fileOf(21)]: classed(21, 'gold') }),
        () => workspace.write({ 'late.runbook.yaml': POLICY.replace('gold', 'golden') }),
        () => workspace.write({ 'new.runbook.yaml': named(BROKEN, 500), 'other.yaml': 'apiVersion: drillbook/v1\n' }),
      ]) {
        edit();
        assert.deepEqual(await text(cache), await text(nowhere), edit.toString());
      }
    } finally {
      nowhere.remove();
    }
  });

  it('trusts no cache inside the workspace, and none where the workspace is not trusted', async () => {
    await settle();
    await check();
    for (const kept of keptFiles()) writeFileSync(kept, readFileSync(kept, 'utf8').replaceAll('vualt', 'recalled'));
    assert.match(JSON.stringify(await check()), /recalled/u);
    assert.doesNotMatch(JSON.stringify(await check(['--untrusted'])), /recalled/u);
    renameSync(cache.path, join(workspace.path, '.cache'));
    const within = await drillbook(['check', '--format', 'json'], {
      cwd: workspace.path,
      env: { XDG_CACHE_HOME: join(workspace.path, '.cache') },
    });
    assert.doesNotMatch(within.stdout, /recalled/u);
  });

  it('says what one check of the whole says after any edit', async () => {
    const at = (file: string): string => join(workspace.path, file);
    const edits: readonly (() => void)[] = [
      () => workspace.write({ [fileOf(7)]: named(RUNBOOK, 7) }),
      () => workspace.write({ [fileOf(8)]: named(BROKEN, 8) }),
      () => workspace.write({ [fileOf(9)]: named(RUNBOOK, 10) }),
      () => workspace.write({ 'new.runbook.yaml': named(BROKEN, 500) }),
      // A name appears that another runbook needs, and one that was there goes.
      () => workspace.write({ 'fifteen.runbook.yaml': named(RUNBOOK, 15).replace('runbook-15', 'runbok-15') }),
      () => rmSync(at(fileOf(12))),
      () => renameSync(at(fileOf(13)), at('moved.runbook.yaml')),
      () => workspace.write({ [fileOf(16)]: named(RUNBOOK, 16) }),
      () => workspace.write({ 'two.yaml': named(RUNBOOK, 900) }),
      // What policies are judged by.
      () => workspace.write({ [fileOf(21)]: classed(21, 'gold') }),
      () => workspace.write({ [fileOf(21)]: classed(21, 'silver').replace('"0 * * * *"', '"0 0 * * *"') }),
      () => workspace.write({ 'team-z/z.runbook.yaml': named(RUNBOOK, 600) }),
      () => workspace.write({ 'team-a/acme.policy.yaml': POLICY.replace('gold', 'golden') }),
      () => workspace.write({ 'kind.yaml': `"kind": "Policy"\napiVersion: drillbook/v1\nmetadata: { name: odd }\n` }),
      () => workspace.write({ [fileOf(1)]: 'apiVersion: drillbook/v1\nkind: [' }),
      () => workspace.write({ 'other.environment.yaml': 'apiVersion: drillbook/v1\nkind: Environment\nmetadata: {' }),
      () => rmSync(at('b.environment.yaml')),
    ];
    await check();
    for (const edit of edits) {
      edit();
      assert.deepEqual((await check())['findings'], expected(), edit.toString());
    }
  });

  it('finds a byte that was changed with size and time as they were', async function () {
    if (process.platform === 'win32') this.skip();
    const file = join(workspace.path, fileOf(8));
    // A time that can be set back to the last digit.
    const time = new Date('2026-01-02T03:04:05Z');
    utimesSync(file, time, time);
    await settle();
    await check();
    const before = statSync(file);
    writeFileSync(file, readFileSync(file, 'utf8').replace('bucket: vault', 'bucket: vualt'));
    utimesSync(file, time, time);
    const { size, mtimeMs, ino } = statSync(file);
    assert.deepEqual([size, mtimeMs, ino], [before.size, before.mtimeMs, before.ino]);
    assert.deepEqual((await check())['findings'], expected());
  });

  it('tells parts of the workspace and what lies outside of the documents apart', async () => {
    const whole = await check();
    const part = await check([fileOf(7)]);
    assert.notDeepEqual(part, whole);
    assert.deepEqual(await check([fileOf(7)]), part);
    assert.deepEqual(await check(), whole);
    workspace.write({ '.drillbookignore': `${fileOf(7)}\n` });
    const ignored = await check();
    assert.ok(!JSON.stringify(ignored).includes(fileOf(7)));
    workspace.write({ CODEOWNERS: '* somebody@example.com @somebody\n' });
    assert.notDeepEqual((await check())['findings'], ignored['findings']);
  });

  it('takes no damage from a broken cache, a missing one, or two runs at once', async () => {
    const whole = await check();
    for (const kept of keptFiles()) writeFileSync(kept, '{"key":');
    assert.deepEqual(await check(), whole);
    rmSync(cache.path, { recursive: true });
    writeFileSync(cache.path, 'in the way');
    assert.deepEqual(await check(), whole);
    rmSync(cache.path);
    assert.deepEqual(await Promise.all([check(), check()]), [whole, whole]);
    assert.deepEqual(await check(), whole);
  });
});

function withoutTimes(stdout: string): Record<string, unknown> {
  return { ...(JSON.parse(stdout) as Record<string, unknown>), startedAt: '', durationMs: 0 };
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function fileOf(index: number): string {
  return `${PLACES[index % PLACES.length] ?? ''}r${index}.runbook.yaml`;
}

function named(text: string, index: number): string {
  return text.replace(/^( {2}name: ).*$/mu, `$1runbook-${index}`);
}

function needing(index: number, name: string): string {
  return named(RUNBOOK, index).replace('  rpo: 2h\n', `  rpo: 2h\n  dependsOn: [${name}]\n`);
}

function classed(index: number, name: string): string {
  return named(RUNBOOK, index).replace('recovery: scripted', `dataClass: ${name}\nrecovery: scripted`);
}
