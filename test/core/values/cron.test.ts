/** Cron: fields, next runs in time zones, the largest gap, and words; held against a walk over every minute. */
import assert from 'node:assert/strict';
import {
  cronProblem,
  describeCron,
  isTimeZone,
  largestGapMs,
  largestLossMs,
  nextRuns,
  parseCron,
  type Cron,
} from '../../../server/src/core/values/cron.ts';
import { randomFrom } from '../../support/random.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 10, 22, 10, 30);

function cron(text: string): Cron {
  const parsed = parseCron(text);
  assert.ok(parsed, cronProblem(text));
  return parsed;
}
const iso = (runs: readonly number[]): string[] => runs.map((at) => new Date(at).toISOString().slice(0, 16));

/** Whether it runs in the minute that starts at `at`, by the definition. */
function runsAt(of: Cron, at: number): boolean {
  const date = new Date(at);
  const byDay = of.days.includes(date.getUTCDate());
  const byWeekday = of.weekdays.includes(date.getUTCDay());
  const day = of.anyDay || of.anyWeekday ? byDay && byWeekday : byDay || byWeekday;
  return (
    day &&
    of.months.includes(date.getUTCMonth() + 1) &&
    of.hours.includes(date.getUTCHours()) &&
    of.minutes.includes(date.getUTCMinutes())
  );
}

describe('cron', () => {
  it('reads steps, ranges, lists and names', () => {
    assert.deepEqual(cron('*/15 9-17/4 1,15 jan-MAR sun,6').minutes, [0, 15, 30, 45]);
    assert.deepEqual(cron('*/15 9-17/4 1,15 jan-MAR sun,6').hours, [9, 13, 17]);
    assert.deepEqual(cron('0 0 * * fri-sun').weekdays, [0, 5, 6]);
    assert.deepEqual(cron('0 0 * * 7').weekdays, [0]);
    assert.deepEqual(cron('5/20 * * * *').minutes, [5, 25, 45]);
    assert.deepEqual(cron('@daily').hours, [0]);
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['nightly', /^it has 1 field, and cron has five/u],
    ['', /0 fields/],
    ['* * * *', /4 fields/],
    ['0 0 12 * * *', /6 fields/],
    ['60 * * * *', /minute `60` is not 0 to 59/],
    ['0 25 * * *', /hour `25`/],
    ['0 0 0 * *', /day of the month `0`/],
    ['0 0 * foo *', /month `foo`/],
    ['*/0 * * * *', /step/],
    ['5-1 * * * *', /backwards/],
    ['1,,2 * * * *', /minute/],
    ['0 0 30 feb *', /never runs/],
    ['@often', /shorthand/],
  ];
  for (const [text, why] of refused) {
    it(`refuses ${JSON.stringify(text)} and says why`, () => {
      assert.equal(parseCron(text), undefined);
      assert.match(cronProblem(text) ?? '', why);
    });
  }

  it('finds the next runs', () => {
    assert.deepEqual(iso(nextRuns(cron('0 * * * *'), START, 2)), ['2026-11-22T11:00', '2026-11-22T12:00']);
    assert.deepEqual(iso(nextRuns(cron('30 10 * * *'), START, 1)), ['2026-11-23T10:30']);
    assert.deepEqual(iso(nextRuns(cron('0 0 29 2 *'), START, 2)), ['2028-02-29T00:00', '2032-02-29T00:00']);
    assert.deepEqual(iso(nextRuns(cron('0 2 13 * fri'), START, 3)), [
      '2026-11-27T02:00',
      '2026-12-04T02:00',
      '2026-12-11T02:00',
    ]);
  });

  it('keeps local time in a time zone, over both changes of clocks', () => {
    assert.deepEqual(iso(nextRuns(cron('30 2 * * *'), Date.UTC(2026, 2, 28, 12), 2, 'Europe/Paris')), [
      '2026-03-30T00:30',
      '2026-03-31T00:30',
    ]);
    assert.deepEqual(iso(nextRuns(cron('30 2 * * *'), Date.UTC(2026, 9, 24, 12), 2, 'Europe/Paris')), [
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
    assert.deepEqual(iso(nextRuns(cron('0 9 * * *'), START, 1, 'Asia/Kolkata')), ['2026-11-23T03:30']);
    assert.equal(isTimeZone('Europe/Paris'), true);
    assert.equal(isTimeZone('Europe/Atlantis'), false);
  });

  it('agrees with a walk over every minute', () => {
    const random = randomFrom(3);
    const field = (least: number, most: number): string => {
      const one = (): number => least + random.below(most - least + 1);
      const [low, high] = [one(), one()].sort((a, b) => a - b);
      return random.pick(['*', '*', `*/${1 + random.below(7)}`, `${one()}`, `${low}-${high}`, `${one()},${one()}`]);
    };
    for (let round = 0; round < 40; round++) {
      const text = [field(0, 59), field(0, 23), field(1, 28), '*', field(0, 6)].join(' ');
      const parsed = cron(text);
      const walked: number[] = [];
      for (let at = START + MINUTE; walked.length < 3 && at < START + 40 * DAY; at += MINUTE)
        if (runsAt(parsed, at)) walked.push(at);
      assert.deepEqual(iso(nextRuns(parsed, START, walked.length)), iso(walked), text);
      const runs = nextRuns(parsed, START, 400);
      let gap = 0;
      for (let index = 1; index < runs.length; index++) gap = Math.max(gap, runs[index]! - runs[index - 1]!);
      assert.ok(largestGapMs(parsed) >= gap, `${text}: ${largestGapMs(parsed) / MINUTE} < ${gap / MINUTE}`);
    }
  });

  const gaps: readonly (readonly [string, number])[] = [
    ['* * * * *', MINUTE],
    ['*/15 * * * *', 15 * MINUTE],
    ['0 * * * *', HOUR],
    ['0 9-17 * * *', 16 * HOUR],
    ['0 2 * * *', DAY],
    ['0 2 * * mon-fri', 3 * DAY],
    ['0 2 * * sun', 7 * DAY],
    ['0 0 1 * *', 31 * DAY],
    ['0 0 1 1 *', 366 * DAY],
    ['0 0 29 2 *', 1461 * DAY],
  ];
  for (const [text, ms] of gaps)
    it(`knows the largest gap of ${text}`, () => assert.equal(largestGapMs(cron(text)), ms));

  const together: readonly (readonly [number | undefined, ...(readonly [string, number?, string?])[]])[] = [
    [12.5 * HOUR, ['0 6 * * *', 30], ['0 18 * * *', 30]],
    [22 * HOUR, ['0 2 * * *', 600], ['0 14 * * *', 10]],
    [24 * HOUR, ['0 2 * * 0'], ['0 2 * * 1-6']],
    [17 * DAY, ['0 2 1 * *'], ['0 2 15 * *']],
    [15 * MINUTE, ['*/5 * * * *', 10], ['0 0 * * *', 10]],
    [12 * HOUR, ['0 6 * * *', 0, 'Europe/Berlin'], ['0 18 * * *', 0, 'Europe/Berlin']],
    [14 * HOUR, ['0 6 * * *', 0, 'Europe/Berlin'], ['0 18 * * *', 0, 'UTC']],
    [undefined, ['* * * * *'], ['0 0 1 * *']],
  ];
  for (const [ms, ...schedules] of together)
    it(`knows what ${schedules.map((each) => each.join(' ')).join(' and ')} lose together`, () => {
      const runs = schedules.map(([text, takes = 0, timeZone = 'UTC']) => {
        return { cron: cron(text), takesMs: takes * MINUTE, timeZone };
      });
      assert.equal(largestLossMs(runs), ms);
    });

  const words: readonly (readonly [string, string])[] = [
    ['* * * * *', 'every minute'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['0 * * * *', 'every hour at minute 0'],
    ['30 2 * * *', 'every day at 02:30'],
    ['0 */6 * * *', 'every 6 hours at minute 0'],
    ['0 2 * * 1-5', 'at 02:00 on weekdays'],
    ['0 2,14 * * mon,thu', 'at 02:00 and 14:00 on Monday and Thursday'],
    ['0 0 1 * *', 'at 00:00 on day 1 of the month'],
    ['0 0 13 * fri', 'at 00:00 on day 13 of the month or on Friday'],
    ['0 0 1 1 *', 'at 00:00 on day 1 of the month in January'],
    ['*/10 9-17 * * *', 'every 10 minutes of the hours 9 to 17'],
  ];
  for (const [text, said] of words) it(`says ${text} in words`, () => assert.equal(describeCron(cron(text)), said));
});
