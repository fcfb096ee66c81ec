/** Cron expressions of five fields: names, lists, ranges and steps; what is wrong with one. Times are in cronTimes.ts. */

export interface Cron {
  /** Sorted, each without doubles. */
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Days of the month, 1 to 31. */
  readonly days: readonly number[];
  /** 1 to 12. */
  readonly months: readonly number[];
  /** 0 (Sunday) to 6. */
  readonly weekdays: readonly number[];
  /** Where both are restricted either of them is enough, as in every cron. */
  readonly anyDay: boolean;
  readonly anyWeekday: boolean;
  readonly text: string;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  { name: 'weekday', least: 0, most: 7, names: WEEKDAYS },
];
const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The cron expression, or undefined where it can't be read or would never run; `cronProblem` says why. */
export function parseCron(text: string): Cron | undefined {
  const read = readCron(text);
  return typeof read === 'string' ? undefined : read;
}

/** What is wrong with a cron expression, as half a sentence; undefined where nothing is. */
export function cronProblem(text: string): string | undefined {
  const read = readCron(text);
  return typeof read === 'string' ? read : undefined;
}

function readCron(text: string): Cron | string {
  const trimmed = text.trim();
  const expanded = MACROS[trimmed.toLowerCase()] ?? trimmed;
  if (expanded.startsWith('@')) return `\`${trimmed}\` is no shorthand of cron (${Object.keys(MACROS).join(', ')})`;
  const parts = expanded.split(/\s+/);
  const count = trimmed === '' ? 0 : parts.length;
  if (count !== 5) {
    return `it has ${count} ${count === 1 ? 'field' : 'fields'}, and cron has five: minute, hour, day of the month, month, weekday`;
  }
  const values: number[][] = [];
  for (const [index, field] of FIELDS.entries()) {
    const read = readField(parts[index] ?? '', field);
    if (typeof read === 'string') return read;
    values.push(read);
  }
  const [minutes = [], hours = [], days = [], months = [], weekdaysTo7 = []] = values;
  const weekdays = weekdaysTo7.includes(7)
    ? [...new Set(weekdaysTo7.map((day) => day % 7))].sort((a, b) => a - b)
    : weekdaysTo7;
  // As in every cron: a field that begins with a star does not restrict.
  const anyDay = /^[*?]/.test(parts[2] ?? '');
  const anyWeekday = /^[*?]/.test(parts[4] ?? '');
  if (!anyDay && anyWeekday && !months.some((month) => days.some((day) => day <= (DAYS_IN_MONTH[month - 1] ?? 31)))) {
    return 'no month that it names has that day, so it never runs';
  }
  return { minutes, hours, days, months, weekdays, anyDay, anyWeekday, text: parts.join(' ') };
}

function readField(text: string, field: Field): number[] | string {
  // Most fields are a star or one number.
  if (!/[,/-]/.test(text)) {
    const ends = readRange(text, field, false);
    if (typeof ends === 'string') return ends;
    return Array.from({ length: ends[1] - ends[0] + 1 }, (_each, index) => ends[0] + index);
  }
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', stepText, ...rest] = part.split('/');
    const step = stepText === undefined ? 1 : /^\d+$/.test(stepText) ? Number(stepText) : 0;
    if (rest.length > 0 || step < 1) return `its ${field.name} \`${part}\` has a step that is no number above 0`;
    const ends = readRange(range, field, stepText !== undefined);
    if (typeof ends === 'string') return ends;
    for (let value = ends[0]; value <= ends[1]; value += step) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

function readRange(range: string, field: Field, stepped: boolean): readonly [number, number] | string {
  if (range === '*' || range === '?') return [field.least, field.name === 'weekday' ? 6 : field.most];
  const [first = '', last, ...rest] = range.split('-');
  const from = readValue(first, field);
  const to = last === undefined ? (stepped ? field.most : from) : readValue(last, field);
  if (from === undefined || to === undefined || rest.length > 0) {
    const names = field.names ? ` or ${field.names[0] ?? ''} to ${field.names.at(-1) ?? ''}` : '';
    return `its ${field.name} \`${range}\` is not ${field.least} to ${field.most}${names}`;
  }
  if (from > to && field.name === 'weekday' && to === 0) return [from, 7];
  return from > to ? `its ${field.name} \`${range}\` runs backwards` : [from, to];
}

function readValue(text: string, field: Field): number | undefined {
  const named = field.names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + field.least;
  if (!/^\d{1,2}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= field.least && value <= field.most ? value : undefined;
}

export { describeCron } from './cronWords.ts';
export { isTimeZone, largestGapMs, largestLossMs, nextRuns } from './cronTimes.ts';
