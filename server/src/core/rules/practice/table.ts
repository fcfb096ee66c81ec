/** The practice rules: the anti-patterns of recovery, each an opinion that a policy can set or switch off. */
import type { Rule } from '../rule.ts';

export const PRACTICE_RULES: readonly Rule[] = [];
