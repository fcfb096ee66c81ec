/** Every rule that a check runs, and the way to one by its id, which refuses unknown ids and lists the known ones. */
import { EVIDENCE_RULES } from './evidence/table.ts';
import { POLICY_RULES } from './policy/table.ts';
import { PRACTICE_RULES } from './practice/table.ts';
import { REFERENCE_RULES } from './reference/table.ts';
import type { Rule } from './rule.ts';

export const RULES: readonly Rule[] = [...REFERENCE_RULES, ...POLICY_RULES, ...PRACTICE_RULES, ...EVIDENCE_RULES];

/** The rule of that id. @throws RangeError that names the id and lists the known ones. */
export function ruleById(id: string): Rule {
  const found = RULES.find((rule) => rule.id === id);
  if (found) return found;
  throw new RangeError(`There is no rule "${id}"; the rules are ${RULES.map((rule) => rule.id).join(', ')}.`);
}
