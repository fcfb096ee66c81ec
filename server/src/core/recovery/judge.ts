/** Judges what a check found against what the runbook expects. Pure; row values leave here only as numbers and times. */
import { asText, type PlainMap } from '../references/read.ts';
import { parseConstraint, satisfies, type ValueKind } from '../values/constraint.ts';
import { parseDuration } from '../values/duration.ts';
import { linearPattern } from '../values/linearPattern.ts';

export interface Judgement {
  readonly state: 'passed' | 'failed' | 'inconclusive';
  /** A number, a time, true, false, null, or a description without the value. */
  readonly actual: number | boolean | string | null;
  readonly message?: string;
}

export interface JudgeContext {
  readonly now: number;
  /** Time of the backup: how recent the data can be at best. */
  readonly last?: number | undefined;
}

/** What the runbook expects, in its own words. */
export function expectationOf(check: PlainMap): string {
  const parts: string[] = [];
  for (const key of ['expect', 'equals', 'matches', 'count', 'size', 'sha256'])
    if (check[key] !== undefined)
      parts.push(`${key === 'expect' ? '' : `${key} `}${asText(check[key]) ?? JSON.stringify(check[key])}`);
  if (check['newerThan'] !== undefined) parts.push(`newer than ${asText(check['newerThan']) ?? ''}`);
  if (check['notLessThan'] !== undefined) parts.push(`not less than ${asText(check['notLessThan']) ?? ''}`);
  return parts.join(', ') || 'an answer';
}

/** Judges one value (of a query, a count of files, …). `undefined` means that there was no row. */
export function judge(check: PlainMap, value: unknown, context: JudgeContext): Judgement {
  const actual = recordable(value);
  if (value === undefined) return { state: 'failed', actual: null, message: 'The query gave no row.' };
  const failures: string[] = [];
  let unknown: string | undefined;
  if (check['expect'] !== undefined) {
    const held = holds(check['expect'], value, context.now);
    if (held === undefined)
      failures.push(`${words(actual)} can't be compared with ${asText(check['expect']) ?? 'what is expected'}`);
    else if (!held) failures.push(`${words(actual)} is not ${asText(check['expect']) ?? ''}`);
  }
  if (check['equals'] !== undefined && !equal(check['equals'], value))
    failures.push(`${words(actual)} is not the value expected`);
  if (check['matches'] !== undefined) {
    const pattern = linearPattern(asText(check['matches']) ?? '');
    if ('problem' in pattern) failures.push(`${asText(check['matches']) ?? ''} ${pattern.problem}`);
    else if (!pattern.match(textOf(value)))
      failures.push(`${words(actual)} does not match ${asText(check['matches']) ?? ''}`);
  }
  if (check['newerThan'] !== undefined) {
    const limit = parseDuration(asText(check['newerThan']) ?? '')?.ms;
    const time = timeOf(value);
    if (limit === undefined) failures.push(`"${asText(check['newerThan']) ?? ''}" is no duration`);
    else if (time === undefined)
      failures.push(value === null ? 'there is no time: the answer is null' : 'the answer is no time');
    else if (context.now - time > limit)
      failures.push(`the newest is ${age(context.now - time)} old, more than ${asText(check['newerThan']) ?? ''}`);
  }
  if (check['notLessThan'] !== undefined) {
    const floor = floorOf(check['notLessThan'], context.last);
    const number = numberOf(value);
    if (floor === 'none')
      unknown = `there is no passed run before this one, so ${number ?? 'the answer'} becomes the floor`;
    else if (floor === undefined) failures.push(`"${asText(check['notLessThan']) ?? ''}" is no floor`);
    else if (number === undefined) failures.push('the answer is no number');
    else if (number < floor)
      failures.push(
        `${number} is less than ${floor}${context.last === undefined ? '' : ` (the last passed run had ${context.last})`}`,
      );
  }
  if (failures.length > 0) return { state: 'failed', actual, message: `${capital(failures.join('; '))}.` };
  return { state: 'passed', actual, ...(unknown === undefined ? {} : { message: `${capital(unknown)}.` }) };
}

/** A floor: a number, or a share of the last passed run's. `none` where there is no such run. */
function floorOf(value: unknown, last: number | undefined): number | 'none' | undefined {
  if (typeof value === 'number') return value;
  const text = asText(value)?.trim() ?? '';
  const share = /^(\d+(?:\.\d+)?)\s*%\s*of\s+last$/iu.exec(text);
  if (share) return last === undefined ? 'none' : (Number(share[1]) / 100) * last;
  if (/^last$/iu.test(text)) return last ?? 'none';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

function holds(expected: unknown, value: unknown, now: number): boolean | undefined {
  if (value === null) return expected === null || /^==?\s*null$/iu.test(asText(expected) ?? '');
  const constraint = parseConstraint(expected);
  if (!constraint) return undefined;
  if (typeof value === 'boolean')
    return (
      textOf(value) === constraint.comparisons[0]?.operand || (constraint.comparisons[0]?.operand === 't') === value
    );
  const kinds: ValueKind[] = numberOf(value) === undefined ? ['version', 'any'] : ['number', 'size', 'duration', 'any'];
  const time = numberOf(value) === undefined ? timeOf(value) : undefined;
  if (time !== undefined && constraint.comparisons.every((each) => parseDuration(each.operand) !== undefined))
    return satisfies(constraint, now - time, 'duration');
  for (const kind of kinds) {
    const answer = satisfies(constraint, numberOf(value) ?? value, kind);
    if (answer !== undefined) return answer;
  }
  return constraint.plain ? constraint.comparisons[0]?.operand === textOf(value) : undefined;
}

function equal(expected: unknown, value: unknown): boolean {
  if (expected === null || value === null) return expected === value;
  if (typeof expected === 'number') return numberOf(value) === expected;
  if (typeof expected === 'boolean') return value === expected || textOf(value) === String(expected);
  const text = asText(expected) ?? '';
  if (textOf(value) === text) return true;
  const time = timeOf(value);
  return time !== undefined && value instanceof Date && Date.parse(text) === time;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/iu.test(value)) return Number(value);
  return undefined;
}

/** Milliseconds since the epoch; a time without a zone is UTC. */
function timeOf(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}/u.test(value)) return undefined;
  const iso = value
    .trim()
    .replace(' ', 'T')
    .replace(/([+-]\d{2})$/u, '$1:00');
  const ms = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/u.test(iso) || !iso.includes('T') ? iso : `${iso}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** What may be written down of a value. */
function recordable(value: unknown): number | boolean | string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  const number = numberOf(value);
  if (number !== undefined) return number;
  const time = timeOf(value);
  if (time !== undefined) return new Date(time).toISOString();
  return `(text of ${textOf(value).length} characters)`;
}

function words(actual: number | boolean | string | null): string {
  return actual === null
    ? 'null'
    : typeof actual === 'string' && actual.startsWith('(')
      ? 'the answer'
      : String(actual);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

function age(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(ms / 3_600_000);
  return hours < 72 ? `${hours} h` : `${Math.round(ms / 86_400_000)} d`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
