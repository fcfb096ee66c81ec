/** What a role is asked in a simulation: the actions that the runbook relies on or forbids, on the ARNs it means. */
import { field, listOf, shown } from '../../expected.ts';
import type { SimulatedAccess } from '../../observation.ts';
import type { DriftResource } from '../../resource.ts';
import type { DriftContext } from '../kind.ts';
import { resourcesFor } from './iam-access.ts';

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
    const buckets = [...context.resources.values()].filter(
      (each) => each.kind === 'aws/s3-bucket' && each.name !== undefined,
    );
    const asked = shown(action).toLowerCase().startsWith('s3:') && buckets.length > 0;
    for (const on of asked ? buckets.map((bucket) => bucket.name) : [undefined]) add(shown(action), on);
  }
  return [...pairs.values()];
}
