/** Dry runs of files, SQLite, restic, the team's own commands and encrypted backups, by the real tools. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';

describe('dry run of files', function () {
  this.timeout(60_000);
  let bench: Bench;
  const CANARY = 'canary-5b8e0d5c7a';

  beforeEach(async () => (bench = await makeBench({ REPOSITORY_PASSWORD: CANARY })));
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
  /** Files of sandboxes that hold this text. */
  const filesHolding = (text: string): readonly string[] =>
    spawnSync('grep', ['-rlaF', '--', text, bench.variables['TMPDIR'] ?? ''])
      .stdout.toString()
      .split('\n')
      .filter((line) => line !== '');
  const checks = `[{ name: how many, files: "**", count: ">=3" }, { name: one, file: data/a.txt, sha256: ${createHash('sha256').update('alpha\n').digest('hex')} }, { name: size, files: "data/*", size: ">=10" }]`;
  const source =
    'mkdir -p src/data backups && printf "alpha\\n" > src/data/a.txt && printf "beta beta\\n" > src/data/b.txt && printf gamma > src/c.txt';

  for (const [name, make] of [
    ['a.tar', 'tar -C src -cf backups/a.tar .'],
    ['a.tar.gz', 'tar -C src -czf backups/a.tar.gz .'],
    ['a.tar.zst', 'tar -C src -cf - . | zstd -q -o backups/a.tar.zst'],
    ['a.tar.lz4', 'tar -C src -cf - . | lz4 -q - backups/a.tar.lz4'],
    ['a.zip', '(cd src && zip -qr ../backups/a.zip .)'],
    ['objects', 'cp -r src/. backups/'],
  ] as const) {
    it(`restores ${name}`, async () => {
      sh(`${source} && ${make}`);
      await bench.write('a.runbook.yaml', folderRunbook({ tool: 'files', sandbox: '{ engine: files }', checks }));
      const { record } = await bench.run();
      assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    });
  }

  it('fails an archive that is cut off, at levels 2 and 3', async () => {
    sh(
      `${source} && head -c 60000 /dev/urandom > src/big && tar -C src -czf whole.tgz . && head -c 30000 whole.tgz > backups/a.tgz`,
    );
    await bench.write('a.runbook.yaml', folderRunbook({ tool: 'files', sandbox: '{ engine: files }', checks }));
    for (const level of [2, 3]) assert.match((await bench.run({ level })).record.summary, /cut off/u);
  });

  it('decrypts with age, gpg and openssl, and says when the key is the wrong one', async () => {
    const identity = execFileSync('age-keygen', { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    const recipient = /public key: (\S+)/u.exec(identity)?.[1] ?? '';
    const secret = /AGE-SECRET-KEY-\S+/u.exec(identity)?.[0] ?? '';
    await bench.write('age.key', secret);
    await bench.write('pass.key', `${CANARY}\n`);
    await bench.write('wrong.key', 'wrong-passphrase\n');
    const other =
      /AGE-SECRET-KEY-\S+/u.exec(execFileSync('age-keygen', { stdio: ['ignore', 'pipe', 'ignore'] }).toString())?.[0] ??
      '';
    await bench.write('other.key', other);
    for (const [tool, make, key, wrong] of [
      ['age', `age -r ${recipient} -o backups/a.tar.gz.age a.tar.gz`, 'age.key', 'other.key'],
      [
        'openssl',
        'openssl enc -aes-256-cbc -pbkdf2 -pass file:pass.key -in a.tar.gz -out backups/a.tar.gz.enc',
        'pass.key',
        'wrong.key',
      ],
      [
        'gpg',
        'mkdir -p -m 700 gh && gpg --homedir gh --batch --yes --quiet --pinentry-mode loopback --passphrase-file pass.key -o backups/a.tar.gz.gpg -c a.tar.gz',
        'pass.key',
        'wrong.key',
      ],
    ] as const) {
      sh(`rm -rf backups src; ${source} && tar -C src -czf a.tar.gz . && ${make}`);
      const runbook = (file: string): string =>
        folderRunbook({
          tool: 'files',
          sandbox: '{ engine: files }',
          checks,
          backup: `decrypt: { with: ${tool}, key: { file: ${path.join(bench.root, file)} } }`,
        });
      await bench.write('a.runbook.yaml', runbook(key));
      const keysLeft: string[] = [];
      const { record, events } = await bench.run({
        // What is read is restored by now: no key lies about while the checks run.
        onEvent: ({ event }) => {
          if (event === 'check') keysLeft.push(...filesHolding(CANARY), ...filesHolding(secret));
        },
      });
      assert.equal(record.result, 'passed', `${tool}: ${JSON.stringify(record, undefined, 1)}`);
      assert.ok(events.some(({ event }) => event === 'check'));
      assert.deepEqual(keysLeft, []);
      assert.equal(record.backup?.encryption, tool);
      assert.ok(!JSON.stringify([record, events, bench.logged]).includes(CANARY));
      assert.ok(!JSON.stringify([record, events]).includes(secret));
      await bench.write('a.runbook.yaml', runbook(wrong));
      const failed = (await bench.run()).record;
      assert.equal(failed.result, 'failed', `${tool}: ${failed.summary}`);
      assert.match(failed.summary, new RegExp(`can't be decrypted with the key from the file .*${wrong}: `, 'u'));
      assert.match(failed.summary, /another key|let "decrypt" of the backup name the key/u);
    }
  });

  it('names the key where openssl opened a file with another one and could not tell yet', async () => {
    await bench.write('right.key', 'one-passphrase\n');
    await bench.write('wrong.key', 'other-passphrase\n');
    sh(
      'mkdir backups && head -c 2000000 /dev/zero > big && openssl enc -aes-256-cbc -pbkdf2 -pass file:right.key -in big -out backups/a.enc',
    );
    const key = path.join(bench.root, 'wrong.key');
    await bench.write('a.runbook.yaml', folderRunbook({ backup: `decrypt: { with: openssl, key: { file: ${key} } }` }));
    const { record } = await bench.run({ level: 2 });
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /a\.enc is no dump of pg_dump.*the key from the file .*wrong\.key may be another/u);
  });

  it('restores a SQLite database and its dump, and finds a damaged one', async () => {
    sh(
      `mkdir backups && sqlite3 live.db "create table orders (id integer primary key, t text); insert into orders (t) select hex(randomblob(40)) from (with recursive c(i) as (select 1 union all select i + 1 from c where i < 2000) select i from c)" && sqlite3 live.db .dump > dump.sql && cp live.db backups/orders.db`,
    );
    const sandbox = '{ engine: sqlite }';
    const one = '[{ name: rows, query: select count(*) from orders, equals: 2000 }]';
    await bench.write('a.runbook.yaml', folderRunbook({ tool: 'sqlite', sandbox, checks: one }));
    assert.equal((await bench.run()).record.result, 'passed');
    for (const made of ['cp dump.sql backups/orders.sql', 'gzip -c dump.sql > backups/orders.sql.gz'])
      for (const level of [3, 2]) {
        sh(`rm backups/*; ${made}`);
        const { record } = await bench.run({ level });
        assert.equal(record.result, 'passed', `${made}, level ${level}: ${record.summary}`);
      }
    sh(
      'rm backups/*; cp live.db backups/orders.db; dd if=/dev/urandom of=backups/orders.db bs=1 seek=20000 count=6000 conv=notrunc 2>/dev/null',
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /damaged|could not be loaded/u);
  });

  it('restores the newest restic snapshot; a wrong password and a damaged repository fail', async () => {
    sh(
      `${source} && export RESTIC_REPOSITORY=$PWD/repo RESTIC_PASSWORD=$REPOSITORY_PASSWORD && restic init -q && restic backup -q src && head -c 300000 /dev/urandom > src/data/new && restic backup -q src`,
    );
    const runbook = folderRunbook({
      tool: 'restic',
      in: '{ repository: ./repo, password: { env: REPOSITORY_PASSWORD } }',
      sandbox: '{ engine: files }',
      checks: '[{ name: new, file: data/new, size: ">=300000" }]',
    });
    await bench.write('a.runbook.yaml', runbook);
    const { record, events } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.ok(!JSON.stringify([record, events]).includes(CANARY));
    await bench.write('a.runbook.yaml', runbook.replace('REPOSITORY_PASSWORD', 'USER'));
    assert.ok(['failed', 'inconclusive'].includes((await bench.run()).record.result));
    await bench.write('a.runbook.yaml', runbook);
    sh(
      'for f in $(find repo/data -type f); do chmod u+w $f; dd if=/dev/urandom of=$f bs=1 seek=100 count=64 conv=notrunc 2>/dev/null; done',
    );
    for (const level of [2, 3]) assert.equal((await bench.run({ level })).record.result, 'failed');
  });

  it("runs the team's own commands, in trusted workspaces only", async () => {
    sh(source);
    mkdirSync(path.join(bench.root, 'scripts'));
    writeFileSync(
      path.join(bench.root, 'scripts/find.sh'),
      `#!/bin/sh\necho '{ "id": "snap-1", "time": "${new Date().toISOString()}", "bytes": 21 }'\n`,
    );
    writeFileSync(
      path.join(bench.root, 'scripts/restore.sh'),
      `#!/bin/sh\nset -e\ntest "$BACKUP_ID" = snap-1\ntest -z "$REPOSITORY_PASSWORD"\nmkdir -p "$TARGET/data"\nprintf 'alpha\\n' > "$TARGET/data/a.txt"\nprintf 'betabeta' > "$TARGET/data/b.txt"\ntouch "$TARGET/c"\n`,
    );
    for (const file of ['find.sh', 'restore.sh']) chmodSync(path.join(bench.root, 'scripts', file), 0o755);
    chmodSync(bench.root, 0o755);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        tool: 'command',
        in: '{ path: none }',
        sandbox: '{ engine: files }',
        checks,
        backup: 'command: { find: ./scripts/find.sh, restore: ./scripts/restore.sh }',
      }),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.equal((await bench.run({ trusted: false })).record.result, 'inconclusive');
  });

  it('restores two encrypted archives side by side, each unwrapped in a place of its own', async () => {
    sh(
      `${source} && age-keygen -o key 2>/dev/null && for n in one two; do mkdir $n && (cd src && zip -qr ../$n.zip .) && age -r $(age-keygen -y key) -o $n/$n.zip.age $n.zip; done`,
    );
    const backup = (name: string): string =>
      `${name}: { tool: files, in: { folder: ./${name} }, schedule: "0 * * * *", decrypt: { with: age, key: { file: ./key } } }`;
    await bench.write(
      'a.runbook.yaml',
      `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: both }\nbackups:\n  ${backup('one')}\n  ${backup('two')}\nrestore: { rpo: 24h, rto: 1h }\ndryRuns: { main: { backups: [one, two], sandbox: { engine: files }, checks: [] } }\n`,
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', record.summary);
    assert.ok(!record.notes.some((note) => note.code === 'retried'), JSON.stringify(record.notes));
  });
});
