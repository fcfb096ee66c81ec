/** Dry runs of pgbackrest, with a point in time, from a real stanza. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

describe('dry run of pgbackrest', function () {
  this.timeout(180_000);
  const repository = `/tmp/dbk-test-repo-${process.pid}`;
  const server = usePostgres({
    settings: {
      archive_mode: 'on',
      archive_command: `pgbackrest --config=${repository}/pgbackrest.conf --stanza=main archive-push %p`,
      wal_level: 'replica',
    },
  });
  let bench: Bench;
  let between = '';
  const psql = (sql: string, database = 'orders'): string =>
    execFileSync(path.join(server().bin, 'psql'), ['-Atqc', sql], { env: server().environment(database) })
      .toString()
      .trim();
  const owner = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

  before(function () {
    execFileSync('rm', ['-rf', repository]);
    mkdirSync(repository);
    mkdirSync(path.join(repository, 'repo'));
    const data = path.join(server().folder, 'data');
    writeFileSync(
      path.join(repository, 'pgbackrest.conf'),
      `[global]\nrepo1-path=${repository}/repo\nrepo1-retention-full=2\nlog-level-file=off\nlock-path=${repository}/lock\nlog-path=${repository}\nspool-path=${repository}\nstart-fast=y\nlog-level-console=warn\n[main]\npg1-path=${data}\npg1-port=${server().port}\npg1-socket-path=${server().folder}\npg1-user=${server().user}\n`,
    );
    if ('uid' in owner) execFileSync('chown', ['-R', '65534:65534', repository]);
    chmodSync(repository, 0o755);
    const backrest = (...args: string[]): void =>
      void execFileSync('pgbackrest', [`--config=${repository}/pgbackrest.conf`, '--stanza=main', ...args], {
        env: { ...server().environment('postgres'), HOME: repository },
        cwd: repository,
        ...owner,
      });
    execFileSync(path.join(server().bin, 'createdb'), ['orders'], { env: server().environment('postgres') });
    psql('create table orders as select i from generate_series(1, 1000) i');
    // What a copy must not follow: kept in postgresql.auto.conf, and so in every backup.
    psql("alter system set primary_conninfo = 'host=203.0.113.1'");
    backrest('stanza-create');
    backrest('--type=full', 'backup');
    psql('insert into orders select i from generate_series(1, 500) i');
    between = psql('select to_char(clock_timestamp() at time zone \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')');
    psql('select pg_sleep(0.2); insert into orders select i from generate_series(1, 7000) i; select pg_switch_wal()');
    for (let tries = 0; psql('select archived_count from pg_stat_archiver', 'postgres') === '0' && tries < 50; tries++)
      psql('select pg_sleep(0.1)');
    psql('select pg_switch_wal(); select pg_sleep(1)');
  });
  after(() => execFileSync('rm', ['-rf', repository]));
  beforeEach(async () => (bench = await makeBench()));
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });
  const runbook = (count: number, dryRun = ''): string =>
    folderRunbook({
      tool: 'pgbackrest',
      in: `{ stanza: main, config: ${repository}/pgbackrest.conf }`,
      sandbox: '{ engine: postgres, version: "15" }',
      checks: `[{ name: rows, query: select count(*) from orders, equals: ${count} }]`,
      dryRun,
    });

  it('restores the newest backup and replays it to consistency', async () => {
    await bench.write(
      'a.runbook.yaml',
      runbook(1000).replace('database: orders\n', 'database: orders\n').replace('engine: postgres', 'engine: postgres'),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.equal(record.backup?.format, 'physical');
  });

  it('cuts the restored server off from the world it came from', async () => {
    // The source archives, replicates and loads what it likes; of all that nothing may be left in the copy.
    const settings: readonly (readonly [string, string])[] = [
      ['archive_mode', 'off'],
      ['archive_command', '(disabled)'],
      ['primary_conninfo', ''],
      ['primary_slot_name', ''],
      ['shared_preload_libraries', ''],
      ['listen_addresses', ''],
      ['max_logical_replication_workers', '0'],
    ];
    const checks = settings.map(
      ([name, value]) => `{ name: ${name}, query: "select current_setting('${name}')", equals: "${value}" }`,
    );
    // The log comes from the run's own folder, and no program of the source's is run for it.
    checks.push(
      `{ name: restore_command, query: "select current_setting('restore_command') like 'cp \\"/%/dbk-%/wal/%'", equals: true }`,
      `{ name: interfaces, query: "select count(*) from regexp_split_to_table(pg_read_file('/proc/net/dev'), '[\\n]') line where line like '%:%'", equals: 1 }`,
      `{ name: routes, query: "select count(*) from regexp_split_to_table(pg_read_file('/proc/net/route'), '[\\n]') line where line ~ '[0-9A-F]{8}'", equals: 0 }`,
    );
    await bench.write('a.runbook.yaml', runbook(1000).replace(/checks: .*/u, `checks: [${checks.join(', ')}]`));
    const { record } = await bench.run();
    assert.deepEqual(
      record.checks.filter((each) => each.state !== 'passed'),
      [],
    );
    assert.equal(record.result, 'passed', record.summary);
    assert.match(record.sandbox?.isolation ?? '', /^no network: /u);
  });

  it('restores into its own folder alone, whatever the configuration says of links', async () => {
    const elsewhere = path.join(repository, 'elsewhere');
    const config = readFileSync(path.join(repository, 'pgbackrest.conf'), 'utf8');
    const more = `link-all=y\nlink-map=pg_wal=${elsewhere}\ntablespace-map=1=${elsewhere}\ndelta=y\n`;
    writeFileSync(path.join(repository, 'pgbackrest.conf'), config.replace('[main]\n', `[main]\n${more}`));
    try {
      await bench.write('a.runbook.yaml', runbook(1000));
      const { record } = await bench.run();
      assert.ok(!existsSync(elsewhere), 'a part of the backup was restored elsewhere');
      assert.equal(record.result, 'passed', record.summary);
    } finally {
      writeFileSync(path.join(repository, 'pgbackrest.conf'), config);
    }
  });

  it('restores to a point in time', async () => {
    await bench.write('a.runbook.yaml', runbook(1500, `pointInTime: { at: "${between}" }`));
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
  });

  it('plays a corrupt newest backup in a stand-in of the repository, which stays as it is', async () => {
    const backrest = ['--config=' + path.join(repository, 'pgbackrest.conf'), '--stanza=main', '--type=incr', 'backup'];
    execFileSync('pgbackrest', backrest, {
      env: { ...server().environment('postgres'), HOME: repository },
      cwd: repository,
      ...owner,
    });
    const state = (): string =>
      execFileSync('/bin/sh', ['-c', `find ${repository}/repo -type f -exec sha256sum {} + | sort`]).toString();
    const before = state();
    await bench.write('a.runbook.yaml', runbook(1000));
    const { record } = await bench.run({ scenario: 'newest-corrupt' });
    assert.equal(record.result, 'passed', record.summary);
    assert.match(record.backup?.id ?? '', /^\d+-\d+F$/u);
    assert.match(JSON.stringify(record.notes), /was noticed: pgbackrest could not restore \d+-\d+F_\d+-\d+I: /u);
    assert.equal(state(), before);
    assert.equal((await bench.run({ scenario: 'slow-store', level: 1 })).record.result, 'inconclusive');
  });

  it('fails at level 2 too without the manifest, and without the log that the backup needs, which verify calls no error', async () => {
    const copy = `${repository}-copy`;
    const config = readFileSync(path.join(repository, 'pgbackrest.conf'), 'utf8');
    try {
      await bench.write('a.runbook.yaml', runbook(1000).replaceAll(repository, copy));
      for (const [gone, why] of [
        ['repo/backup/main/*F/backup.manifest*', /can't restore \S+: its verify says "manifest missing"/u],
        ['repo/archive/main/*/*/0*', /The write-ahead log segment [\dA-F]+, which .* is not in the archive\.$/u],
      ] as const) {
        execFileSync('/bin/sh', ['-c', `rm -rf ${copy}; cp -a ${repository} ${copy}; rm ${copy}/${gone}`]);
        writeFileSync(path.join(copy, 'pgbackrest.conf'), config.replaceAll(repository, copy));
        const newest = (await bench.run({ level: 1 })).record.backup?.id ?? '';
        const { record } = await bench.run({ level: 2, backup: newest.replace(/_.*/u, '') });
        assert.equal(record.result, 'failed', record.summary);
        assert.match(record.summary, why);
      }
    } finally {
      execFileSync('rm', ['-rf', copy]);
    }
  });

  it('says so where there is no stanza, and where the repository is damaged', async () => {
    await bench.write('a.runbook.yaml', runbook(1).replace('stanza: main', 'stanza: other'));
    assert.match((await bench.run({ level: 1 })).record.summary, /No backup "nightly" was found/u);
    await bench.write('a.runbook.yaml', runbook(1000));
    const whole = (await bench.run({ level: 2 })).record;
    assert.equal(whole.result, 'passed', JSON.stringify(whole.stages[3]));
    const files = readdirSync(path.join(repository, 'repo/backup/main'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => /base\/\d+\/\d+\.gz$/u.test(file),
    );
    for (const file of files.slice(0, 40))
      execFileSync(
        'dd',
        [
          'if=/dev/urandom',
          `of=${path.join(repository, 'repo/backup/main', file)}`,
          'bs=1',
          'seek=20',
          'count=16',
          'conv=notrunc',
        ],
        { stdio: 'ignore' },
      );
    for (const level of [2, 3]) assert.equal((await bench.run({ level })).record.result, 'failed');
  });
});
