/** The runbook gives itself longer to come back than its class does. */
import { objectiveRule } from './objective.ts';

export const rto = objectiveRule('rto', 'plan to be back in');
