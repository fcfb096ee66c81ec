/** Archives that mean harm, or only happen to: bombs, names and links that lead out, devices; and promised checksums that are not kept. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';

const FILES = '{ engine: files }';
const QUOTA = '{ engine: files, quota: 20 MiB }';

describe('dry run of archives that lead elsewhere or grow', function () {
  this.timeout(60_000);
  let bench: Bench;

  beforeEach(async () => (bench = await makeBench()));
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });
  const sh = (script: string): void =>
    void execFileSync('/bin/sh', ['-ec', script], {
      cwd: bench.root,
      env: bench.variables,
      stdio: ['ignore', 'ignore', 'pipe'],
    });

  for (const [name, make] of [
    ['a gzipped file', 'head -c 400M /dev/zero | gzip -1 > backups/a.bin.gz'],
    ['a file in zstd', 'head -c 400M /dev/zero | zstd -q -o backups/a.bin.zst'],
    ['a file gzipped twice', 'head -c 400M /dev/zero | gzip -1 | gzip -1 > backups/a.bin.gz'],
    ['a gzipped tar', 'mkdir src; head -c 400M /dev/zero > src/a; tar -C src -czf backups/a.tar.gz .; rm -r src'],
    ['a zip', 'mkdir src; head -c 400M /dev/zero > src/a; (cd src; zip -qr ../backups/a.zip .); rm -r src'],
    [
      'a zip of many',
      'mkdir src; for i in 1 2 3 4 5 6 7 8 9; do head -c 50M /dev/zero > src/$i; done; (cd src; zip -qr ../backups/a.zip .); rm -r src',
    ],
  ] as const) {
    it(`stops ${name} that unpacks to more than the quota`, async () => {
      sh(`mkdir backups; ${make}`);
      await bench.write('a.runbook.yaml', folderRunbook({ tool: 'files', sandbox: QUOTA, checks: '[]' }));
      const { record } = await bench.run();
      assert.equal(record.result, 'inconclusive', record.summary);
      assert.match(record.summary, /unpacks to more than the sandbox's quota of 20 MiB/u);
      assert.equal(record.attempts, 1);
      assert.equal(record.teardown.proven, true);
    });
  }

  it('blames the disk, not the backup, where a real one is full', async function () {
    // A disk of its own, of 64 MB: only root may mount one.
    const disk = mkdtempSync('/tmp/dbd-');
    const mounted = spawnSync('/bin/sh', ['-c', `mount -t tmpfs -o size=64m,mode=711 tmpfs "${disk}"`]);
    if (mounted.status !== 0) {
      rmdirSync(disk);
      console.log(`      not run: no disk can be mounted here (${mounted.stderr.toString().trim()})`);
      return;
    }
    const small = await makeBench({ TMPDIR: disk });
    try {
      execFileSync('/bin/sh', ['-ec', 'mkdir backups; head -c 200M /dev/zero | gzip -1 > backups/a.bin.gz'], {
        cwd: small.root,
      });
      await small.write('a.runbook.yaml', folderRunbook({ tool: 'files', sandbox: FILES, checks: '[]' }));
      const { record } = await small.run();
      assert.equal(record.result, 'inconclusive', record.summary);
      assert.match(record.summary, /disk/u);
      assert.equal(record.attempts, 2);
      assert.equal(record.teardown.proven, true);
      assert.deepEqual(
        readdirSync(disk).filter((each) => each.startsWith('dbk-')),
        [],
      );
    } finally {
      await small.remove();
      execFileSync('umount', [disk]);
      rmdirSync(disk);
    }
  });

  it('follows no link of a restored tree, and goes round none in a circle', async () => {
    sh(
      'mkdir -p backups src/deep outside; echo secret > outside/key; echo data > src/deep/a.txt; ln -s /etc src/etc; ln -s ../../../../../../../../etc/passwd src/passwd; ln -s . src/deep/round; ln -s deep/a.txt src/inside; tar -C src -cf backups/a.tar .',
    );
    const checks =
      '[{ name: all, files: "**", count: "5" }, { name: out, files: "etc/**", count: "0" }, { name: size, files: "**", size: "5" }]';
    await bench.write('a.runbook.yaml', folderRunbook({ tool: 'files', sandbox: FILES, checks }));
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record.checks));
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        tool: 'files',
        sandbox: FILES,
        checks: `[{ name: sum, file: passwd, sha256: "${'0'.repeat(64)}" }]`,
      }),
    );
    assert.match((await bench.run()).record.summary, /it is a link, which is not followed/u);
  });

  it('takes a dump of a restic snapshot for none where it is a link', async () => {
    sh(
      'mkdir src; ln -s /etc/passwd src/orders.db; export RESTIC_REPOSITORY=$PWD/repo RESTIC_PASSWORD=x; restic init -q; restic backup -q src',
    );
    await bench.write('pass', 'x');
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        tool: 'restic',
        in: '{ repository: ./repo, password: { file: ./pass } }',
        sandbox: '{ engine: sqlite }',
      }),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'failed', record.summary);
    assert.match(record.summary, /The snapshot holds 0 files/u);
  });

  it('fails an archive whose names lead out of the folder', async () => {
    sh(
      'mkdir -p backups src/in; echo a > src/in/a; echo b > src/b; (cd src/in; tar -P -cf ../../backups/a.tar a ../b); rm -r src',
    );
    await bench.write('a.runbook.yaml', folderRunbook({ tool: 'files', sandbox: FILES, checks: '[]' }));
    const { record } = await bench.run();
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /a name that leads out of the folder/u);
  });

  it('leaves devices out and says so', async () => {
    // A tar whose second member is a character device, as a backup of a whole system holds them.
    sh(
      `mkdir -p backups; python3 -c "
import tarfile, io
t = tarfile.open('backups/a.tar', 'w')
i = tarfile.TarInfo('a.txt'); i.size = 4; t.addfile(i, io.BytesIO(b'data'))
d = tarfile.TarInfo('null'); d.type = tarfile.CHRTYPE; d.devmajor = 1; d.devminor = 3; t.addfile(d)
t.close()"`,
    );
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ tool: 'files', sandbox: FILES, checks: '[{ name: all, files: "**", count: "1" }]' }),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', record.summary);
    assert.ok(record.notes.some((note) => note.code === 'devices-left-out'));
  });

  it('does not pass a promised checksum that is kept nowhere, at any level', async () => {
    sh('mkdir backups; echo data > backups/a.bin');
    const runbookOf = (checks: string): string =>
      folderRunbook({
        tool: 'files',
        in: '{ folder: ./backups, match: "*.bin" }',
        backup: 'checksum: sha256',
        sandbox: FILES,
        checks,
      });
    const noDrift = {
      dependencies: { drift: () => Promise.resolve({ factsCompared: 1, findings: [], unchecked: 0 }) },
    };
    const kinds = ['[{ name: one, files: "*.bin", count: "1" }]', '[]'];
    for (const checks of kinds) {
      await bench.write('a.runbook.yaml', runbookOf(checks));
      for (const level of [1, 2, 3]) {
        const { record } = await bench.run({ level, ...noDrift });
        assert.equal(record.result, 'inconclusive', `${level} ${checks}: ${record.summary}`);
        assert.match(record.summary, /promises a sha256 checksum for "a.bin", but none is kept/u);
      }
    }
    sh('cd backups; sha256sum a.bin > a.bin.sha256');
    for (const checks of kinds) {
      await bench.write('a.runbook.yaml', runbookOf(checks));
      for (const level of [1, 2, 3]) {
        const { record } = await bench.run({ level, ...noDrift });
        assert.equal(record.result, 'passed', `${level} ${checks}: ${record.summary}`);
      }
    }
  });
});
