/** Typed looks into plain data of unknown shape: half-typed documents reach every rule, so nothing here ever throws. */
import { parseDuration } from '../values/duration.ts';
import { parseMoney } from '../values/money.ts';

/** A map of a document, its values unknown. */
export type Data = Readonly<Record<string, unknown>>;

const NOTHING: Data = {};
const SPACE = 0x20;
const DELETE = 0x7f;

/** Whether `value` is a map. */
export function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` as a map; anything else is an empty one. */
export function dataOf(value: unknown): Data {
  return isData(value) ? value : NOTHING;
}

/** `value` as a list; anything else is an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that is not blank; numbers, dates and the like are none. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  // Nearly every text begins with a letter or a sign: the rest is not looked at.
  const first = value.charCodeAt(0);
  return (first > SPACE && first < DELETE) || value.trim() !== '' ? value : undefined;
}

/** A text or a number as text: ids and versions that YAML read as numbers. */
export function wordOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : textOf(value);
}

/** A finite number. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The value at `path` below `value`, or undefined. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (!isData(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}

/** Names and maps of a map of maps; what is no map is left out. */
export function namedMaps(value: unknown): readonly (readonly [string, Data])[] {
  if (!isData(value)) return [];
  const found: (readonly [string, Data])[] = [];
  for (const name of Object.keys(value)) {
    const each = value[name];
    if (isData(each)) found.push([name, each]);
  }
  return found;
}

/** Milliseconds of a duration text, or undefined. */
export function durationOf(value: unknown): number | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : parseDuration(text)?.ms;
}

/** Milliseconds of a duration or of a bound like `<=5m`; undefined for anything else. */
export function boundedDurationOf(value: unknown): number | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : parseDuration(text.replace(/^\s*[<>]?=?\s*/u, ''))?.ms;
}

/** An amount of money, or undefined. */
export function moneyOf(value: unknown): { readonly amount: number; readonly currency: string } | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : parseMoney(text);
}

/** Milliseconds since the epoch of a date or time (`2026-10-02`, ISO 8601), or undefined. */
export function timeOf(value: unknown): number | undefined {
  const text = textOf(value);
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}/u.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A value as a message says it. */
export function written(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value === undefined) return 'nothing';
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
}
