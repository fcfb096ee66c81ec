/** What `check` recalls of the last run: never anything but what a fresh check says, whatever was edited in between. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT, RUNBOOK } from '../support/cliDocuments.ts';
import { drillbook, folderOf, type Folder } from '../support/cli.ts';

const BROKEN = RUNBOOK.replace('bucket: vault', 'bucket: vualt');

describe('findings recalled from the last check', function () {
  this.timeout(300_000);
  let workspace: Folder;
  let cache: Folder;
  let fresh: Folder;
  beforeEach(() => {
    const files: Record<string, string> = { 'b.environment.yaml': ENVIRONMENT, '.git/HEAD': 'ref: refs/heads/main\n' };
    for (let index = 0; index < 220; index++) files[`r${index}.runbook.yaml`] = named(RUNBOOK, index);
    files['r7.runbook.yaml'] = named(BROKEN, 7);
    workspace = folderOf(files);
    cache = folderOf({});
    fresh = folderOf({});
  });
  afterEach(() => {
    for (const folder of [workspace, cache, fresh]) folder.remove();
  });

  async function check(caches: Folder, args: readonly string[] = []): Promise<unknown> {
    const ran = await drillbook(['check', '--format', 'json', ...args], {
      cwd: workspace.path,
      env: { XDG_CACHE_HOME: caches.path },
    });
    const report = JSON.parse(ran.stdout) as Record<string, unknown>;
    return { ...report, startedAt: '', durationMs: 0, status: ran.status };
  }

  function keptFiles(): readonly string[] {
    return readdirSync(cache.path, { recursive: true, encoding: 'utf8' })
      .filter((name) => /checks[/\\].*\.json$/u.test(name))
      .map((name) => join(cache.path, name));
  }

  it('says the same again, and from what was kept', async () => {
    const first = await check(cache);
    assert.deepEqual(await check(cache), first);
    const [kept] = keptFiles();
    assert.ok(kept, 'nothing was kept');
    writeFileSync(kept, readFileSync(kept, 'utf8').replaceAll('vualt', 'recalled'));
    assert.match(JSON.stringify(await check(cache)), /recalled/u);
  });

  it('checks again after an edit anywhere', async () => {
    const edits: readonly (() => void)[] = [
      () => workspace.write({ 'r7.runbook.yaml': named(RUNBOOK, 7) }),
      () => workspace.write({ 'r8.runbook.yaml': named(BROKEN, 8) }),
      () => workspace.write({ 'r9.runbook.yaml': named(RUNBOOK, 10) }),
      () => workspace.write({ 'new.runbook.yaml': named(BROKEN, 500) }),
      () => rmSync(join(workspace.path, 'b.environment.yaml')),
      () => workspace.write({ CODEOWNERS: '* @somebody\n' }),
      () => workspace.write({ '.drillbookignore': 'new.runbook.yaml\n' }),
      () => workspace.write({ 'r1.runbook.yaml': 'apiVersion: drillbook/v1\nkind: [' }),
    ];
    await check(cache);
    for (const edit of edits) {
      edit();
      rmSync(fresh.path, { recursive: true });
      const expected = await check(fresh);
      assert.deepEqual(await check(cache), expected, edit.toString());
    }
  });

  it('tells parts of the workspace and other questions apart, and takes no damage from a broken file', async () => {
    const whole = await check(cache);
    const part = await check(cache, ['r7.runbook.yaml']);
    assert.notDeepEqual(part, whole);
    assert.deepEqual(await check(cache, ['r7.runbook.yaml']), part);
    for (const kept of keptFiles()) writeFileSync(kept, '{"key":');
    assert.deepEqual(await check(cache), whole);
  });

  it('lets two runs write at once', async () => {
    const both = await Promise.all([check(cache), check(cache)]);
    assert.deepEqual(both[0], both[1]);
    assert.deepEqual(await check(cache), both[0]);
  });
});

function named(text: string, index: number): string {
  return text.replace(/^( {2}name: ).*$/mu, `$1runbook-${index}`);
}
