/** What a role is asked in a simulation: the actions that the runbook relies on or forbids, on the ARNs it means. */
import { field, listOf, shown } from '../../expected.ts';
import type { SimulatedAccess } from '../../observation.ts';
import type { DriftResource } from '../../resource.ts';
import type { DriftContext } from '../kind.ts';
import { resourcesFor } from './action-arns.ts';
import { STORES } from './iam-access.ts';

/** Every pair of action and ARN that judging this role may ask for; used only where the environment opts in. */
export function restoreActions(
  resource: DriftResource,
  context: Omit<DriftContext, 'observations'>,
): readonly SimulatedAccess[] {
  if (resource.kind !== 'aws/iam-role') return [];
  const pairs = new Map<string, SimulatedAccess>();
  const add = (action: string, on: unknown): void => {
    for (const arn of resourcesFor(action, on, context))
      pairs.set(`${action} ${arn ?? '*'}`, { action, resource: arn ?? '*' });
  };
  for (const rule of listOf(resource.expect['allows'])) {
    const targets = listOf(field(rule, 'on'));
    for (const action of listOf(field(rule, 'actions'))) {
      for (const on of targets.length > 0 ? targets : [undefined]) add(shown(action), on);
    }
  }
  for (const action of listOf(resource.expect['forbids'])) {
    const service = shown(action).split(':')[0]?.toLowerCase() ?? '';
    const stores = [...context.resources.values()].filter(
      (each) => each.name !== undefined && STORES[each.kind] === service,
    );
    for (const on of stores.length > 0 ? stores.map((store) => store.name) : [undefined]) add(shown(action), on);
  }
  return [...pairs.values()];
}
