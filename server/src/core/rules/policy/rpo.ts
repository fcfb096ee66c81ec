/** The runbook allows itself to lose more than its class does. */
import { objectiveRule } from './objective.ts';

export const rpo = objectiveRule('rpo', 'back up so often that no more is lost than');
