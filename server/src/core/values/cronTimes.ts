/** When a cron expression runs: its next runs in a time zone, and the largest gap between two of them. */
import type { Cron } from './cron.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Weekdays and leap years come round again in this many years. */
const CYCLE_YEARS = 28;

/**
 * The next `count` runs after `from` (milliseconds since the epoch), in milliseconds since the epoch. A local time that
 * a change of clocks leaves out is skipped; of one that comes twice the first counts.
 */
export function nextRuns(cron: Cron, from: number, count: number, timeZone = 'UTC'): number[] {
  const runs: number[] = [];
  const zone = timeZone === 'UTC' ? undefined : zoneOf(timeZone);
  const local = from + (zone ? zone(from) : 0);
  const firstDay = Math.floor(local / DAY) * DAY - (zone ? DAY : 0);
  const lastDay = firstDay + CYCLE_YEARS * 366 * DAY;
  for (let day = firstDay; day < lastDay && runs.length < count; day += DAY) {
    if (!runsOn(cron, day)) continue;
    const ofDay: number[] = [];
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const at = utcOf(day + (hour * 60 + minute) * MINUTE, zone);
        if (at !== undefined && at > from) ofDay.push(at);
      }
      if (!zone && ofDay.length + runs.length >= count) break;
    }
    runs.push(...ofDay.sort((a, b) => a - b));
  }
  return runs.slice(0, count);
}

/** The longest time between two runs that follow each other, milliseconds; changes of clocks are left out. */
export function largestGapMs(cron: Cron): number {
  const times = cron.hours.flatMap((hour) => cron.minutes.map((minute) => (hour * 60 + minute) * MINUTE));
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 0;
  let within = 0;
  for (let index = 1; index < times.length; index++)
    within = Math.max(within, (times[index] ?? 0) - (times[index - 1] ?? 0));
  return Math.max(within, largestDayGap(cron) * DAY - last + first);
}

/** One of several schedules that back up the same thing: how long each of its runs takes, and the zone that it is in. */
export interface Runs {
  readonly cron: Cron;
  readonly takesMs: number;
  readonly timeZone: string;
}

/**
 * What can be lost at worst where several schedules together back something up: until a backup is whole the newest whole
 * one counts, whichever schedule made it. Undefined where they run too often, or repeat too seldom, to be walked through.
 */
export function largestLossMs(schedules: readonly Runs[]): number | undefined {
  const zones = new Set(schedules.map((each) => each.timeZone));
  const days = Math.max(
    zones.size > 1 ? 366 : 0,
    ...schedules.map(({ cron }) => (isDaily(cron) ? 3 : isWeekly(cron) ? 22 : 3 * 366)),
  );
  const until = WALK_FROM + days * DAY;
  const done: { readonly from: number; readonly at: number }[] = [];
  for (const { cron, takesMs, timeZone } of schedules) {
    // In one zone the changes of clocks are left out, as they are of one schedule.
    const runs = nextRuns(cron, WALK_FROM, WALK_RUNS, zones.size > 1 ? timeZone : 'UTC');
    if ((runs.at(-1) ?? 0) < until && runs.length === WALK_RUNS) return undefined;
    for (const from of runs) if (from <= until) done.push({ from, at: from + takesMs });
  }
  done.sort((one, other) => one.at - other.at);
  let newest: number | undefined;
  let worst: number | undefined;
  for (const { from, at } of done) {
    if (newest !== undefined && from > newest) worst = Math.max(worst ?? 0, at - newest);
    newest = Math.max(newest ?? from, from);
  }
  return worst;
}

/** A Sunday; that of any year does, since what is walked through repeats. */
const WALK_FROM = Date.UTC(2023, 0, 1) - MINUTE;
const WALK_RUNS = 5000;

function isDaily(cron: Cron): boolean {
  return isWeekly(cron) && cron.weekdays.length === 7;
}

function isWeekly(cron: Cron): boolean {
  return cron.months.length === 12 && cron.anyDay && cron.days.length === 31;
}

/** Days between two days that it runs on, at most. */
function largestDayGap(cron: Cron): number {
  const everyMonth = cron.months.length === 12;
  if (everyMonth && cron.anyDay && cron.anyWeekday && cron.days.length === 31 && cron.weekdays.length === 7) return 1;
  const days = everyMonth && cron.anyDay && cron.days.length === 31 ? 14 : CYCLE_YEARS * 366;
  let previous: number | undefined;
  let gap = 1;
  for (let day = 0; day < days; day++) {
    if (!runsOn(cron, day * DAY)) continue;
    if (previous !== undefined) gap = Math.max(gap, day - previous);
    previous = day;
  }
  return gap;
}

/** Whether it runs on the day that starts at `day`, local time as if it were UTC. */
function runsOn(cron: Cron, day: number): boolean {
  const date = new Date(day);
  if (!cron.months.includes(date.getUTCMonth() + 1)) return false;
  const byDay = cron.days.includes(date.getUTCDate());
  const byWeekday = cron.weekdays.includes(date.getUTCDay());
  return cron.anyDay || cron.anyWeekday ? byDay && byWeekday : byDay || byWeekday;
}

type Offset = (at: number) => number;

function utcOf(local: number, zone: Offset | undefined): number | undefined {
  if (!zone) return local;
  for (const guess of [local - zone(local - DAY), local - zone(local), local - zone(local + DAY)]) {
    if (guess + zone(guess) === local) return guess;
  }
  return undefined;
}

/** The zone's offset from UTC at a moment, milliseconds. */
function zoneOf(timeZone: string): Offset {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
    const seen = Date.UTC(
      part['year'] ?? 0,
      (part['month'] ?? 1) - 1,
      part['day'],
      part['hour'],
      part['minute'],
      part['second'],
    );
    return seen - Math.floor(at / 1000) * 1000;
  };
}

/** Whether the platform knows the time zone. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
