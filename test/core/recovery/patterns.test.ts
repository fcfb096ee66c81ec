/** What people write to find and check backups never hangs a run: globs, patterns of times, regular expressions of checks. */
import assert from 'node:assert/strict';
import { judge } from '../../../server/src/core/recovery/judge.ts';
import { chooseBackup, globReader } from '../../../server/src/core/recovery/newest.ts';
import { lostSince } from '../../../server/src/core/recovery/shape.ts';
import { timeReader } from '../../../server/src/core/recovery/timePattern.ts';

const LONG = `${'a'.repeat(900)}!`;

describe('patterns of people', () => {
  it('fit names as before, with few wildcards and with many', () => {
    for (const [glob, yes, no] of [
      ['*.dump', 'a.dump', 'a/b.dump'],
      ['**/*.dump', 'a/b/c.dump', 'a.dmp'],
      ['a*b*c*d*.gz', 'a1b2c3d4.gz', 'a1b2c3.gz'],
      ['{a,b}-*-*-*.{gz,zst}', 'b-1-2-3.zst', 'c-1-2-3.gz'],
      ['[!a-c]?.x', 'd1.x', 'a1.x'],
      ['(x)+.$', '(x)+.$', 'x.'],
      ['[z-a]', '[z-a]', 'z'],
      ['{a', 'a', '{a'],
    ] as const) {
      assert.ok(globReader(glob)(yes), `${glob} fits ${yes}`);
      assert.ok(!globReader(glob)(no), `${glob} does not fit ${no}`);
    }
  });

  it('read times with many wildcards, and demand what comes again to be equal', () => {
    const at = Date.parse('2026-11-20T10:00:00Z');
    assert.equal(timeReader('*-*-*-%Y%m%dT%H%M%S*.dump')('a-b-c-20261120T100000Z.dump'), at);
    assert.equal(timeReader('%Y/%m/*-%Y%m%dT%H%M%SZ.dump')('2026/11/x-20261120T100000Z.dump'), at);
    assert.equal(timeReader('%Y/%m/*-%Y%m%dT%H%M%SZ.dump')('2025/11/x-20261120T100000Z.dump'), undefined);
  });

  it('end on names and answers made to keep them busy', () => {
    assert.equal(globReader('*a*a*a*a*a*a*a*a*b')(LONG), false);
    assert.equal(globReader('**a**a**a**a**a**a**b')(LONG), false);
    assert.equal(globReader(`${'{a,aa}'.repeat(40)}b`)(LONG), false);
    assert.equal(timeReader('*a*a*a*a*a*a*a*%Y%m%d')(LONG), undefined);
    const objects = [{ key: LONG, name: LONG, bytes: 1, storedMs: 0 }];
    assert.equal(chooseBackup(objects, { match: '*a*a*a*a*a*a*b', now: 0 }).chosen, undefined);
    const shape = { backup: 'x', counts: { table: 1 }, names: { table: [LONG] } };
    const gone = { backup: 'x', counts: { table: 0 }, names: { table: [] } };
    assert.equal(lostSince(shape, gone, ['*a*a*a*a*a*a*a*b']).length, 1);
    assert.deepEqual(lostSince(shape, gone, ['*a*!']), []);
    const judged = judge({ matches: '^(a+)+$' }, LONG, { now: 0 });
    assert.equal(judged.state, 'failed');
    assert.equal(judged.message, 'The answer does not match ^(a+)+$.');
  });

  it('are refused by the check where they can not be taken', () => {
    assert.equal(
      judge({ matches: '(?=a)' }, 'a', { now: 0 }).message,
      '(?=a) looks ahead or behind, which is not supported.',
    );
  });
});
