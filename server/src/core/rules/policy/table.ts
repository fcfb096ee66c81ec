/** The policy rules: what the policy that applies asks of a runbook. Adding one is a file, a row here, a fixture and a page. */
import type { Rule } from '../rule.ts';

export const POLICY_RULES: readonly Rule[] = [];
