/** A run whose newest backup is older than the RPO has failed, for it would lose too much; one chosen older by hand has not. */
import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';

const HOUR = 3_600_000;

describe('the recovery point objective of a dry run', function () {
  this.timeout(60_000);
  let bench: Bench;
  beforeEach(async () => {
    bench = await makeBench();
    for (const [name, hours] of [
      ['a-older.txt', 80],
      ['a-newer.txt', 60],
    ] as const) {
      await bench.write(`backups/${name}`, 'alpha\n');
      const time = new Date(Date.now() - hours * HOUR);
      utimesSync(join(bench.root, 'backups', name), time, time);
    }
    await runbook();
  });
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });
  const runbook = async (backup = '', dryRun = ''): Promise<unknown> =>
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        tool: 'files',
        in: '{ folder: ./backups, match: "a-*.txt" }',
        sandbox: '{ engine: files }',
        checks: '[{ name: one, files: "**", count: ">=1" }]',
        backup,
        dryRun,
      }),
    );
  const WHY = /The newest backup is 2\.5 d old, the RPO is 1 day: that much would be lost\./u;

  it('fails it at every level that looks at the backup, restored though it was', async () => {
    for (const level of [1, 2, 3]) {
      const { record } = await bench.run({ level });
      assert.deepEqual([record.result, record.level, record.measured.withinRpo], ['failed', level, false]);
      assert.match(record.summary, WHY);
      const [note] = record.notes.filter((each) => each.code === 'rpo-exceeded');
      assert.deepEqual([note?.severity, WHY.test(note?.message ?? '')], ['error', true]);
      assert.equal(record.stages.find((each) => each.stage === 'measure')?.state, 'failed');
    }
  });

  it('does not judge a backup that was chosen older, or has what came after it archived', async () => {
    const chosen = [{ beforeMs: Date.now() - 70 * HOUR }, { backup: 'a-newer.txt' }, { scenario: 'newest-missing' }];
    for (const request of chosen) {
      if ('scenario' in request) await runbook('', 'scenarios: [newest-missing]');
      const { record } = await bench.run({ level: 1, ...request });
      assert.deepEqual([record.result, record.measured.withinRpo], ['passed', undefined], record.summary);
      assert.ok((record.measured.ageMs ?? 0) > 48 * HOUR);
    }
    await runbook();
    const text = await bench.read('a.runbook.yaml');
    await bench.write(
      'a.runbook.yaml',
      text.replace(/ {4}schedule: .*\n/u, '    continuous: { lag: "<=5m", window: 7d }\n'),
    );
    const { record } = await bench.run({ level: 1 });
    assert.deepEqual([record.result, record.measured.withinRpo], ['passed', undefined], record.summary);
  });
});
