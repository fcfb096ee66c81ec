/** A duration in words, in the form that is read: `35 days` is `35d`, `an hour and a half` is not guessed at. */
import { parseDuration } from './duration.ts';

const UNITS: Readonly<Record<string, string>> = {
  s: 's',
  sec: 's',
  second: 's',
  m: 'm',
  min: 'm',
  minute: 'm',
  h: 'h',
  hr: 'h',
  hour: 'h',
  d: 'd',
  day: 'd',
  w: 'w',
  wk: 'w',
  week: 'w',
  mo: 'mo',
  mon: 'mo',
  month: 'mo',
  y: 'y',
  yr: 'y',
  year: 'y',
};
const WORDS: Readonly<Record<string, string>> = {
  hourly: '1h',
  daily: '1d',
  nightly: '1d',
  weekly: '1w',
  monthly: '1mo',
  quarterly: '3mo',
  yearly: '1y',
  annually: '1y',
};

const NUMBERS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const HALVES: Readonly<Record<string, string>> = { minute: '30s', hour: '30m', day: '12h', year: '6mo' };

/** A whole number in a word; undefined for any other word. */
export function numberMeant(word: string): number | undefined {
  const index = NUMBERS.indexOf(word.trim().toLowerCase());
  return index < 0 ? undefined : index + 1;
}

/** Undefined where it can't be told for certain. */
export function durationMeant(text: string): string | undefined {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/\band\b|,/gu, ' ')
    .replace(/^(?:every\s+)?(?:an?|one)\s+(?=[a-z])|^every\s+(?=[a-z])/u, '1 ')
    .replace(/^every\s+/u, '')
    .replace(/\b[a-z]+(?=[\s-]+[a-z])/gu, (word) => String(numberMeant(word) ?? word));
  const half = /^half\s+(?:an?\s+)?([a-z]+)$/u.exec(words)?.[1];
  if (half !== undefined && Object.hasOwn(HALVES, half)) return HALVES[half];
  if (Object.hasOwn(WORDS, words)) return WORDS[words];
  const clock = /^(\d{1,3}):([0-5]\d):([0-5]\d)$/u.exec(words);
  if (clock) return clockDuration(clock.slice(1).map(Number));
  const parts = [...words.matchAll(/(\d+(?:\.\d+)?)[\s-]*([a-z]+)\.?/gu)];
  if (parts.length === 0 || words.replace(/(\d+(?:\.\d+)?)[\s-]*([a-z]+)\.?/gu, '').trim() !== '') return undefined;
  const joined = parts
    .map(([, amount = '', unit = '']) => {
      const singular = Object.hasOwn(UNITS, unit) ? unit : unit.replace(/s$/u, '');
      return Object.hasOwn(UNITS, singular) ? `${amount}${UNITS[singular] ?? ''}` : '?';
    })
    .join('');
  return parseDuration(joined) ? joined : undefined;
}

function clockDuration([hours = 0, minutes = 0, seconds = 0]: readonly number[]): string | undefined {
  const made = [hours > 0 && `${hours}h`, minutes > 0 && `${minutes}m`, seconds > 0 && `${seconds}s`];
  const joined = made.filter((part) => part !== false).join('');
  return joined === '' ? undefined : joined;
}
