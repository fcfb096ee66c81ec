/** A cron expression in words, for hover and inlay hints. */
import type { Cron } from './cron.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** `every hour at minute 0`, `at 02:30 on Monday and Thursday`, `every 15 minutes`. */
export function describeCron(cron: Cron): string {
  const time = describeTime(cron);
  const day = describeDay(cron);
  const months = cron.months.length === 12 ? '' : ` in ${join(cron.months.map((month) => MONTHS[month - 1] ?? ''))}`;
  if (day === '' && months === '' && time.startsWith('at ')) return `every day ${time}`;
  return `${time}${day}${months}`;
}

function describeTime(cron: Cron): string {
  const { minutes, hours } = cron;
  const everyHour = hours.length === 24;
  if (everyHour && minutes.length === 60) return 'every minute';
  const minuteStep = evenStep(minutes, 60);
  const hourStep = evenStep(hours, 24);
  if (everyHour && minuteStep !== undefined) return `every ${minuteStep} minutes`;
  const atMinutes = minutes.length === 1 ? `minute ${minutes[0] ?? 0}` : `minutes ${join(minutes.map(String))}`;
  if (everyHour) return `every hour at ${atMinutes}`;
  if (hourStep !== undefined && minutes.length === 1) return `every ${hourStep} hours at ${atMinutes}`;
  if (minutes.length * hours.length <= 6) {
    return `at ${join(hours.flatMap((hour) => minutes.map((minute) => `${two(hour)}:${two(minute)}`)))}`;
  }
  const often =
    minutes.length === 60
      ? 'every minute'
      : minuteStep === undefined
        ? `at ${atMinutes}`
        : `every ${minuteStep} minutes`;
  return `${often} of the ${hours.length === 1 ? 'hour' : 'hours'} ${ranges(hours)}`;
}

function describeDay(cron: Cron): string {
  const parts: string[] = [];
  if (!cron.anyDay || cron.days.length < 31) parts.push(`day ${ranges(cron.days)} of the month`);
  if (!cron.anyWeekday || cron.weekdays.length < 7) {
    const workdays = cron.weekdays.join() === '1,2,3,4,5';
    parts.push(workdays ? 'weekdays' : join(cron.weekdays.map((day) => WEEKDAYS[day] ?? '')));
  }
  if (parts.length === 0) return '';
  return ` on ${parts.join(cron.anyDay || cron.anyWeekday ? ' that are ' : ' or on ')}`;
}

/** The step where the values start at 0 and part the whole evenly; undefined else. */
function evenStep(values: readonly number[], whole: number): number | undefined {
  const step = values[1];
  if (values[0] !== 0 || step === undefined || step < 2 || whole % step !== 0) return undefined;
  return values.length === whole / step && values.every((value, index) => value === index * step) ? step : undefined;
}

function ranges(values: readonly number[]): string {
  const parts: string[] = [];
  for (let index = 0; index < values.length; index++) {
    const from = values[index] ?? 0;
    let to = from;
    while (values[index + 1] === to + 1) {
      to++;
      index++;
    }
    parts.push(to > from + 1 ? `${from} to ${to}` : to > from ? `${from} and ${to}` : String(from));
  }
  return join(parts);
}

function join(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
