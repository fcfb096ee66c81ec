/** What a complaint of PostgreSQL means for a run: by its words, which a dump may choose. */
import assert from 'node:assert/strict';
import { restoreFault } from '../../server/src/dryrun/postgres/restoreFault.ts';

describe('a complaint of PostgreSQL', () => {
  const cases: readonly (readonly [complaint: string, kind: string, code: string | undefined])[] = [
    ['ERROR:  could not extend file "base/1/2": No space left on device', 'inconclusive', 'no-space'],
    ['ERROR:  extension "postgis" is not available', 'inconclusive', 'extension'],
    ['ERROR:  could not access file "$libdir/timescaledb": No such file or directory', 'inconclusive', 'extension'],
    ['ERROR:  collation "de_DE.utf8" for encoding "UTF8" does not exist', 'inconclusive', 'locale'],
    ['ERROR:  out of memory', 'inconclusive', 'no-memory'],
    ['server closed the connection unexpectedly', 'inconclusive', undefined],
    ['pg_restore: error: could not read from input file: end of file', 'failed', undefined],
    ['ERROR:  relation "a" already exists', 'failed', undefined],
  ];
  for (const [complaint, kind, code] of cases)
    it(`tells what it means: ${complaint}`, () => {
      const fault = restoreFault(complaint, 'psql', complaint);
      assert.deepEqual([fault.kind, fault.code], [kind, code]);
    });

  it('is read in one go, however it repeats itself', () => {
    for (const words of ['extension "', 'collation "" for encoding ', 'could not access file "', 'cannot allocate '])
      assert.equal(restoreFault(`ERROR: ${words.repeat(5000)}`, 'psql', '').kind, 'failed');
  });
});
