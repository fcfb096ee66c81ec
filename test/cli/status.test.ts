/** Exit statuses, to the letter of the contract. */
import assert from 'node:assert/strict';
import { statusOf } from '../../server/src/cli/status.ts';
import { drillbook, folderOf, type Folder } from '../support/cli.ts';
import { ENVIRONMENT, RUNBOOK } from '../support/cliDocuments.ts';

describe('exit status', () => {
  const error = { code: 'drift/missing', severity: 'error' } as const;
  const warning = { code: 'policy/x', severity: 'warning' } as const;
  const hint = { code: 'practice/x', severity: 'information' } as const;
  const unchecked = { code: 'unchecked/denied', severity: 'warning' } as const;
  const rows = [
    { findings: [], failOn: 'error', status: 0 },
    { findings: [error], failOn: 'error', status: 1 },
    { findings: [warning], failOn: 'error', status: 0 },
    { findings: [warning], failOn: 'warning', status: 1 },
    { findings: [hint], failOn: 'warning', status: 0 },
    { findings: [hint], failOn: 'information', status: 1 },
    { findings: [unchecked], failOn: 'error', status: 3 },
    { findings: [unchecked], failOn: 'warning', status: 3 },
    { findings: [unchecked], failOn: 'information', status: 3 },
    { findings: [unchecked, hint], failOn: 'error', status: 3 },
    { findings: [unchecked, error], failOn: 'error', status: 1 },
    { findings: [{ ...unchecked, severity: 'error' }], failOn: 'error', status: 3 },
  ] as const;
  for (const { findings, failOn, status } of rows) {
    it(`is ${status} for [${findings.map((each) => each.code).join(', ')}] with --fail-on ${failOn}`, () => {
      assert.equal(statusOf(findings, failOn), status);
    });
  }
});

describe('the program as a process', () => {
  let folder: Folder;
  before(
    () => (folder = folderOf({ 'runbooks/orders.runbook.yaml': RUNBOOK, 'production.environment.yaml': ENVIRONMENT })),
  );
  after(() => folder.remove());
  const run = async (...args: string[]): ReturnType<typeof drillbook> => await drillbook(args, { cwd: folder.path });

  it('is 0 for documents that hold, and says so on stdout', async () => {
    const { status, stdout } = await run('check');
    assert.equal(status, 0, stdout);
    assert.match(stdout, /2 documents in 2 files/);
  });

  it('says of no folder with findings that it holds no document', async () => {
    const other = folderOf({ 'orders.runbook.yaml': RUNBOOK.replace(/^apiVersion.*\n/, '') });
    try {
      const { status, stderr, stdout } = await drillbook(['check'], { cwd: other.path });
      assert.equal(status, 1);
      assert.match(stdout, /schema\/missing-key/);
      assert.doesNotMatch(stderr, /No Drillbook document/);
    } finally {
      other.remove();
    }
  });

  it('is 1 for a finding, with the exact range in JSON', async () => {
    folder.write({
      'bad.runbook.yaml': RUNBOOK.replace('recovery: scripted', 'recovery: magic').replace(
        'name: orders-db',
        'name: bad',
      ),
    });
    const { status, stdout } = await run('check', 'bad.runbook.yaml', '--format', 'json');
    assert.equal(status, 1);
    const report = JSON.parse(stdout) as { findings: { code: string; range: unknown; file: string }[] };
    const finding = report.findings.find((each) => each.code === 'schema/value');
    assert.deepEqual(finding?.range, { start: { line: 10, character: 10 }, end: { line: 10, character: 15 } });
    assert.equal(finding.file, 'bad.runbook.yaml');
    folder.write({ 'bad.runbook.yaml': '' });
  });

  it('is 3 where something could not be checked', async () => {
    const { status, stdout } = await run('drift', '--untrusted');
    assert.equal(status, 3, stdout);
    assert.match(stdout, /unchecked\/untrusted-workspace/);
    assert.equal(stdout.match(/unchecked\/untrusted-workspace/g)?.length, 1, 'once a document');
  });

  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['chekc'], /no command "chekc".*Did you mean "check"/s],
    [['check', '--formt', 'json'], /no option --formt\. Did you mean --format/],
    [['check', '--format', 'jsn'], /not "jsn"\. Did you mean "json"/],
    [['check', '--format', 'json', '--format', 'sarif'], /can't both go to standard output/],
    [['check', '--fail-on', 'fatal'], /one of error, warning, information, not "fatal"/],
    [['check', '--fail-on'], /--fail-on needs a value/],
    [['check', '--quiet=yes'], /--quiet takes no value/],
    [['check', 'nowhere.yaml'], /no file or folder "nowhere\.yaml"/],
    [['check', '*.nothing'], /no Drillbook document fits/],
    [['check', '--environment', 'prodction'], /no environment "prodction".*Did you mean "production"/s],
    [['drift', '--max-age', 'soon'], /--max-age is a duration/],
    [['drift', '--observations', 'missing.json'], /can't be read/],
    [['dry-run'], /needs RUNBOOK/],
    [['dry-run', 'ordersdb', '--yes'], /Did you mean "orders-db"/],
    [['dry-run', 'orders-db', '--level', '4'], /--max-cost/],
    [['dry-run', 'orders-db', '--level', '7'], /one of 0, 1, 2, 3, 4/],
    [['dry-run', 'orders-db', '--before', 'yesterday'], /--before is a time/],
    [['dry-run', 'orders-db'], /--yes/],
    [['evidence'], /needs one of list, show, verify/],
    [['evidence', 'shwo'], /Did you mean "show"/],
    [['rules', 'drift/mising'], /Did you mean "drift\/missing"/],
    [['init', '--from-live', 'aws/rds-instance'], /needs KIND and ID/],
  ];
  for (const [args, message] of wrong) {
    it(`is 2 for drillbook ${args.join(' ')}, and says why on stderr`, async () => {
      const { status, stdout, stderr } = await run(...args);
      assert.equal(status, 2, stdout + stderr);
      assert.match(stderr, message);
      assert.equal(stdout, '');
    });
  }

  it('writes several formats in one run, and results to stdout alone', async () => {
    const { status, stdout } = await run('check', '--format', 'json', '--format', 'sarif=out/report.sarif');
    assert.equal(status, 0);
    assert.equal((JSON.parse(stdout) as { version: number }).version, 1);
    const { readFileSync } = await import('node:fs');
    assert.match(readFileSync(`${folder.path}/out/report.sarif`, 'utf8'), /"version": "2\.1\.0"/);
  });

  it('is quiet where the reader goes away', async () => {
    const { spawn } = await import('node:child_process');
    const { builtProgram } = await import('../support/program.ts');
    const child = spawn(process.execPath, [builtProgram(), 'rules'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const status = await new Promise((resolve) => child.once('close', resolve));
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });

  it('has help for the program and for every command', async () => {
    const { stdout } = await run('--help');
    const { COMMANDS } = await import('../../server/src/cli/table.ts');
    for (const { name } of COMMANDS) {
      assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
      const help = await run(name, '--help');
      assert.equal(help.status, 0);
      assert.match(help.stdout, new RegExp(`drillbook ${name} \\[OPTIONS\\]`));
    }
  });

  it('never colours a pipe, nor with NO_COLOR, and does with FORCE_COLOR', async () => {
    const escape = '\u001b';
    const plain = await drillbook(['rules'], { cwd: folder.path });
    const forced = await drillbook(['rules'], { cwd: folder.path, env: { FORCE_COLOR: '1' } });
    const never = await drillbook(['rules'], { cwd: folder.path, env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    assert.ok(!plain.stdout.includes(escape));
    assert.ok(forced.stdout.includes(escape));
    assert.ok(!never.stdout.includes(escape));
  });

  it('tells its version before anything is imported', async () => {
    const { status, stdout } = await run('--version');
    assert.equal(status, 0);
    assert.match(stdout, /^drillbook \d+\.\d+\.\d+( \(commit [0-9a-f]{40}(\+changes)?\))?\n$/);
  });
});
