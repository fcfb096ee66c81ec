/** Times in the names of backups: a pattern like `orders-%Y%m%dT%H%M%SZ.dump` becomes a reader of names. */
import { linearPattern } from '../values/linearPattern.ts';

const FIELDS: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>\\d{2})',
  d: '(?<d>\\d{2})',
  e: '\\s?(?<d>\\d{1,2})',
  j: '(?<j>\\d{3})',
  H: '(?<H>\\d{2})',
  I: '(?<I>\\d{2})',
  M: '(?<M>\\d{2})',
  S: '(?<S>\\d{2})',
  f: '(?<f>\\d{1,9})',
  N: '(?<f>\\d{1,9})',
  L: '(?<f>\\d{1,3})',
  s: '(?<s>\\d{9,11})',
  p: '(?<p>[AaPp][Mm])',
  b: '(?<b>[A-Za-z]{3})',
  h: '(?<b>[A-Za-z]{3})',
  B: '(?<b>[A-Za-z]{3,9})',
  a: '[A-Za-z]{3}',
  A: '[A-Za-z]{6,9}',
  u: '\\d',
  z: '(?<z>Z|[+-]\\d{2}:?\\d{2})',
  Z: '(?<zone>[A-Za-z]{1,5})',
};
const SHORT: Readonly<Record<string, string>> = { T: '%H:%M:%S', F: '%Y-%m-%d', D: '%m/%d/%y', R: '%H:%M' };
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * A reader for `pattern` (the conversions of strftime; `*` and `?` stand for anything within a name): milliseconds since
 * the epoch, or undefined where the name doesn't fit or its date doesn't exist. Times are UTC unless the name says otherwise.
 */
export function timeReader(pattern: string): (name: string) => number | undefined {
  const expanded = pattern.replace(/%([TFDR])/gu, (whole, letter: string) => SHORT[letter] ?? whole);
  const seen = new Set<string>();
  const again: [string, string][] = [];
  let source = '';
  for (let index = 0; index < expanded.length; index++) {
    const character = expanded.charAt(index);
    if (character === '%') {
      index += 1;
      let letter = expanded.charAt(index);
      if (letter === '-' || letter === '_') letter = expanded.charAt((index += 1));
      if (letter === '%') source += '%';
      else source += once(FIELDS[letter] ?? `%${escape(letter)}`, seen, again);
    } else if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else source += escape(character);
  }
  // With many wildcards RegExp may try so many ways that it never ends; with a few it is the quicker one.
  const few = (expanded.match(/\*|%[efNLsBAZz]/gu)?.length ?? 0) <= 2;
  const linear = linearPattern(`^${source}$`);
  const groups: (name: string) => Readonly<Record<string, string | undefined>> | undefined =
    few || 'problem' in linear ? native(source) : (name) => linear.match(name);
  return (name) => {
    const found = groups(name);
    return found === undefined || again.some(([one, other]) => found[one] !== found[other]) ? undefined : toTime(found);
  };
}

function native(source: string): (name: string) => Readonly<Record<string, string | undefined>> | undefined {
  const expression = new RegExp(`^${source}$`, 'u');
  return (name) => expression.exec(name)?.groups;
}

/** A group may be named once; what comes again must be equal. */
function once(field: string, seen: Set<string>, again: [string, string][]): string {
  const name = /\(\?<(\w+)>/u.exec(field)?.[1];
  if (name === undefined) return field;
  if (seen.has(name)) {
    const other = `${name}${again.length}_`;
    again.push([name, other]);
    return field.replace(`(?<${name}>`, `(?<${other}>`);
  }
  seen.add(name);
  return field;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
}

function toTime(found: Readonly<Record<string, string | undefined>>): number | undefined {
  if (found['s'] !== undefined) return Number(found['s']) * 1000;
  const year =
    found['Y'] === undefined ? (found['y'] === undefined ? undefined : 2000 + Number(found['y'])) : Number(found['Y']);
  if (year === undefined) return undefined;
  const named = found['b'] === undefined ? -1 : MONTHS.indexOf(found['b'].slice(0, 3).toLowerCase());
  const byDay = found['j'] !== undefined && found['m'] === undefined && named < 0;
  const month = byDay ? 0 : named >= 0 ? named : Number(found['m'] ?? 1) - 1;
  const day = byDay ? Number(found['j']) : Number(found['d'] ?? 1);
  let hour = Number(found['H'] ?? found['I'] ?? 0);
  if (found['I'] !== undefined && found['p'] !== undefined)
    hour = (hour % 12) + (found['p'].toLowerCase() === 'pm' ? 12 : 0);
  const minute = Number(found['M'] ?? 0);
  const second = Number(found['S'] ?? 0);
  const milliseconds = found['f'] === undefined ? 0 : Math.floor(Number(`0.${found['f']}`) * 1000);
  const time = Date.UTC(year, month, day, hour, minute, second, milliseconds);
  const date = new Date(time);
  if (Number.isNaN(time) || month > 11 || hour > 23 || minute > 59 || second > 60) return undefined;
  if (!byDay && (date.getUTCMonth() !== month || date.getUTCDate() !== day) && hour < 24) return undefined;
  return time - offset(found['z']);
}

function offset(zone: string | undefined): number {
  const found = zone === undefined ? null : /^([+-])(\d{2}):?(\d{2})$/u.exec(zone);
  if (!found) return 0;
  const size = (Number(found[2]) * 60 + Number(found[3])) * 60_000;
  return found[1] === '-' ? -size : size;
}
