/** A schedule as other tools and people write it, as the five fields of cron. */
import { parseCron } from './cron.ts';
import { parseDuration } from './duration.ts';
import { durationMeant } from './durationMeant.ts';

const WORDS: Readonly<Record<string, string>> = {
  hourly: '0 * * * *',
  daily: '0 0 * * *',
  nightly: '0 0 * * *',
  midnight: '0 0 * * *',
  weekly: '0 0 * * 0',
  monthly: '0 0 1 * *',
  yearly: '0 0 1 1 *',
};
const MINUTE = 60_000;

/** Undefined where it can't be told for certain. */
export function cronMeant(text: string): string | undefined {
  const word = text.trim().toLowerCase();
  const made =
    (Object.hasOwn(WORDS, word) ? WORDS[word] : undefined) ?? fieldsOf(text.trim()) ?? clockOf(word) ?? everyOf(word);
  return made !== undefined && parseCron(made) ? made : undefined;
}

/** `cron(0 3 * * ? *)` has a year at its end, and counts weekdays from 1; a Quartz line has its seconds first. */
function fieldsOf(text: string): string | undefined {
  const aws = /^cron\((.*)\)$/iu.exec(text)?.[1];
  const parts = (aws ?? text).trim().split(/\s+/u);
  const named = (fields: readonly string[]): string | undefined =>
    // What counts from 1 there counts from 0 here.
    /\d/u.test(fields[4] ?? '') ? undefined : fields.map((field) => (field === '?' ? '*' : field)).join(' ');
  if (aws !== undefined) return parts.length === 6 && parts[5] === '*' ? named(parts.slice(0, 5)) : undefined;
  const isQuartz = parts.length === 6 || (parts.length === 7 && parts[6] === '*');
  return isQuartz && parts[0] === '0' && parts.every((part) => /^[\d*?/,a-z-]+$/iu.test(part))
    ? named(parts.slice(1, 6))
    : undefined;
}

/** `*-*-* 03:00:00`, `daily at 3:30`, `03:00`: a time of every day. */
function clockOf(text: string): string | undefined {
  const match = /^(?:\*-\*-\*\s+|(?:(?:every ?day|daily|nightly)\s+)?(?:at\s+)?)(\d{1,2}):(\d\d)(?::00)?$/u.exec(text);
  return match ? `${Number(match[2])} ${Number(match[1])} * * *` : undefined;
}

/** `every 15 minutes`, `rate(1 hour)`, `1h`: what fits whole into an hour or a day. */
function everyOf(text: string): string | undefined {
  const words = text.replace(/^rate\((.*)\)$/u, '$1').replace(/^@every\s+/u, '');
  const plain = parseDuration(words) ? words : durationMeant(words);
  const minutes = (parseDuration(plain ?? '')?.ms ?? 0) / MINUTE;
  if (!Number.isInteger(minutes) || minutes < 1) return undefined;
  if (minutes < 60) return 60 % minutes === 0 ? (minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`) : undefined;
  const hours = minutes / 60;
  if (hours < 24) return 24 % hours === 0 ? (hours === 1 ? '0 * * * *' : `0 */${hours} * * *`) : undefined;
  return hours === 24 ? '0 0 * * *' : hours === 168 ? '0 0 * * 0' : undefined;
}
