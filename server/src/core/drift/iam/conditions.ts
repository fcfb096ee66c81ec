/** IAM conditions as far as they can be decided from what is known; the rest is `maybe`. */
import { entriesOf, listOf, textOf } from '../expected.ts';
import { wildcard } from './wildcard.ts';

export type Decision = 'yes' | 'no' | 'maybe';

/** Values of condition keys by their names in lower case; null: a request of this kind never has it. Others aren't known. */
export type KnownKeys = Readonly<Record<string, string | null>>;

type Test = (value: string, wanted: string) => boolean | undefined;

const OPERATORS: Readonly<Record<string, Test>> = {
  stringequals: (value, wanted) => value === wanted,
  stringequalsignorecase: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  stringlike: (value, wanted) => wildcard(wanted, value),
  // The two are one: each part of an ARN is matched by itself, wildcards included.
  arnequals: sameArn,
  arnlike: sameArn,
  bool: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  dateequals: (value, wanted) => ordered(value, wanted, (order) => order === 0),
  datelessthan: (value, wanted) => ordered(value, wanted, (order) => order < 0),
  datelessthanequals: (value, wanted) => ordered(value, wanted, (order) => order <= 0),
  dategreaterthan: (value, wanted) => ordered(value, wanted, (order) => order > 0),
  dategreaterthanequals: (value, wanted) => ordered(value, wanted, (order) => order >= 0),
};
const NEGATED: Readonly<Record<string, string>> = {
  stringnotequals: 'stringequals',
  stringnotequalsignorecase: 'stringequalsignorecase',
  stringnotlike: 'stringlike',
  arnnotequals: 'arnequals',
  arnnotlike: 'arnlike',
  datenotequals: 'dateequals',
};

function sameArn(value: string, wanted: string): boolean {
  const parts = (text: string): readonly string[] => {
    const all = text.split(':');
    return [...all.slice(0, 5), all.slice(5).join(':')];
  };
  const [own, pattern] = [parts(value), parts(wanted)];
  return wanted === '*' || pattern.every((each, index) => wildcard(each, own[index] ?? ''));
}

/** Moments are ISO 8601 or seconds of the epoch; undefined where one is neither. */
function ordered(value: string, wanted: string, holds: (order: number) => boolean): boolean | undefined {
  const moment = (text: string): number => (/^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text));
  const difference = moment(value) - moment(wanted);
  return Number.isNaN(difference) ? undefined : holds(difference);
}

/**
 * All blocks must hold. A key whose value isn't known, or an operator that isn't, leaves it `maybe`.
 * `variables`: `${…}` stands for a value, as in policies of 2012-10-17; in older ones it is plain text.
 */
export function decideConditions(
  blocks: readonly (readonly [string, unknown])[],
  keys: KnownKeys,
  variables = true,
): Decision {
  let decision: Decision = 'yes';
  for (const [operator, tests] of blocks) {
    for (const [key, wanted] of entriesOf(tests)) {
      const here = decideOne(operator.toLowerCase(), key.toLowerCase(), wanted, keys, variables);
      if (here === 'no') return 'no';
      if (here === 'maybe') decision = 'maybe';
    }
  }
  return decision;
}

function decideOne(operator: string, key: string, wanted: unknown, keys: KnownKeys, variables: boolean): Decision {
  const base = operator.replace(/ifexists$/, '');
  const value = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (value === undefined || base.includes(':')) return 'maybe';
  const texts = listOf(wanted).map((each) => textOf(each) ?? String(each));
  // `Null: true` asks for a key that isn't there.
  if (base === 'null') return texts.some((text) => (text.toLowerCase() === 'true') === (value === null)) ? 'yes' : 'no';
  const negated = base in NEGATED;
  const test = OPERATORS[NEGATED[base] ?? base];
  if (!test) return 'maybe';
  if (value === null) return negated || base !== operator ? 'yes' : 'no';
  if (variables && texts.some((text) => text.includes('${'))) return 'maybe';
  const answers = texts.map((text) => test(value, text));
  if (answers.includes(true)) return negated ? 'no' : 'yes';
  if (answers.includes(undefined)) return 'maybe';
  return negated ? 'yes' : 'no';
}
