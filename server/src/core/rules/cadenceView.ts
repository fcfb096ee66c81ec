/** The cadence of the runbook that a rule looks at, computed once for all rules. */
import { cadenceOf, warnBefore, type Cadence } from '../recovery/cadence.ts';
import { tellDays } from './changes.ts';
import type { RuleContext } from './rule.ts';
import type { RunbookView } from './runbookView.ts';

/** Where the runbook's verification stands. */
export function cadenceIn(context: RuleContext, view: RunbookView): Cadence {
  const known = context.memo?.get('cadence') as Cadence | undefined;
  if (known) return known;
  const cadence = cadenceOf(view.value, view.class?.value, context.evidence, context.now);
  context.memo?.set('cadence', cadence);
  for (const layer of cadence.layers) {
    if (layer.dueAt === undefined) continue;
    tellDays(context.changesAt, layer.dueAt, context.now);
    tellDays(context.changesAt, layer.dueAt - warnBefore(layer.everyMs), context.now);
  }
  return cadence;
}
