/** A scenario that could not be played is never recorded as played. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';

const FIND = `#!/bin/sh
echo '[{"id":"two","time":"2026-11-22T02:00:00Z","bytes":3},{"id":"one","time":"2026-11-21T02:00:00Z","bytes":3}]'
`;
const RESTORE = '#!/bin/sh\nprintf %s "$DRILLBOOK_BACKUP_ID" > "$TARGET/id.txt"\n';

describe('scenarios', function () {
  this.timeout(20_000);
  let bench: Bench;
  beforeEach(async () => {
    bench = await makeBench();
    for (const [file, text] of [
      ['scripts/find.sh', FIND],
      ['scripts/restore.sh', RESTORE],
    ] as const)
      await chmod(await bench.write(file, text), 0o755);
    execFileSync('tar', ['-cf', await bench.write('backups/a-1.tar', ''), '-C', bench.root, 'scripts']);
  });
  afterEach(async () => await bench.remove());

  const own = folderRunbook({
    tool: 'command',
    in: '{ repository: ours }',
    backup: 'command: { find: ./scripts/find.sh, restore: ./scripts/restore.sh }',
    sandbox: '{ engine: files }',
    checks: '[]',
  });

  it('take the newest away from the team’s own command too, which prints them all', async () => {
    await bench.write('a.runbook.yaml', own);
    for (const [options, id] of [
      [{}, 'two'],
      [{ scenario: 'newest-missing' }, 'one'],
      [{ backup: 'one' }, 'one'],
      [{ beforeMs: Date.parse('2026-11-22T00:00:00Z') }, 'one'],
    ] as const) {
      const { record } = await bench.run({ level: 1, ...options });
      assert.equal(record.backup?.id, id, record.summary);
    }
    const { record } = await bench.run({ level: 1, backup: 'three' });
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /printed 2 backups, none of which fits/u);
  });

  it('deny no role that nothing is read through', async () => {
    const files = folderRunbook({ tool: 'files', sandbox: '{ engine: files }', checks: '[]' });
    await bench.write('a.runbook.yaml', files);
    const without = (await bench.run({ scenario: 'role-denied' })).record;
    assert.equal(without.result, 'inconclusive', without.summary);
    assert.match(without.summary, /role-denied can't be played: the runbook has no restore role/u);
    await bench.write('a.runbook.yaml', files.replace('rpo: 24h', 'rpo: 24h\n  role: operator'));
    const unread = (await bench.run({ scenario: 'role-denied' })).record;
    assert.equal(unread.result, 'inconclusive');
    assert.match(unread.summary, /"nightly" \(files\) is not read through the restore role "operator"/u);
  });
});
