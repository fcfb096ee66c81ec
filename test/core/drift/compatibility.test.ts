/** Which backups can be restored into which versions. */
import assert from 'node:assert/strict';
import { incompatibility, toolOf } from '../../../server/src/core/drift/compatibility.ts';

const CASES: readonly (readonly [tool: string, from: string, into: string, works: boolean])[] = [
  ['pg_dump', 'postgres 15.4', 'postgres 15', true],
  ['pg_dump', 'postgres 15.4', 'postgres 17', true],
  ['pg_dump', 'postgres 16.3', 'postgres 15', false],
  ['pg_dump', 'aurora-postgresql 15.4', 'postgres 15', true],
  ['pg_dump', 'mysql 8.0.36', 'mysql 8.0', false],
  ['pgbackrest', 'postgres 15.4', 'postgres 15', true],
  ['pgbackrest', 'postgres 15.4', 'postgres 16', false],
  ['barman', 'postgres 16.1', 'postgres 15', false],
  ['mysqldump', 'mysql 8.0.36', 'mysql 5.7', false],
  ['mysqldump', 'mysql 5.7.44', 'mysql 8.0', true],
  ['mysqldump', 'mysql 8.0.36', 'mysql 8', true],
  ['mariadb-backup', 'mariadb 10.11.6', 'mariadb 10.11', true],
  ['mariadb-backup', 'mariadb 10.11.6', 'mariadb 11.4', false],
  ['mariadb-backup', 'mariadb 10.11.6', 'mysql 8.0', false],
  ['mysqldump', 'mysql 5.7.44', 'mysql 8.4', false],
  ['mysqldump', 'mysql 8.0.36', 'mysql 8.4', true],
  ['mariadb-dump', 'mariadb 10.6.1', 'mariadb 11.4', true],
  ['mongodump', 'mongodb 7.0.1', 'mongodb 7.0', true],
  ['mongodump', 'mongodb 7.0.1', 'mongodb 6.0', false],
  ['mongodump', 'mongodb 7.0.1 6.0', 'mongodb 6.0', true],
  ['mongodump', 'mongodb 6.0.1', 'mongodb 7.0', false],
  ['redis-rdb', 'redis 7.2.4', 'redis 6', false],
  ['command', 'postgres 16', 'postgres 15', true],
  ['pg_dump', 'oracle-ee 19', 'postgres 15', true],
];

describe('restore compatibility', () => {
  for (const [tool, from, into, works] of CASES) {
    it(`${tool} of ${from} into ${into}: ${works ? 'works' : 'breaks'}`, () => {
      const part = (text: string): { engine: string; version: string; compatibility: string | undefined } => ({
        engine: text.split(' ')[0] ?? '',
        version: text.split(' ')[1] ?? '',
        compatibility: text.split(' ')[2],
      });
      assert.equal(incompatibility({ tool, from: part(from), into: part(into) }) === undefined, works);
    });
  }

  it('knows the tool behind commands of a team by the program that they run', () => {
    const restore = (text: string, engine: string): string | undefined => toolOf(['./find.sh', text], engine);
    assert.equal(restore('wal-g backup-fetch "$TARGET" LATEST', 'postgres'), 'wal-g');
    assert.equal(restore('wal-g backup-fetch LATEST', 'mysql'), undefined, 'WAL-G of MySQL is no WAL-G of PostgreSQL');
    assert.equal(restore('barman recover main latest /restore', 'aurora-postgresql'), 'barman');
    assert.equal(restore('xbstream -x < b | xtrabackup --prepare', 'mysql'), 'xtrabackup');
    assert.equal(restore('mongorestore --archive=$IN', 'mongodb'), 'mongodump');
    assert.equal(restore('cp dump.rdb /var/lib/redis/', 'redis'), 'redis-rdb');
    assert.equal(restore('./restore.sh', 'postgres'), undefined);
    assert.equal(restore('pg_restore x || pgbackrest restore', 'postgres'), undefined, 'one of two');
  });
});
