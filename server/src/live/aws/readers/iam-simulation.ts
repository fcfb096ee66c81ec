/** Opt-in: what IAM's own simulation says a role may do. It leaves out trust, the roles' resource policies and key policies. */
import type { LookupRequest, SimulatedAccess } from '../../../core/drift/observation.ts';
import type { Access } from '../../../core/drift/iam/policy.ts';
import { chunks } from '../../reader.ts';
import type { Target } from '../awsReader.ts';

/** Answers by `action resource`, batched by the resources that share their actions. */
export async function simulated(
  roleArn: string,
  request: LookupRequest,
  target: Target,
): Promise<Readonly<Record<string, Access>>> {
  const byResource = new Map<string, SimulatedAccess[]>();
  for (const pair of request.simulate ?? [])
    byResource.set(pair.resource, [...(byResource.get(pair.resource) ?? []), pair]);
  const answers: Record<string, Access> = {};
  await Promise.all(
    [...byResource].flatMap(([resource, pairs]) =>
      chunks(pairs, 50).map(async (batch) => {
        const answer = await target.call('iam:SimulatePrincipalPolicy', {
          PolicySourceArn: roleArn,
          ActionNames: batch.map((pair) => pair.action),
          ResourceArns: [resource],
          ContextEntries: [
            {
              ContextKeyName: 'aws:RequestedRegion',
              ContextKeyType: 'string',
              ContextKeyValues: [request.region ?? target.region],
            },
          ],
        });
        for (const result of answer.EvaluationResults ?? []) {
          const specific = result.ResourceSpecificResults?.find((each) => each.EvalResourceName === resource);
          const missing = [...(result.MissingContextValues ?? []), ...(specific?.MissingContextValues ?? [])];
          answers[`${result.EvalActionName ?? ''} ${resource}`] = decision(
            specific?.EvalResourceDecision ?? result.EvalDecision,
            missing,
          );
        }
      }),
    ),
  );
  return answers;
}

function decision(said: string | undefined, missing: readonly string[]): Access {
  if (said === 'explicitDeny' && missing.length === 0) return 'denied';
  if (missing.length > 0) return 'undecided';
  if (said === 'allowed') return 'allowed';
  return said === 'explicitDeny' ? 'denied' : 'not-allowed';
}
