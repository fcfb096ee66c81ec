/** Durations as people write them: `90s`, `15m`, `24h`, `35d`, `12w`, `6mo`, `1y`, or ISO 8601 (`PT15M`). */

export interface Duration {
  /** Milliseconds; a month counts as 30 days, a year as 365. */
  readonly ms: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
  mo: 30 * DAY,
  y: 365 * DAY,
};

/** An amount of so many digits is told without rounding. */
const MOST_DIGITS = 9;
const ZERO = 0x30;
const COMPACT = /^(?:\d+(?:\.\d+)?(?:ms|mo|[smhdwy]))+$/;
const COMPACT_PART = /(\d+(?:\.\d+)?)(ms|mo|[smhdwy])/g;
const ISO =
  /^P(?!$)(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?!$)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const ISO_UNITS = [365 * DAY, 30 * DAY, 7 * DAY, DAY, HOUR, MINUTE, SECOND];

/**
 * Milliseconds of a duration, compact (`1h30m`, each unit once, largest first) or ISO 8601; undefined where it is none.
 */
export function parseDuration(text: string): Duration | undefined {
  const trimmed = text.trim();
  const one = oneAmount(trimmed);
  if (one !== undefined) return { ms: one };
  if (COMPACT.test(trimmed)) return compact(trimmed);
  const iso = ISO.exec(trimmed);
  if (!iso) return undefined;
  let ms = 0;
  ISO_UNITS.forEach((unit, index) => (ms += Number(iso[index + 1] ?? 0) * unit));
  return Number.isFinite(ms) ? { ms: Math.round(ms) } : undefined;
}

/** Milliseconds of what nearly all are, a few digits and one unit; undefined for all else, be it a duration or not. */
function oneAmount(text: string): number | undefined {
  let amount = 0;
  let index = 0;
  for (; index < text.length && index < MOST_DIGITS; index++) {
    const digit = text.charCodeAt(index) - ZERO;
    if (digit < 0 || digit > 9) break;
    amount = amount * 10 + digit;
  }
  const left = text.length - index;
  if (index === 0 || left < 1 || left > 2) return undefined;
  const unit = text.slice(index);
  return Object.hasOwn(UNITS, unit) ? amount * (UNITS[unit] ?? 0) : undefined;
}

function compact(text: string): Duration | undefined {
  let ms = 0;
  let smallest = Infinity;
  for (const [, amount, unit] of text.matchAll(COMPACT_PART)) {
    const size = UNITS[unit ?? ''] ?? 0;
    if (size >= smallest) return undefined;
    smallest = size;
    ms += Number(amount) * size;
  }
  return Number.isFinite(ms) ? { ms: Math.round(ms) } : undefined;
}

/** Compact text of a number of milliseconds, at most two units: `1h 30m`, `35d`, `850ms`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < SECOND) return `${Math.round(ms)}ms`;
  let left = ms < MINUTE ? Math.round(ms / 100) * 100 : Math.round(ms / SECOND) * SECOND;
  if (left < MINUTE) return `${left / SECOND}s`;
  const parts: string[] = [];
  for (const [name, size] of [
    ['y', 365 * DAY],
    ['d', DAY],
    ['h', HOUR],
    ['m', MINUTE],
    ['s', SECOND],
  ] as const) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count}${name}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** A duration in words: `1 hour 30 minutes`. */
export function describeDuration(ms: number): string {
  const words: Readonly<Record<string, string>> = {
    ms: 'millisecond',
    s: 'second',
    m: 'minute',
    h: 'hour',
    d: 'day',
    y: 'year',
  };
  return formatDuration(ms)
    .split(' ')
    .map((part) => {
      const [, amount = '', unit = ''] = /^(-?[\d.]+)([a-z]+)$/.exec(part) ?? [];
      return `${amount} ${words[unit] ?? unit}${amount === '1' ? '' : 's'}`;
    })
    .join(' ');
}
