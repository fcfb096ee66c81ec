/** The dry run from the editor: a real dump restored into a private Postgres, its report and its marks. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DryRunArguments, DryRunResponse } from '../../../server/src/protocol.ts';
import { at, client, lens, lineOf, open, replace, until } from './support.ts';

const RUNBOOK = 'runbooks/orders.runbook.yaml';

/** What the lens's command does once a person has agreed in the dialog; nobody can agree by an argument. */
async function confirmed(): Promise<DryRunResponse> {
  const found = await lens(RUNBOOK, /dry-run restore/i);
  assert.ok(found.command);
  const [argument] = found.command.arguments as [DryRunArguments];
  const { runConfirmed } = await import('../../../client/src/commands/dryRun.ts');
  return runConfirmed(await client(), argument);
}

describe('a dry run', () => {
  it('is planned before anything starts: what is read from where, restored into what', async () => {
    const running = await client();
    await open(RUNBOOK);
    const response = await running.languageClient.sendRequest<DryRunResponse>('workspace/executeCommand', {
      command: 'drillbook.dryRun',
      arguments: [{ uri: at(RUNBOOK).toString(), runbook: 'orders-db', name: 'orders' }],
    });
    assert.equal(response.status, 'needs-confirmation');
    assert.ok('plan' in response);
    assert.equal(response.plan.level, 3);
    assert.ok(response.plan.reads.some((source) => source.includes('backups')));
    assert.ok(response.plan.restoresInto.length > 0);
    assert.equal(response.plan.checks, 2);
  });

  it('restores the backup, passes, keeps evidence and shows the report', async function () {
    this.timeout(120_000);
    const running = await client();
    await open(RUNBOOK);
    const response = await confirmed();
    assert.equal(response.status, 'passed', JSON.stringify(response));
    assert.ok('evidence' in response);
    assert.ok(response.evidence.includes('/.drillbook/evidence/'), JSON.stringify(response));
    const record = await vscode.workspace.fs.readFile(vscode.Uri.parse(response.evidence));
    assert.match(new TextDecoder().decode(record), /orders-db/);
    const records = await vscode.workspace.fs.readDirectory(at('.drillbook/evidence'));
    assert.ok(records.length > 0, response.evidence);
    const pages = [...running.reports.shown().values()];
    assert.equal(pages.length, 1);
    assert.match(pages[0] ?? '', /Content-Security-Policy/);
    assert.match(pages[0] ?? '', /orders came back/);
    assert.doesNotMatch(pages[0] ?? '', /<script/i);
  });

  it('streams its output, with no secret in it', async () => {
    const running = await client();
    const text = running.output.tail(500).join('\n');
    assert.match(text, /restore passed/);
    assert.match(text, /PASSED/);
    assert.doesNotMatch(text, /correct-horse/);
  });

  it('shows its result in the lens afterwards', async () => {
    await lens(RUNBOOK, /passed/i);
  });

  it('marks the line of the check that failed', async function () {
    this.timeout(120_000);
    const running = await client();
    const { document } = await open(RUNBOOK);
    const line = lineOf(document, 'orders came back');
    const original = document.getText();
    const { range, text } = document.lineAt(line);
    await replace(document.uri, range, text.replace('>=1000', '>=1000000'));
    const response = await confirmed();
    assert.equal(response.status, 'failed', JSON.stringify(response));
    assert.equal(document.isDirty, false, 'what runs is what is saved');
    const marked = await until('the mark', () => running.failures.of(document.uri)[0]);
    assert.equal(marked.line, line);
    await replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), original);
    await document.save();
    assert.deepEqual(running.failures.of(document.uri), [], 'an edit takes the mark away');
  });

  it('is cancelled, and leaves nothing but evidence', async function () {
    this.timeout(120_000);
    const running = await client();
    await open(RUNBOOK);
    const source = new vscode.CancellationTokenSource();
    const listening = running.events.onEvent(({ event }) => {
      if (event.event === 'stage' && event.stage === 'provision' && event.state === 'started') source.cancel();
    });
    const { runDryRun } = await import('../../../client/src/commands/dryRun.ts');
    const response = await runDryRun(
      running,
      { uri: at(RUNBOOK).toString(), runbook: 'orders-db', name: 'orders' },
      { token: source.token },
    );
    listening.dispose();
    assert.equal(response.status, 'cancelled', JSON.stringify(response));
  });
});
