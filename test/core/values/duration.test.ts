/** Durations: what is read, what is refused, and that what is written can be read again. */
import assert from 'node:assert/strict';
import { describeDuration, formatDuration, parseDuration } from '../../../server/src/core/values/duration.ts';
import { randomFrom } from '../../support/random.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('duration', () => {
  const read: readonly (readonly [string, number])[] = [
    ['90s', 90_000],
    ['15m', 15 * 60_000],
    ['24h', DAY],
    ['35d', 35 * DAY],
    ['12w', 84 * DAY],
    ['6mo', 180 * DAY],
    ['1y', 365 * DAY],
    ['500ms', 500],
    ['1h30m', 1.5 * HOUR],
    ['1.5h', 1.5 * HOUR],
    ['0s', 0],
    ['PT15M', 15 * 60_000],
    ['P1DT2H', DAY + 2 * HOUR],
    ['P2W', 14 * DAY],
    ['P1Y2M', 425 * DAY],
    ['PT0.5S', 500],
  ];
  for (const [text, ms] of read) it(`reads ${text}`, () => assert.deepEqual(parseDuration(text), { ms }));

  for (const text of [
    '',
    '15',
    'm',
    '15 m',
    '1 hour',
    '-5m',
    '15min',
    '1m1h',
    '1h1h',
    'P',
    'PT',
    'P1H',
    '1e3s',
    'Infinity',
    '5M',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseDuration(text), undefined));
  }

  it('reads again what it writes, to within its two units', () => {
    const random = randomFrom(1);
    for (let round = 0; round < 500; round++) {
      const ms = Math.floor(10 ** (random.next() * 11));
      const again = parseDuration(formatDuration(ms).replace(' ', ''))?.ms;
      assert.ok(
        again !== undefined && Math.abs(again - ms) <= Math.max(1000, ms * 0.04),
        `${ms} → ${formatDuration(ms)} → ${again}`,
      );
    }
  });

  it('writes for people', () => {
    assert.equal(formatDuration(5_400_000), '1h 30m');
    assert.equal(formatDuration(850), '850ms');
    assert.equal(formatDuration(0), '0ms');
    assert.equal(formatDuration(35 * DAY), '35d');
    assert.equal(formatDuration(59_960), '1m');
    assert.equal(describeDuration(5_400_000), '1 hour 30 minutes');
    assert.equal(describeDuration(1000), '1 second');
  });
});
