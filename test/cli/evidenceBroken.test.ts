/** A guided drill whose program is killed: what was done is kept for its owner alone, and gone on with or kept as it is. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { drillbook, folderOf, plainEnvironment, type CliResult, type Folder } from '../support/cli.ts';
import { ENVIRONMENT, RUNBOOK } from '../support/cliDocuments.ts';
import { builtProgram } from '../support/program.ts';

const TWO_STEPS = RUNBOOK.replace(
  '  steps:\n',
  '  steps:\n    - { id: freeze, manual: Freeze the shop., effort: 5m }\n',
);

interface Evidence {
  readonly result: string;
  readonly steps: readonly { readonly id: string; readonly state: string; readonly message?: string }[];
  readonly people: readonly { readonly name: string }[];
  readonly notes: readonly { readonly code: string; readonly message: string }[];
}

describe('a drill that is broken off', () => {
  let folder: Folder;
  let cache: string;
  let env: Record<string, string>;
  beforeEach(() => {
    folder = folderOf({ 'a.runbook.yaml': TWO_STEPS, 'b.environment.yaml': ENVIRONMENT });
    cache = mkdtempSync(join(tmpdir(), 'drillbook-test-drill-'));
    env = { XDG_CACHE_HOME: cache };
  });
  afterEach(() => {
    folder.remove();
    rmSync(cache, { recursive: true, force: true });
  });
  const drafts = (): readonly string[] => {
    try {
      return readdirSync(join(cache, 'drillbook', 'drills')).map((name) => join(cache, 'drillbook', 'drills', name));
    } catch {
      return [];
    }
  };
  const record = async (...lines: string[]): Promise<CliResult> =>
    await drillbook(['evidence', 'record', 'orders-db'], {
      cwd: folder.path,
      env,
      input: lines.map((line) => `${line}\n`).join(''),
    });
  const show = async (wanted: string): Promise<Evidence> =>
    JSON.parse(
      (await drillbook(['evidence', 'show', wanted, '--format', 'json'], { cwd: folder.path, env })).stdout,
    ) as Evidence;

  /** Begins a drill, does the first step, and answers with the process once it asks for the second. */
  async function begin(): Promise<ChildProcessByStdio<Writable, null, Readable>> {
    const child = spawn(process.execPath, [builtProgram(), 'evidence', 'record', 'orders-db'], {
      cwd: folder.path,
      env: { ...plainEnvironment(), ...env },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child.stdin.write('Ann\nfrozen by hand, "psql password=hunter2-hunter2"\n');
    let said = '';
    for await (const chunk of child.stderr) {
      said += String(chunk);
      if (said.includes('2/2 load')) break;
    }
    return child;
  }
  async function killed(): Promise<void> {
    const child = await begin();
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  it('is kept after each step, for its owner alone, and gone on with', async () => {
    await killed();
    const [draft] = drafts();
    assert.equal(statSync(draft ?? '').mode & 0o777, 0o600);
    assert.match(readFileSync(draft ?? '', 'utf8'), /frozen by hand/u);
    const { status, stdout, stderr } = await record('y', '', 'y');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /was broken off after 1 of 2 steps\. Go on with it \(y\), or begin anew \(n\)\?/u);
    assert.doesNotMatch(stderr, /Who takes part|1\/2 freeze/u);
    assert.match(stdout, /warning: The drill was broken off after 1 steps and gone on with/u);
    const { people, steps, notes } = await show('last');
    assert.deepEqual(
      [people.map((each) => each.name), steps.map(({ id, state, message }) => [id, state, message])],
      [
        ['Ann'],
        [
          ['freeze', 'confirmed', 'frozen by hand, "psql password=•••"'],
          ['load', 'confirmed', undefined],
        ],
      ],
    );
    assert.deepEqual(
      notes.map((each) => each.code),
      ['drill-resumed'],
    );
    assert.deepEqual(drafts(), []);
  });

  it('is kept as the stopped drill that it is where a new one begins', async () => {
    await killed();
    const { status, stderr } = await record('n', 'Ben', '', '', 'y');
    assert.equal(status, 0, stderr);
    const first = await show('000001');
    assert.deepEqual(
      [first.result, first.steps.length, first.notes.map((each) => each.code)],
      ['cancelled', 1, ['drill-broken-off']],
    );
    assert.equal((await show('2')).result, 'passed');
    assert.deepEqual(drafts(), []);
    assert.equal((await drillbook(['evidence', 'verify'], { cwd: folder.path, env })).status, 0);
  });

  it('is not gone on with once the runbook has changed', async () => {
    await killed();
    folder.write({ 'a.runbook.yaml': TWO_STEPS.replace('Freeze the shop.', 'Close the shop.') });
    const { stderr } = await record('Ben', '', '', 'y');
    assert.match(stderr, /The runbook has changed since, so it can't be gone on with/u);
    assert.deepEqual([(await show('1')).result, (await show('2')).result], ['cancelled', 'passed']);
  });

  it('stays for another time where nobody answers', async () => {
    await killed();
    const { status, stderr } = await record();
    assert.equal(status, 3, stderr);
    assert.match(stderr, /can still be gone on with/u);
    assert.equal(drafts().length, 1);
  });

  it('is no other’s while it is under way', async () => {
    const child = await begin();
    try {
      const { status, stderr } = await record('y');
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(`is being recorded by process ${child.pid ?? 0}`, 'u'));
    } finally {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
  });

  it('asks again where the line is empty, for that is no answer to whether the service is back', async () => {
    const { status, stderr, stdout } = await record('Ann', '', '', '', 'perhaps', 'y');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /"" is neither: answer y or n.*"perhaps" is neither/su);
    assert.match(stdout, /passed/u);
    const gone = await record('Ann', '', '');
    assert.equal(gone.status, 3);
    assert.match(gone.stdout, /cancelled.*before anyone said whether the service was back/u);
  });

  it('is shown by its number, its file, its runbook and "last", and what is none of them is told', async () => {
    await record('Ann', '', '', 'y');
    await record('Ben', '', '', 'n');
    const [writer = ''] = readdirSync(join(folder.path, '.drillbook/evidence')).filter((name) => !name.includes('.'));
    const files = readdirSync(join(folder.path, '.drillbook/evidence', writer));
    for (const [wanted, result] of [
      ['1', 'passed'],
      ['000001', 'passed'],
      ['2', 'failed'],
      ['last', 'failed'],
      ['latest', 'failed'],
      ['orders-db', 'failed'],
      [files[0] ?? '', 'passed'],
      [join('.drillbook/evidence', writer, files[1] ?? ''), 'failed'],
    ] as const)
      assert.equal((await show(wanted)).result, result, wanted);
    for (const wanted of ['000009', '9', 'nothing']) {
      const { status, stderr } = await drillbook(['evidence', 'show', wanted], { cwd: folder.path, env });
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(`there is no record "${wanted}"`, 'u'));
    }
    const both = await drillbook(['evidence', 'show', '20'], { cwd: folder.path, env });
    assert.match(both.stderr, /2 records are "20"/u);
  });
});
