/** What people and other tools write for a value: what is taken to be meant, and what is not guessed at. */
import assert from 'node:assert/strict';
import { formats } from '../../../server/src/core/schema/formats.ts';
import { meantBy } from '../../../server/src/core/values/meant.ts';

/** The format, what is written, and what may be meant; a `key` where it tells. */
const CASES: readonly (readonly [format: string, written: string, meant: readonly string[], key?: string])[] = [
  ['duration', '35 days', ['35d']],
  ['duration', '1 hour and 30 minutes', ['1h30m']],
  ['duration', 'an hour', ['1h']],
  ['duration', 'two hours', ['2h']],
  ['duration', 'half a year', ['6mo']],
  ['duration', 'every quarter', []],
  ['duration', 'monthly', ['1mo']],
  ['duration', '00:20:00', ['20m']],
  ['duration', '20', []],
  ['duration', 'soon', []],
  ['money', '$500', ['500 USD']],
  ['money', '500 euros', ['500 EUR']],
  ['money', 'usd 1,500', ['1,500 USD']],
  ['money', 'a lot', []],
  ['size', '40 Gi', ['40 GiB']],
  ['size', '40 gigabytes', ['40 GB']],
  ['size', '40G', ['40 GiB', '40 GB']],
  ['cron', 'hourly', ['0 * * * *']],
  ['cron', 'every 15 minutes', ['*/15 * * * *']],
  ['cron', 'every 7 minutes', []],
  ['cron', 'rate(1 hour)', ['0 * * * *']],
  ['cron', '6h', ['0 */6 * * *']],
  ['cron', 'cron(0 3 * * ? *)', ['0 3 * * *']],
  ['cron', 'cron(0 3 ? * 2 *)', []],
  ['cron', '0 30 3 * * ?', ['30 3 * * *']],
  ['cron', '15 30 3 * * ?', []],
  ['cron', 'daily at 3:30', ['30 3 * * *']],
  ['cron', '*-*-* 03:00:00', ['0 3 * * *']],
  ['cron', '25:00', []],
  ['date', '02.10.2026', ['2026-10-02']],
  ['date', '02/10/2026', ['2026-10-02', '2026-02-10']],
  ['date', '13/10/2026', ['2026-10-13']],
  ['date', '2026/10/2', ['2026-10-02']],
  ['date', '20261002', ['2026-10-02']],
  ['date', '2026-10-02T08:00:00Z', ['2026-10-02']],
  ['date', '2nd October 2026', ['2026-10-02']],
  ['date', 'Oct 2, 2026', ['2026-10-02']],
  ['date', '2026-02-30', []],
  ['instant', '2026-11-01 12:00', ['2026-11-01T12:00Z']],
  ['time-zone', 'paris', ['Europe/Paris']],
  ['time-zone', 'america/new york', ['America/New_York']],
  ['time-zone', 'my office', []],
  ['url', 'localhost:5000', ['http://localhost:5000']],
  ['constraint-number', '=>35', ['>=35']],
  ['constraint-number', '≥ 35', ['>=35']],
  ['constraint-number', 'at least 7', ['>=7']],
  ['constraint-number', '7-30', ['>=7 <=30']],
  ['constraint-number', 'between 7 and 30', ['>=7 <=30']],
  ['constraint-number', '35 or more', ['>=35']],
  ['constraint-number', '>=7, =<30', ['>=7 <=30']],
  ['constraint-number', '35 days', ['35'], 'backupRetentionDays'],
  ['constraint-number', '>= 5 weeks', ['>=35'], 'retentionDays'],
  ['constraint-number', '36 hours', [], 'retentionDays'],
  ['constraint-number', '35 days', [], 'maxSession'],
  ['constraint-duration', '=<10 min', ['<=10m']],
  ['constraint-version', '>= 15.2 and < 16', ['>=15.2 <16']],
  ['constraint-version', 'postgres 15', ['15']],
  ['constraint-version', '^15.2', ['15.2']],
  ['constraint-version', 'the newest', []],
  ['constraint-size', '>= 40 Gi', ['>=40 GiB']],
];

describe('what is meant by a value that is not in its form', () => {
  for (const [format, written, meant, key = 'x'] of CASES) {
    it(`${format}: ${written}`, () => {
      const { texts } = meantBy(format, written, key);
      assert.deepEqual(texts, meant);
      assert.ok(texts.every((text) => formats[format]?.(text)));
    });
  }

  it('is nothing where a text is longer than any value', () => {
    for (const format of ['constraint-number', 'constraint-version', 'duration', 'cron'])
      assert.deepEqual(meantBy(format, `>${' '.repeat(100_000)}7`, 'x').texts, []);
    assert.deepEqual(meantBy('constraint-number', `=>${' '.repeat(100)}7`, 'x').texts, ['>=7']);
  });

  it('is certain only where nothing else can be', () => {
    assert.equal(meantBy('date', '02/10/2026', 'x').certain, false);
    assert.equal(meantBy('size', '40G', 'x').certain, false);
    assert.equal(meantBy('date', '02.10.2026', 'x').certain, true);
  });
});
