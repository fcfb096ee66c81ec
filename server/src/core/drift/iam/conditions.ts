/** IAM conditions as far as they can be decided from what is known; the rest is `maybe`. */
import { entriesOf, listOf, textOf } from '../expected.ts';
import { wildcard } from './wildcard.ts';

export type Decision = 'yes' | 'no' | 'maybe';

const OPERATORS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  stringequals: (value, wanted) => value === wanted,
  stringequalsignorecase: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  stringlike: (value, wanted) => wildcard(wanted, value),
  arnequals: (value, wanted) => wildcard(wanted, value),
  arnlike: (value, wanted) => wildcard(wanted, value),
  bool: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
};
const NEGATED: Readonly<Record<string, string>> = {
  stringnotequals: 'stringequals',
  stringnotequalsignorecase: 'stringequalsignorecase',
  stringnotlike: 'stringlike',
  arnnotequals: 'arnequals',
  arnnotlike: 'arnlike',
};

/** All blocks must hold. A key whose value isn't known, or an operator that isn't, leaves it `maybe`. */
export function decideConditions(
  blocks: readonly (readonly [string, unknown])[],
  keys: Readonly<Record<string, string>>,
): Decision {
  let decision: Decision = 'yes';
  for (const [operator, tests] of blocks) {
    for (const [key, wanted] of entriesOf(tests)) {
      const here = decideOne(operator.toLowerCase(), key.toLowerCase(), wanted, keys);
      if (here === 'no') return 'no';
      if (here === 'maybe') decision = 'maybe';
    }
  }
  return decision;
}

function decideOne(operator: string, key: string, wanted: unknown, keys: Readonly<Record<string, string>>): Decision {
  const base = operator.replace(/ifexists$/, '');
  const value = keys[key];
  if (value === undefined || base.includes(':') || base === 'null') return 'maybe';
  const texts = listOf(wanted).map((each) => textOf(each) ?? String(each));
  if (texts.some((text) => text.includes('${'))) return 'maybe';
  const test = OPERATORS[NEGATED[base] ?? base];
  if (!test) return 'maybe';
  const any = texts.some((text) => test(value, text));
  return any !== base in NEGATED ? 'yes' : 'no';
}
