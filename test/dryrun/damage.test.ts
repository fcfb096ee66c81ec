/** Backups that are damaged in every way that a disk or a network damages them: none passes, none is called a fault of the sandbox. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import * as path from 'node:path';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { startMariadb, type TestMariadb } from '../support/mariadb.ts';
import { usePostgres } from '../support/servers.ts';

/** The bytes with one bit of the one at `at` turned. */
function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}

describe('damaged backups', function () {
  this.timeout(180_000);
  const server = usePostgres();
  let mariadb: TestMariadb;
  let bench: Bench;
  const made = new Map<string, Buffer>();
  const pipe = (command: string, input: Buffer): Buffer =>
    execFileSync('/bin/sh', ['-c', command], { input, maxBuffer: 1 << 28 });

  before(async () => {
    const env = server().environment('orders');
    const tool = (name: string, args: string[]): Buffer =>
      execFileSync(path.join(server().bin, name), args, { env, maxBuffer: 1 << 28 });
    execFileSync(path.join(server().bin, 'createdb'), ['orders'], { env: server().environment('postgres') });
    tool('psql', [
      '-qc',
      'create table orders as select i id, md5(i::text) || md5((i + 1)::text) note from generate_series(1, 4000) i; create index on orders (note)',
    ]);
    made.set('custom', tool('pg_dump', ['-Fc']));
    made.set('custom uncompressed', tool('pg_dump', ['-Fc', '-Z0']));
    made.set('tar', tool('pg_dump', ['-Ft']));
    made.set('plain', tool('pg_dump', []));
    for (const [name, command] of [
      ['gzip', 'gzip -c'],
      ['zstd', 'zstd -qc'],
      ['lz4', 'lz4 -qc'],
      ['xz', 'xz -c'],
      ['bzip2', 'bzip2 -c'],
    ] as const) {
      made.set(`plain in ${name}`, pipe(command, made.get('plain')!));
      made.set(`tar in ${name}`, pipe(command, made.get('tar')!));
    }
    mariadb = await startMariadb();
    mariadb.sql('create database orders');
    mariadb.sql(
      'create table orders (id int auto_increment primary key, name varchar(80)); insert into orders (name) select md5(seq) from seq_1_to_4000',
      'orders',
    );
    made.set('mariadb', mariadb.tool('mariadb-dump', ['--single-transaction', 'orders']));
    made.set('mariadb in gzip', pipe('gzip -c', made.get('mariadb')!));
  });
  after(async () => await mariadb.stop());
  beforeEach(async () => (bench = await makeBench()));
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  const fails = async (what: string, level: number, why: RegExp): Promise<void> => {
    const { record } = await bench.run({ level });
    assert.equal(record.result, 'failed', `${what} at level ${level}: ${record.summary}`);
    assert.match(record.summary, why, `${what}: ${record.summary}`);
  };
  const runbookOf = (name: string): string =>
    name.startsWith('mariadb')
      ? folderRunbook({ tool: 'mariadb-dump', sandbox: '{ engine: mariadb }' })
      : folderRunbook({ sandbox: '{ engine: postgres, version: "15" }' });

  for (const name of [
    ...['custom', 'custom uncompressed', 'tar', 'plain', 'mariadb', 'mariadb in gzip'],
    ...['gzip', 'zstd', 'lz4', 'xz', 'bzip2'].flatMap((each) => [`plain in ${each}`, `tar in ${each}`]),
  ]) {
    it(`fails ${name} that is cut off, empty, something else, or changed against its checksum`, async () => {
      const whole = made.get(name)!;
      await bench.write('a.runbook.yaml', runbookOf(name));
      await bench.write('backups/orders.dump', whole.subarray(0, Math.floor(whole.length * 0.7)));
      await fails(`${name}, cut off`, 2, /cut off|damaged|can't be decompressed/u);
      await bench.write('backups/orders.dump', Buffer.alloc(0));
      await fails(`${name}, empty`, 2, /empty \(0 bytes\)/u);
      await bench.write('backups/orders.dump', Buffer.from('%PDF-1.7 an invoice\n'.repeat(200)));
      await fails(`${name}, something else`, 2, /is no dump of/u);
      await bench.write('backups/orders.dump', flipped(whole, Math.floor(whole.length / 2)));
      const sum = createHash('sha256').update(whole).digest('hex');
      await bench.write('backups/orders.dump.sha256', `${sum}  orders.dump\n`);
      await fails(`${name}, changed`, 2, /SHA256 checksum of orders.dump doesn't match/u);
    });
  }

  for (const name of [
    ...['custom', 'mariadb in gzip'],
    ...['gzip', 'zstd', 'lz4', 'xz', 'bzip2'].flatMap((each) => [`plain in ${each}`, `tar in ${each}`]),
  ]) {
    it(`notices a turned bit in the middle of ${name} by itself`, async () => {
      const whole = made.get(name)!;
      await bench.write('a.runbook.yaml', runbookOf(name));
      await bench.write('backups/orders.dump', flipped(whole, Math.floor(whole.length / 2)));
      await fails(name, 2, /damaged|can't be decompressed|stopped|is no dump/u);
    });
  }

  it('fails an archive whose head is damaged, and calls it no fault of pg_restore', async () => {
    await bench.write('a.runbook.yaml', runbookOf('custom'));
    for (const at of [6, 8]) {
      await bench.write('backups/orders.dump', flipped(made.get('custom')!, at));
      await fails(`byte ${at}`, 2, /damaged|stopped/u);
    }
  });

  it('says of a dump without any checksum that a changed byte would go unnoticed', async () => {
    await bench.write('a.runbook.yaml', runbookOf('plain'));
    await bench.write('backups/orders.dump', made.get('plain')!);
    assert.ok((await bench.run({ level: 2 })).record.notes.some((note) => note.code === 'changes-unnoticed'));
    await bench.write('backups/orders.dump', made.get('plain in gzip')!);
    assert.ok(!(await bench.run({ level: 2 })).record.notes.some((note) => note.code === 'changes-unnoticed'));
  });

  it('fails a directory dump with a file cut off, gone or changed', async () => {
    const folder = mkdtempSync('/tmp/dbk-directory-');
    try {
      const target = path.join(folder, 'orders');
      execFileSync(path.join(server().bin, 'pg_dump'), ['-Fd', '-f', target], { env: server().environment('orders') });
      const data = readdirSync(target).find((each) => each.endsWith('.dat.gz')) ?? '';
      const bytes = readFileSync(path.join(target, data));
      await bench.write('a.runbook.yaml', runbookOf('directory'));
      for (const [what, content] of [
        ['cut off', bytes.subarray(0, bytes.length / 2)],
        ['changed', flipped(bytes, Math.floor(bytes.length / 2))],
        ['gone', undefined],
      ] as const) {
        rmSync(path.join(bench.root, 'backups'), { recursive: true, force: true });
        for (const each of readdirSync(target)) {
          if (each !== data) await bench.write(`backups/orders/${each}`, readFileSync(path.join(target, each)));
          else if (content) await bench.write(`backups/orders/${each}`, content);
        }
        await fails(what, 2, /damaged|stopped/u);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('fails a directory dump in which a file of data is empty, another file, or not compressed and cut off', async () => {
    const runbook = runbookOf('directory').replace(/checks: .*/u, 'checks: []');
    await bench.write('a.runbook.yaml', runbook);
    for (const args of [[], ['-Z0'], ['-Z0', '--inserts']]) {
      const target = path.join(bench.root, 'backups', `o${args.length}`);
      mkdirSync(path.dirname(target), { recursive: true });
      execFileSync(path.join(server().bin, 'pg_dump'), ['-Fd', ...args, '-f', target], {
        env: server().environment('orders'),
      });
      assert.equal((await bench.run({ level: 2 })).record.result, 'passed');
      const data = readdirSync(target).find((each) => /^\d+\.dat/u.test(each)) ?? '';
      const whole = readFileSync(path.join(target, data));
      for (const [what, content] of [
        ['empty', Buffer.alloc(0)],
        ['something else', Buffer.from('<html>403 Forbidden</html>\n')],
        ['cut off', whole.subarray(0, whole.length / 2)],
      ] as const) {
        writeFileSync(path.join(target, data), content);
        for (const level of [2, 3])
          await fails(`${what} ${args.join('')}`, level, /^The backup is cut off or damaged: /u);
      }
      rmSync(path.join(bench.root, 'backups'), { recursive: true });
    }
  });

  it('says that a MariaDB dump is cut off at level 3 too, where the client stops in half a statement', async () => {
    await bench.write('a.runbook.yaml', runbookOf('mariadb'));
    const whole = made.get('mariadb')!;
    await bench.write('backups/orders.sql', whole.subarray(0, Math.floor(whole.length * 0.7)));
    await fails('cut off', 3, /^The dump is cut off: /u);
  });

  it('fails an archive that is none, whatever it restores as, and takes one of the oldest kind', async () => {
    const runbook = folderRunbook({ tool: 'files', sandbox: '{ engine: files }', checks: '[]' });
    await bench.write('a.runbook.yaml', runbook);
    for (const name of ['a.tar', 'a.tar.gz', 'a.tgz', 'a.zip', 'a.csv.zst']) {
      await bench.write(`backups/${name}`, '<html>403 Forbidden</html>\n');
      for (const level of [2, 3]) await fails(name, level, /is no .* as its name says: it begins with "<html>/u);
      rmSync(path.join(bench.root, 'backups', name));
    }
    execFileSync('tar', [
      '--format=v7',
      '-cf',
      await bench.write('backups/old.tar', ''),
      '-C',
      bench.root,
      'a.runbook.yaml',
    ]);
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', record.summary);
    assert.equal(record.backup?.format, 'tar');
    rmSync(path.join(bench.root, 'backups', 'old.tar'));
    // What is under a compression that nobody knows here may be whatever its name says.
    await bench.write('backups/a.tar.br', 'brotli');
    assert.equal((await bench.run()).record.result, 'passed');
    rmSync(path.join(bench.root, 'backups', 'a.tar.br'));
    execFileSync('zip', ['-q', path.join(bench.root, 'whole.zip'), 'a.runbook.yaml'], { cwd: bench.root });
    await bench.write('backups/a.zip', readFileSync(path.join(bench.root, 'whole.zip')).subarray(0, -30));
    for (const level of [2, 3])
      await fails('cut zip', level, /damaged: the list of its files, at its end, is missing/u);
  });

  it('says of an encrypted file that it is cut off, not that the key is wrong, and tells of one that is not encrypted', async () => {
    const key = path.join(bench.root, 'key');
    execFileSync('age-keygen', ['-o', key], { stdio: 'ignore' });
    const recipient = execFileSync('age-keygen', ['-y', key]).toString().trim();
    const encrypted = execFileSync('age', ['-r', recipient], { input: made.get('custom')!, maxBuffer: 1 << 28 });
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ backup: 'decrypt: { with: age, key: { file: ./key } }', checks: '[]' }),
    );
    await bench.write('backups/orders.dump', encrypted.subarray(0, -40));
    await fails('cut off', 2, /can't be decrypted .*: the encrypted file is cut off or damaged\.$/u);
    await bench.write('backups/orders.dump', made.get('custom')!);
    const { record } = await bench.run({ level: 2 });
    assert.equal(record.result, 'passed', record.summary);
    assert.ok(record.notes.some((note) => note.code === 'not-encrypted'));
  });

  it('blames a physical backup of MariaDB on which no server starts', async () => {
    const target = path.join(bench.root, 'backups', 'base');
    mkdirSync(target, { recursive: true });
    mariadb.tool('mariadb-backup', ['--backup', `--target-dir=${target}`, `--datadir=${mariadb.data}`]);
    truncateSync(path.join(target, 'ibdata1'), statSync(path.join(target, 'ibdata1')).size - 100);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ tool: 'mariadb-backup', sandbox: '{ engine: mariadb }', checks: '[]' }),
    );
    await fails('ibdata1 cut off', 3, /^The backup is cut off or damaged: a server does not start on it, "InnoDB: /u);
  });

  it('fails a physical backup of MariaDB that a server starts on, and of which it can read all tables but one', async () => {
    mariadb.sql(
      'create table items (id int primary key); insert into items select seq from seq_1_to_4000; create table marks (id int) engine = MyISAM; insert into marks values (1); set global innodb_log_checkpoint_now = 1',
      'orders',
    );
    const base = path.join(bench.root, 'base');
    mkdirSync(base);
    mariadb.tool('mariadb-backup', ['--backup', `--target-dir=${base}`, `--datadir=${mariadb.data}`]);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ tool: 'mariadb-backup', sandbox: '{ engine: mariadb }', checks: '[]' }),
    );
    const target = path.join(bench.root, 'backups', 'base');
    mkdirSync(path.dirname(target), { recursive: true });
    const spoil: readonly (readonly [table: string, what: string, (folder: string) => void])[] = [
      ['items', 'gone', (folder) => rmSync(path.join(folder, 'items.ibd'))],
      ['items', 'overwritten', (folder) => writeFileSync(path.join(folder, 'items.ibd'), Buffer.alloc(65_536, 0xab))],
      ['items', 'cut off', (folder) => truncateSync(path.join(folder, 'items.ibd'), 40_000)],
      ['marks', 'gone', (folder) => rmSync(path.join(folder, 'marks.MYD'))],
    ];
    for (const [table, what, work] of spoil) {
      cpSync(base, target, { recursive: true });
      work(path.join(target, 'orders'));
      await fails(
        `${table} ${what}`,
        3,
        new RegExp(`damaged: the server can't read the table orders.${table} \\("`, 'u'),
      );
      rmSync(target, { recursive: true });
    }
  });
});
