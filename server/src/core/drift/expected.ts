/** Judges one live value against one declared expectation: equality, or a string of comparisons that must all hold. */
import { parseDuration } from '../values/duration.ts';

/** How two values of a fact are compared. */
export type ValueKind = 'text' | 'number' | 'duration' | 'boolean';

/** `undecided` where one of the two can't be read as `kind`. */
export type Holds = 'yes' | 'no' | 'undecided';

interface Comparison {
  readonly operator: string;
  readonly operand: string;
}

const COMPARISON = /(>=|<=|!=|==|>|<|=)\s*([^<>=!]+?)\s*(?=$|[<>=!])/g;

export const DAY_MS = 86_400_000;

/** Milliseconds of a duration as people write it; undefined where it isn't one. */
export function durationMs(value: unknown): number | undefined {
  return typeof value === 'string' ? parseDuration(value)?.ms : undefined;
}

/** `36h`, `35d`, `90s`: the largest unit that says it in a whole number, else rounded to a readable one. */
export function durationText(ms: number): string {
  const rounded = ms >= 2 * DAY_MS ? DAY_MS : ms >= 7_200_000 ? 3_600_000 : ms >= 120_000 ? 60_000 : 1_000;
  const unit = rounded === DAY_MS ? 'd' : rounded === 3_600_000 ? 'h' : rounded === 60_000 ? 'm' : 's';
  return `${String(Math.round(ms / rounded))}${unit}`;
}

/** Does `actual` satisfy `expected`? Text is compared without regard to case. */
export function satisfies(expected: unknown, actual: unknown, kind: ValueKind): Holds {
  if (kind === 'boolean') {
    const wanted = asBoolean(expected);
    const live = asBoolean(actual);
    return wanted === undefined || live === undefined ? 'undecided' : wanted === live ? 'yes' : 'no';
  }
  const comparisons = comparisonsOf(expected);
  if (!comparisons) return 'undecided';
  for (const { operator, operand } of comparisons) {
    const order = compareAs(kind, operand, actual);
    if (order === undefined) return 'undecided';
    if (!orderHolds(operator, order)) return 'no';
  }
  return 'yes';
}

function comparisonsOf(expected: unknown): Comparison[] | undefined {
  if (typeof expected !== 'string' && typeof expected !== 'number' && typeof expected !== 'boolean') return undefined;
  const text = String(expected).trim();
  if (!/^(?:>=|<=|!=|==|>|<|=)/.test(text)) return [{ operator: '=', operand: text }];
  const found = [...text.matchAll(COMPARISON)];
  // What is left over, as in `>=`, must not read as "anything holds".
  if (found.length === 0 || text.replace(COMPARISON, '').trim() !== '') return undefined;
  return found.map(([, operator, operand]) => ({
    operator: operator ?? '=',
    operand: (operand ?? '').replace(/[,\s]+$/, ''),
  }));
}

/** The sign of actual − operand, or undefined where one can't be read. */
function compareAs(kind: ValueKind, operand: string, actual: unknown): number | undefined {
  if (kind === 'text') {
    const left = String(actual).toLowerCase();
    const right = operand.toLowerCase();
    return left === right ? 0 : left < right ? -1 : 1;
  }
  const wanted = kind === 'number' ? numberOf(operand) : (durationMs(operand) ?? numberOf(operand));
  const live = kind === 'number' ? numberOf(actual) : (durationMs(actual) ?? numberOf(actual));
  return wanted === undefined || live === undefined ? undefined : Math.sign(live - wanted);
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const parsed = Number(value);
  if (!Number.isNaN(parsed)) return parsed;
  // `35d` where days are counted.
  const duration = durationMs(value);
  return duration === undefined ? undefined : duration / DAY_MS;
}

function asBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = String(value).toLowerCase();
  if (['true', 'enabled', 'on', 'yes'].includes(text)) return true;
  return ['false', 'disabled', 'off', 'no', 'none'].includes(text) ? false : undefined;
}

function orderHolds(operator: string, order: number): boolean {
  switch (operator) {
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '!=':
      return order !== 0;
    default:
      return order === 0;
  }
}

/** A declared or live value as a sentence shows it. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.map(shown).join(', ');
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

/** Reads a property of plain data that may be anything. */
export function field(value: unknown, ...names: readonly string[]): unknown {
  let here = value;
  for (const name of names) {
    if (typeof here !== 'object' || here === null || Array.isArray(here)) return undefined;
    here = Object.hasOwn(here, name) ? (here as Readonly<Record<string, unknown>>)[name] : undefined;
  }
  return here;
}

/** The keys and values of plain data, nothing where it isn't a map. */
export function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** A list as it is, one value as a list of one, nothing as an empty list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}
