/** The GitHub Action, run as the runner would: its own step of action.yml, inputs as variables, files for outputs, and an API. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ENVIRONMENT, RUNBOOK } from '../support/cliDocuments.ts';
import { folderOf, plainEnvironment, type Folder } from '../support/cli.ts';
import { startGithubApi, type GithubApi } from '../support/githubApi.ts';
import { PROJECT, builtProgram } from '../support/program.ts';

interface ActionFile {
  readonly inputs: Record<string, { readonly default?: string }>;
  readonly runs: { readonly steps: readonly { readonly run: string; readonly env: Record<string, string> }[] };
}
const action = parse(readFileSync(join(PROJECT, 'action.yml'), 'utf8')) as ActionFile;
const step = action.runs.steps[0];

const BROKEN = RUNBOOK.replace('bucket: vault', 'bucket: vualt');
const TOKEN = 'the-token-of-the-job';

interface Ran {
  readonly status: number | null;
  readonly output: string;
  /** What stands in GITHUB_OUTPUT. */
  readonly outputs: string;
  readonly summary: string;
}

describe('the GitHub Action', function () {
  this.timeout(60_000);
  let folder: Folder;
  let api: GithubApi | undefined;
  afterEach(async () => {
    folder.remove();
    await api?.close();
    api = undefined;
  });

  function workspace(runbook: string): void {
    folder = folderOf({
      'a.runbook.yaml': runbook,
      'b.environment.yaml': ENVIRONMENT,
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.runner/event.json': JSON.stringify({ pull_request: { number: 7 } }),
    });
  }

  /** The step's command in bash, with its `env` filled in from the inputs and their defaults. */
  async function run(inputs: Readonly<Record<string, string>>, more: Record<string, string> = {}): Promise<Ran> {
    assert.ok(step !== undefined);
    const given: Record<string, string> = { program: builtProgram(), token: TOKEN, ...inputs };
    const environment = Object.fromEntries(
      Object.entries(step.env).map(([name, text]) => [
        name,
        text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/u, (_, input: string) => {
          assert.ok(action.inputs[input] !== undefined, `action.yml reads an input ${input} that it does not have`);
          return given[input] ?? action.inputs[input].default ?? '';
        }),
      ]),
    );
    const files = { outputs: join(folder.path, '.runner/output'), summary: join(folder.path, '.runner/summary') };
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: folder.path,
      env: {
        ...plainEnvironment(),
        AWS_ACCESS_KEY_ID: 'testing',
        AWS_SECRET_ACCESS_KEY: 'testing',
        GITHUB_ACTION_PATH: PROJECT,
        GITHUB_OUTPUT: files.outputs,
        GITHUB_STEP_SUMMARY: files.summary,
        GITHUB_EVENT_PATH: join(folder.path, '.runner/event.json'),
        GITHUB_REPOSITORY: 'acme/shop',
        GITHUB_API_URL: api?.url ?? 'http://127.0.0.1:9',
        ...environment,
        ...more,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    const status = await new Promise<number | null>((done) => child.once('close', done));
    const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    return { status, output, outputs: read(files.outputs), summary: read(files.summary) };
  }

  it('passes where nothing is found, with a summary', async () => {
    workspace(RUNBOOK);
    const ran = await run({});
    assert.equal(ran.status, 0, ran.output);
    assert.equal(ran.outputs, 'status=0\n');
    assert.match(ran.summary, /^<!-- drillbook -->\n### /u);
  });

  it('fails on a finding, annotates its line, and writes SARIF', async () => {
    workspace(BROKEN);
    const ran = await run({ sarif: 'drillbook.sarif' });
    assert.equal(ran.status, 1, ran.output);
    assert.equal(ran.outputs, 'status=1\n');
    assert.match(ran.output, /^::error file=a\.runbook\.yaml,line=\d+,.*title=reference\/unknown-resource::.*vualt/mu);
    assert.match(ran.summary, /vualt/u);
    const sarif = JSON.parse(readFileSync(join(folder.path, 'drillbook.sarif'), 'utf8')) as {
      version: string;
      runs: { results: { ruleId: string }[] }[];
    };
    assert.equal(sarif.version, '2.1.0');
    assert.ok(sarif.runs[0]?.results.some((each) => each.ruleId === 'reference/unknown-resource'));
  });

  it('fails on wrong usage, and on a command that is none', async () => {
    workspace(RUNBOOK);
    const usage = await run({ arguments: '--no-such-option' });
    assert.equal(usage.status, 2, usage.output);
    const none = await run({ command: 'evidence; rm -rf .' });
    assert.equal(none.status, 2);
    assert.match(none.output, /::error title=Drillbook::The input 'command' is 'evidence; rm -rf \.'/u);
    assert.equal((await run({ 'fail-on': 'catastrophe' })).status, 2);
  });

  it('warns where something could not be checked, or fails where it is told to', async () => {
    workspace(RUNBOOK);
    const inputs = { command: 'drift', arguments: '--untrusted\n' };
    const warned = await run(inputs);
    assert.equal(warned.status, 0, warned.output);
    assert.equal(warned.outputs, 'status=3\n');
    assert.match(warned.output, /^::warning title=Drillbook::Not everything could be checked/mu);
    const failed = await run({ ...inputs, unchecked: 'fail' });
    assert.equal(failed.status, 3, failed.output);
    assert.doesNotMatch(failed.output, /::warning title=Drillbook::Not everything/u);
  });

  it('takes one argument a line, spaces and all, and no shell reads it', async () => {
    workspace(RUNBOOK);
    folder.write({ 'two words/c.runbook.yaml': BROKEN.replace('orders-db', 'other-db') });
    const ran = await run({ arguments: 'two words\n' });
    assert.match(ran.output, /file=two words\/c\.runbook\.yaml/u);
    assert.match((await run({ arguments: '$(touch hacked); touch hacked' })).output, /touch hacked/u);
    assert.ok(!existsSync(join(folder.path, 'hacked')));
  });

  it('keeps one comment on the pull request, and writes it anew the next time', async () => {
    workspace(BROKEN);
    api = await startGithubApi(
      TOKEN,
      Array.from({ length: 100 }, (_, index) => ({ id: index + 1, body: 'I quote: <!-- drillbook -->' })),
    );
    const first = await run({ comment: 'true' });
    assert.equal(first.status, 1, first.output);
    assert.equal(api.comments.length, 101, first.output);
    assert.match(api.comments[100]?.body ?? '', /^<!-- drillbook -->\n### ❌[^]*vualt/u);
    folder.write({ 'a.runbook.yaml': RUNBOOK });
    const second = await run({ comment: 'true' });
    assert.equal(second.status, 0, second.output);
    assert.equal(api.comments.length, 101, 'the comment is updated, none is added');
    assert.doesNotMatch(api.comments[100]?.body ?? '', /vualt/u);
    assert.equal(api.requests.at(-1), `PATCH /repos/acme/shop/issues/comments/${api.comments[100]?.id ?? ''}`);
  });

  it('says that a comment could not be written, and keeps the status', async () => {
    workspace(RUNBOOK);
    api = await startGithubApi(TOKEN);
    api.forbid();
    const ran = await run({ comment: 'true' });
    assert.equal(ran.status, 0, ran.output);
    assert.match(ran.output, /::warning title=Drillbook::.*403.*pull-requests: write/u);
    assert.ok(!ran.output.includes(TOKEN));
  });

  it('asks nothing of the API off a pull request, or where no comment is wanted', async () => {
    workspace(RUNBOOK);
    api = await startGithubApi(TOKEN);
    await run({});
    folder.write({ '.runner/event.json': JSON.stringify({ schedule: '17 4 * * *' }) });
    await run({ comment: 'true' });
    assert.deepEqual(api.requests, []);
  });

  it('dry-runs what is due, without the options that only checks have', async () => {
    workspace(RUNBOOK);
    const ran = await run({ command: 'dry-run', arguments: '--due\n--yes', sarif: 'x.sarif', 'fail-on': 'warning' });
    assert.notEqual(ran.status, 2, ran.output);
    assert.match(ran.outputs, /^status=[013]\n$/u);
  });

  it('puts the reports of dry runs into the summary and into a comment of their own', async () => {
    workspace(RUNBOOK);
    api = await startGithubApi(TOKEN, [{ id: 1, body: '<!-- drillbook -->\nof the check' }]);
    folder.write({
      'c.runbook.yaml': RUNBOOK.replace('orders-db', 'other-db'),
      'd.policy.yaml': 'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: p }\nclasses: {}\n',
    });
    const inputs = { command: 'dry-run', arguments: '--all\n--level\n1\n--yes', comment: 'true', unchecked: 'fail' };
    const ran = await run(inputs);
    assert.match(ran.outputs, /^status=[13]\n$/u, ran.output);
    assert.match(
      ran.summary,
      /^<!-- drillbook dry-run -->\n# Restore the orders[^]*\n---\n\n# Restore the orders[^]*other-db \(c\.runbook/u,
    );
    assert.deepEqual(
      api.comments.map((each) => each.body.split('\n')[0]),
      ['<!-- drillbook -->', '<!-- drillbook dry-run -->'],
    );
    await run(inputs);
    assert.equal(api.comments.length, 2, 'the comment is updated, none is added');
    assert.equal(ran.summary.match(/<details>/gu)?.length, 2, 'all but the verdicts is folded');
    // The text for people stands in the log as well.
    assert.match(ran.output, /orders-db#orders .*level 1/u);
  });

  it('annotates a dry run that failed', async () => {
    workspace(RUNBOOK);
    folder.write({ 'program.mjs': 'process.exitCode = 1;' });
    const ran = await run({ command: 'dry-run', program: join(folder.path, 'program.mjs') });
    assert.match(ran.output, /^::error title=Drillbook::A dry run failed/mu);
    assert.equal(ran.summary, '');
  });

  it('lets no word of a backup command the runner', async () => {
    workspace(RUNBOOK);
    folder.write({
      'program.mjs': 'console.log("  ::add-mask::a"); console.error("::error::b"); process.exitCode = 1;',
    });
    const ran = await run({ command: 'dry-run', program: join(folder.path, 'program.mjs') });
    const [, word = '', between = '', behind = ''] =
      /^::stop-commands::([\w-]{30,})\n([^]*)\n::\1::\n([^]*)$/u.exec(ran.output) ?? [];
    assert.match(between, /::add-mask::a/u, ran.output);
    assert.ok(!between.includes(word));
    assert.match(behind, /^::error title=Drillbook::A dry run failed/u);
  });

  it('cuts what is longer than a comment may be, and says so', async () => {
    workspace(RUNBOOK);
    api = await startGithubApi(TOKEN);
    folder.write({
      'program.mjs': `import { writeFileSync } from 'node:fs';
const file = process.argv.find((each) => each.startsWith('markdown=')).slice(9);
writeFileSync(file, 'x'.repeat(100000));`,
    });
    await run({ command: 'dry-run', comment: 'true', program: join(folder.path, 'program.mjs') });
    const body = api.comments[0]?.body ?? '';
    assert.ok(body.length < 65_536);
    assert.match(body, /too long for a comment/u);
  });

  it('gives the token to the comment only, never to the program', async () => {
    workspace(RUNBOOK);
    folder.write({ 'program.mjs': 'console.log(JSON.stringify(process.env)); process.exitCode = 3;' });
    const ran = await run({ program: join(folder.path, 'program.mjs'), unchecked: 'fail' });
    assert.equal(ran.status, 3);
    assert.match(ran.output, /GITHUB_REPOSITORY/u);
    assert.ok(!ran.output.includes(TOKEN));
  });
});
