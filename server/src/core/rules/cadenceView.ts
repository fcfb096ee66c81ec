/** The cadence of the runbook that a rule looks at, computed once for all rules. */
import { cadenceOf, type Cadence } from '../recovery/cadence.ts';
import type { RuleContext } from './rule.ts';
import type { RunbookView } from './runbookView.ts';

/** A memo, no state: a function of the context, which goes when it goes. */
const known = new WeakMap<RuleContext, Cadence>();

/** Where the runbook's verification stands. */
export function cadenceIn(context: RuleContext, view: RunbookView): Cadence {
  let cadence = known.get(context);
  if (!cadence) known.set(context, (cadence = cadenceOf(view.value, view.class?.value, context.evidence, context.now)));
  return cadence;
}
