/** Which backup is the newest: times in names, globs, hidden versions, and what is said of the series. */
import assert from 'node:assert/strict';
import { chooseBackup, globReader, type StoredObject } from '../../../server/src/core/recovery/newest.ts';
import { timeReader } from '../../../server/src/core/recovery/timePattern.ts';
import { scan } from '../../../server/src/dryrun/postgres/scanner.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const HOUR = 3_600_000;
const object = (name: string, hoursAgo: number, more: Partial<StoredObject> = {}): StoredObject => ({
  key: `p/${name}`,
  name,
  bytes: 1000,
  storedMs: NOW - hoursAgo * HOUR,
  ...more,
});

describe('the newest backup', () => {
  it('reads times from names, and none that do not exist', () => {
    const cases: readonly (readonly [string, string, string | undefined])[] = [
      ['orders-%Y%m%dT%H%M%SZ.dump', 'orders-20261122T101112Z.dump', '2026-11-22T10:11:12.000Z'],
      ['%F_%H-%M.sql.gz', '2026-11-22_09-05.sql.gz', '2026-11-22T09:05:00.000Z'],
      ['db-%s.tar', 'db-1763800000.tar', '2025-11-22T08:26:40.000Z'],
      ['%d%b%Y', '05Nov2026', '2026-11-05T00:00:00.000Z'],
      ['%Y/%j', '2026/032', '2026-02-01T00:00:00.000Z'],
      ['a-%Y%m%d%z', 'a-20261122+0200', '2026-11-21T22:00:00.000Z'],
      ['*-%Y%m%d.dump', 'any-20261122.dump', '2026-11-22T00:00:00.000Z'],
      ['a.%Y%m%d', 'ab20261122', undefined],
      ['%Y%m%d', '20260231', undefined],
      ['%Y%m%d', '20261341', undefined],
    ];
    for (const [pattern, name, expected] of cases) {
      const time = timeReader(pattern)(name);
      assert.equal(time === undefined ? undefined : new Date(time).toISOString(), expected, `${pattern} ${name}`);
    }
  });

  it('matches globs as shells do', () => {
    assert.ok(globReader('orders-*.dump')('orders-1.dump'));
    assert.ok(!globReader('orders-*.dump')('a/orders-1.dump'));
    assert.ok(globReader('**/*.{sql,dump}')('a/b/c.sql'));
    assert.ok(globReader('a[0-9].x')('a5.x'));
    assert.ok(!globReader('a?.x')('a/.x'));
  });

  it('follows the name where the store disagrees, and says so', () => {
    const objects = [object('o-20261122T1000.dump', 9), object('o-20261122T0900.dump', 1)];
    const choice = chooseBackup(objects, { now: NOW, match: 'o-*', time: 'o-%Y%m%dT%H%M.dump' });
    assert.equal(choice.chosen?.name, 'o-20261122T1000.dump');
    assert.ok(choice.notes.some((note) => note.code === 'newest-disagrees'));
  });

  it('leaves sidecars out, finds by id and before a time, and says why there is none', () => {
    const objects = [object('a.dump', 1), object('a.dump.sha256', 0), object('b.dump', 5)];
    assert.equal(chooseBackup(objects, { now: NOW }).chosen?.name, 'a.dump');
    assert.equal(chooseBackup(objects, { now: NOW, backupId: 'b.dump' }).chosen?.name, 'b.dump');
    assert.equal(chooseBackup(objects, { now: NOW, beforeMs: NOW - 2 * HOUR }).chosen?.name, 'b.dump');
    assert.match(chooseBackup(objects, { now: NOW, match: 'c-*' }).why ?? '', /none fits "c-\*"/u);
    assert.match(chooseBackup([], { now: NOW }).why ?? '', /Nothing is stored/u);
  });

  it('tells of missed schedules and a size that collapsed', () => {
    const objects = [object('e', 1, { bytes: 10 }), object('d', 2), object('c', 5), object('b', 6), object('a', 7)];
    const codes = chooseBackup(objects, { now: NOW, intervalMs: HOUR }).notes.map((note) => note.code);
    assert.deepEqual(codes, ['size-collapsed', 'schedule-missed']);
  });

  it('prefers what is visible, and takes what a delete marker hides where nothing else is', () => {
    const hidden = object('new', 1, { hidden: 'delete-marker', versionId: 'v1' });
    assert.equal(chooseBackup([hidden, object('old', 9)], { now: NOW }).chosen?.name, 'old');
    assert.equal(chooseBackup([hidden], { now: NOW }).chosen?.versionId, 'v1');
  });
});

describe('the scanner of plain dumps', () => {
  const DUMP = `-- head; not a statement\n\\restrict abc\nselect E'it\\'s; x', 'a;b', "c;d", $f$ ; \\n $f$; /* ; /* ; */ */\ncreate function f() returns int language sql begin atomic select case when true then 1 end; select 2; end;\nCOPY public.t (a) FROM stdin;\none\\t;\n\\.x\n\\.\ncreate rule r as on insert to t do (select 1; select 2);\n-- PostgreSQL database dump complete\n`;
  const pieces = async (size: number): Promise<readonly (readonly [string, string])[]> => {
    const bytes = Buffer.from(DUMP);
    const source = (async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
    })();
    const found: [string, string][] = [];
    for await (const piece of scan(source)) {
      const last = found.at(-1);
      if (piece.kind === 'data' && last?.[0] === 'data') last[1] += piece.bytes.toString();
      else found.push([piece.kind, piece.bytes.toString()]);
    }
    return found;
  };

  it('splits the same wherever the chunks end, and loses no byte', async () => {
    const whole = await pieces(1 << 20);
    assert.equal(whole.map(([, text]) => text).join(''), DUMP);
    assert.deepEqual(
      whole.map(([kind]) => kind),
      ['rest', 'meta', 'statement', 'statement', 'copy', 'data', 'copy-end', 'statement', 'rest'],
    );
    assert.equal(whole[5]?.[1], 'one\\t;\n\\.x\n');
    for (let size = 1; size < 40; size++) {
      const split = await pieces(size);
      assert.equal(split.map(([, text]) => text).join(''), DUMP, `chunks of ${String(size)}`);
      assert.deepEqual(
        split.map(([kind]) => kind),
        whole.map(([kind]) => kind),
        `chunks of ${String(size)}`,
      );
    }
  });
});
