/** The Test Explorer, the recovery view and the reports. */
import assert from 'node:assert/strict';
import { topRows, type Row } from '../../../client/src/views/recoveryRows.ts';
import type { RunbookState } from '../../../server/src/protocol.ts';
import { historyMarks, messageAt } from '../../../client/src/views/pastRuns.ts';
import { at, client, open, until } from './support.ts';

const RUNBOOK = 'runbooks/orders.runbook.yaml';

describe('the recovery view', () => {
  it('shows the runbook below its data class, with its dry run, resource and owners', async () => {
    const running = await client();
    await open(RUNBOOK);
    await running.model.refresh();
    const [dataClass] = await running.tree.getChildren();
    assert.equal(dataClass?.label, 'customer-critical');
    assert.match(dataClass.description ?? '', /^2 runbooks · \d to do$/);
    const runbooks = await running.tree.getChildren(dataClass);
    const runbook = runbooks.find(({ label }) => label === 'Restore the orders database');
    assert.ok(runbook);
    const details = await running.tree.getChildren(runbook);
    const kinds = details.map((row) => row.contextValue);
    assert.ok(kinds.includes('dryRunEvidence'), kinds.join());
    assert.ok(kinds.includes('resource'));
    assert.equal(kinds.filter((kind) => kind === 'owner').length, 2);
    const item = running.tree.getTreeItem(details[0]!);
    assert.equal(item.command?.command, 'vscode.open');
  });

  it('says every row in words, with its kind and what its icon shows', async () => {
    const running = await client();
    await open(RUNBOOK);
    await until('the runbooks', async () => (await running.model.refresh()).runbooks.length === 2);
    const spoken: string[] = [];
    const visit = async (row?: Row): Promise<void> => {
      for (const child of await running.tree.getChildren(row)) {
        spoken.push(running.tree.getTreeItem(child).accessibilityInformation?.label ?? '');
        await visit(child);
      }
    };
    await visit();
    for (const expected of [
      /^data class customer-critical, 2 runbooks/,
      /^runbook Restore the orders database, .*1 drifted/,
      /^dry run orders, (\w+ at level \d|never dry-run)/,
      /^restore test of orders, never done \(every 30d\)$/,
      /^resource primary, drifted, .*database\/postgres orders/,
      /^owner Payments on-call$/,
    ]) {
      assert.ok(
        spoken.some((label) => expected.test(label)),
        `${String(expected)} in:\n${spoken.join('\n')}`,
      );
    }
    assert.ok(!spoken.includes(''), 'no row is silent');
  });

  it('lays out 1,000 runbooks by class', () => {
    const runbooks = Array.from({ length: 1000 }, (_, index): RunbookState => ({
      uri: `file:///r/${index}.runbook.yaml`,
      name: `r${index}`,
      title: `Runbook ${index}`,
      line: 0,
      dataClass: `class-${index % 7}`,
      owners: [],
      drifted: 0,
      unchecked: 0,
      overdue: [],
      dryRuns: [],
      resources: [],
    }));
    const rows = topRows(runbooks, []);
    assert.equal(rows.length, 7);
    assert.equal(
      rows.reduce((sum, row) => sum + (row.children?.(row).length ?? 0), 0),
      1000,
    );
  });
});

describe('the Test Explorer', () => {
  it('has every runbook as a test, with its place and its last result', async () => {
    const running = await client();
    await running.model.refresh();
    const items = [...running.tests.items].map(([, item]) => item);
    const item = items.find((each) => each.label === 'Restore the orders database');
    assert.ok(item);
    assert.ok(item.uri?.path.endsWith(RUNBOOK));
    assert.match(item.description ?? '', /at level \d/);
  });

  it('keeps its items when the state is read again', async () => {
    const running = await client();
    const before = [...running.tests.items].map(([id]) => id);
    await running.model.refresh();
    await until('the items', () => running.tests.items.size === before.length);
    assert.deepEqual(
      [...running.tests.items].map(([id]) => id),
      before,
    );
  });

  it('tells of past runs: the marks in the row, the message at the line that failed', async () => {
    const running = await client();
    await running.model.refresh();
    const { dryRun } = running.model.find(at(RUNBOOK).toString(), 'orders-db', 'orders');
    assert.ok(dryRun?.history);
    assert.ok(dryRun.history.length >= 2, 'the suite ran it more than once');
    const failed = dryRun.history.findIndex(({ result }) => result === 'failed');
    assert.notEqual(failed, -1);
    const marks = historyMarks(dryRun.history);
    assert.ok(marks.includes('✗'), marks);
    const item = [...running.tests.items].map(([, each]) => each).find(({ uri }) => uri?.path.endsWith(RUNBOOK));
    assert.ok(item?.description?.includes(marks), item?.description);
    assert.ok(item);
    const message = messageAt(item, 'Too few rows.', 7);
    assert.equal(message.location?.range.start.line, 7);
  });
});
