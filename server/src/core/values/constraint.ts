/** Constraints: a plain value (equality) or comparisons that must all hold: `">=35"`, `">=15.2 <16"`, `"<=1h"`. */
import { parseDuration } from './duration.ts';
import { parseSize } from './size.ts';
import { compareVersions, isVersion, versionCovers } from './version.ts';

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';
/** What the operands are: decides how they are read and compared. */
export type ValueKind = 'number' | 'duration' | 'version' | 'size' | 'any';

export interface Comparison {
  readonly operator: Operator;
  /** As written, without the operator. */
  readonly operand: string;
}

export interface Constraint {
  /** True for a plain value: equality (a version then covers by segments). */
  readonly plain: boolean;
  readonly comparisons: readonly Comparison[];
}

const COMPARISON = /(<=|>=|!=|==|=|<|>)\s*([^<>=!]+?)\s*(?:,\s*)?(?=(?:<|>|!=|=|$))/y;

/**
 * Reads a constraint. A value that is no string is plain equality; a string that does not begin with an operator as well.
 * Undefined where it begins with one and can't be read, as in `">="` or `">=1 and <2"`.
 */
export function parseConstraint(value: unknown): Constraint | undefined {
  const text = typeof value === 'string' ? value.trim() : scalarText(value);
  if (text === undefined || text.length > 500) return undefined;
  if (!/^(<|>|=|!=)/.test(text)) return { plain: true, comparisons: [{ operator: '=', operand: text }] };
  const comparisons: Comparison[] = [];
  COMPARISON.lastIndex = 0;
  while (COMPARISON.lastIndex < text.length) {
    const match = COMPARISON.exec(text);
    if (!match) return undefined;
    const [, operator = '=', operand = ''] = match;
    comparisons.push({ operator: (operator === '==' ? '=' : operator) as Operator, operand });
  }
  return { plain: false, comparisons };
}

/** Whether every operand can be read as `kind`. An operand of several words is refused: `>=1 and <2` is no constraint. */
export function isConstraintOf(constraint: Constraint, kind: ValueKind): boolean {
  return constraint.comparisons.every(({ operand }) => {
    if (kind === 'any') return constraint.plain || !/\s(and|or|&&|\|\|)(\s|$)/i.test(operand);
    if (kind === 'version') return (constraint.plain && operand === '*') || isVersion(operand);
    return measure(operand, kind) !== undefined;
  });
}

/**
 * Whether `actual` satisfies the constraint, read as `kind`; undefined where one of the two can't be read so.
 * Durations and sizes may be given as numbers (milliseconds, bytes).
 */
export function satisfies(constraint: Constraint, actual: unknown, kind: ValueKind): boolean | undefined {
  let unknown = false;
  for (const comparison of constraint.comparisons) {
    const holds = compareOne(comparison, actual, kind, constraint.plain);
    if (holds === false) return false;
    if (holds === undefined) unknown = true;
  }
  return unknown ? undefined : true;
}

function compareOne(comparison: Comparison, actual: unknown, kind: ValueKind, plain: boolean): boolean | undefined {
  const { operator, operand } = comparison;
  const text = scalarText(actual);
  if (text === undefined) return undefined;
  if (kind === 'version') {
    if (plain && operand === '*') return true;
    if (operator === '=') return versionCovers(operand, text);
    if (operator === '!=') return !versionCovers(operand, text);
    // "<=15" takes 15.4 in, ">15" leaves it out: a shorter version stands for all that begin with it.
    if (versionCovers(operand, text)) return operator !== '<' && operator !== '>';
    return ordered(operator, compareVersions(text, operand));
  }
  if (kind === 'any') return compareAny(operator, text, operand);
  const left = typeof actual === 'number' ? actual : measure(text, kind);
  const right = measure(operand, kind);
  return left === undefined || right === undefined ? undefined : ordered(operator, left - right);
}

/** Numbers where both are, then durations, sizes and times, else text; order of plain text is not known. */
function compareAny(operator: Operator, left: string, right: string): boolean | undefined {
  for (const kind of ['number', 'duration', 'size'] as const) {
    const one = measure(left, kind);
    const other = measure(right, kind);
    if (one !== undefined && other !== undefined) return ordered(operator, one - other);
  }
  if (operator === '=') return left === unquoted(right);
  if (operator === '!=') return left !== unquoted(right);
  const times = [Date.parse(left), Date.parse(right)] as const;
  if (!Number.isNaN(times[0]) && !Number.isNaN(times[1])) return ordered(operator, times[0] - times[1]);
  return isVersion(left) && isVersion(right) ? ordered(operator, compareVersions(left, right)) : undefined;
}

function ordered(operator: Operator, difference: number): boolean {
  switch (operator) {
    case '=':
      return difference === 0;
    case '!=':
      return difference !== 0;
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
  }
}

function measure(text: string, kind: 'number' | 'duration' | 'size'): number | undefined {
  if (kind === 'duration') return parseDuration(text)?.ms;
  if (kind === 'size') return parseSize(text);
  const trimmed = text.trim();
  return /^[-+]?(\d+(\.\d+)?|\.\d+)(e[-+]?\d+)?$/i.test(trimmed) ? Number(trimmed) : undefined;
}

function unquoted(text: string): string {
  const match = /^(["'])(.*)\1$/.exec(text);
  return match ? (match[2] ?? '') : text;
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return value === null ? 'null' : undefined;
}

/** A constraint in words: `at least 15.2 and below 16`. */
export function describeConstraint(constraint: Constraint): string {
  const words: Readonly<Record<Operator, string>> = {
    '=': 'exactly',
    '!=': 'not',
    '<': 'below',
    '<=': 'at most',
    '>': 'above',
    '>=': 'at least',
  };
  return constraint.comparisons.map(({ operator, operand }) => `${words[operator]} ${operand}`).join(' and ');
}
