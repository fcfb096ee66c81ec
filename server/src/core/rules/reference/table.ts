/** The reference rules: every name that a document uses has to mean something, and one thing only. */
import type { Rule } from '../rule.ts';

export const REFERENCE_RULES: readonly Rule[] = [];
