/** Scenarios with real backups: played in readers and stand-ins only, and never recorded as played where they could not be. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import * as path from 'node:path';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';

const FIND = `#!/bin/sh
echo '[{"id":"two","time":"2026-11-22T02:00:00Z","bytes":3},{"id":"one","time":"2026-11-21T02:00:00Z","bytes":3}]'
`;
const RESTORE = '#!/bin/sh\nprintf %s "$DRILLBOOK_BACKUP_ID" > "$TARGET/id.txt"\n';

describe('scenarios', function () {
  this.timeout(60_000);
  let bench: Bench;
  beforeEach(async () => {
    bench = await makeBench({ OWN_PASSWORD: 'sesame' });
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

  const ENCRYPTED = 'age-keygen -o key 2>/dev/null; PUB=$(age-keygen -y key)';
  const sh = (script: string): void =>
    void execFileSync('/bin/sh', ['-ec', script], {
      cwd: bench.root,
      env: { ...bench.variables, RESTIC_PASSWORD: 'sesame', RESTIC_REPOSITORY: `${bench.root}/repo` },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  /** Contents and times of all files below `folder`, to see that nothing was touched. */
  const stateOf = (folder: string): string =>
    execFileSync('/bin/sh', [
      '-ec',
      `find '${path.join(bench.root, folder)}' -exec stat -c '%n %s %Y %Z %h' {} + | sort; find '${path.join(bench.root, folder)}' -type f -exec sha256sum {} + | sort`,
    ]).toString();

  it('play a corrupt newest backup without a trace in what is restored then: encrypted, and unpacked on a copy', async () => {
    sh(
      `${ENCRYPTED}; mkdir s; for i in 1 2; do head -c 70000 /dev/urandom > s/f; (cd s; zip -qr - .) | age -r $PUB > backups/b-$i.zip.age; touch -d "$((3 - i)) hours ago" backups/b-$i.zip.age; done; rm backups/a-1.tar`,
    );
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        tool: 'files',
        in: '{ folder: ./backups, match: "b-*" }',
        backup: 'decrypt: { with: age, key: { file: ./key } }',
        sandbox: '{ engine: files }',
        checks: '[]',
      }),
    );
    const before = stateOf('backups');
    const { record } = await bench.run({ scenario: 'newest-corrupt' });
    assert.equal(record.result, 'passed', record.summary);
    assert.equal(record.backup?.id, 'b-1.zip.age');
    assert.match(record.summary, /in the scenario newest-corrupt/u);
    assert.ok(!record.notes.some((note) => note.code === 'retried'), JSON.stringify(record.notes));
    assert.equal(stateOf('backups'), before);
  });

  it('play a corrupt newest snapshot and a slow store with restic, whose repository stays as it is', async () => {
    sh('mkdir -p s/d; restic init -q; for i in 1 2; do head -c 90000 /dev/urandom > s/d/f; restic backup -q s; done');
    const runbook = folderRunbook({
      tool: 'restic',
      in: '{ repository: ./repo, password: { env: OWN_PASSWORD } }',
      sandbox: '{ engine: files }',
      checks: '[{ name: one, files: "**/f", count: 1 }]',
    });
    await bench.write('a.runbook.yaml', runbook);
    const before = stateOf('repo');
    const newest = (await bench.run({ level: 1 })).record.backup?.id;
    const { record } = await bench.run({ scenario: 'newest-corrupt' });
    assert.equal(record.result, 'passed', record.summary);
    assert.notEqual(record.backup?.id, newest);
    const told = record.notes.find((note) => note.code === 'scenario')?.message ?? '';
    assert.match(told, /was noticed: The restic repository is damaged/u);
    const slow = (await bench.run({ scenario: 'slow-store' })).record;
    assert.equal(slow.result, 'passed', slow.summary);
    assert.match(JSON.stringify(slow.notes), /read at 8 MiB a second at most/u);
    assert.equal(stateOf('repo'), before);
    await bench.write('a.runbook.yaml', runbook.replace('./repo', 'rest:http://127.0.0.1:9/'));
    const away = (await bench.run({ scenario: 'newest-corrupt' })).record;
    assert.equal(away.result, 'inconclusive', away.summary);
    assert.match(away.summary, /can't be read: .*refused/u);
  });

  it('say that the newest backup is the only one', async () => {
    await bench.write('a.runbook.yaml', folderRunbook({ tool: 'files', sandbox: '{ engine: files }', checks: '[]' }));
    const { record } = await bench.run({ scenario: 'newest-missing' });
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /There is only one backup, and the scenario takes it away/u);
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
