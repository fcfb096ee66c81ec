/** Backups that are damaged in every way that a disk or a network damages them: none passes, none is called a fault of the sandbox. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
});
