/** `allows`, `forbids`, and what a restore role must never be able to do: decided by simulation where opted in, else locally. */
import { field, listOf, shown, textOf } from '../../expected.ts';
import { evaluate, type Access } from '../../iam/policy.ts';
import { EXAMPLE_NAME, type DriftResource } from '../../resource.ts';
import type { DriftContext, Expectation, JudgeInput, Judgement, Verdict } from '../kind.ts';
import { undecided } from '../kind.ts';
import { eitherWay, resourcesFor } from './action-arns.ts';
import { parseArn } from './arn.ts';

/** Actions that take backups away. Source: the field's accounts of ransomware with the restore role in hand. */
const DESTROYING: Readonly<Record<string, readonly string[]>> = {
  'aws/s3-bucket': ['s3:BypassGovernanceRetention', 's3:DeleteObjectVersion'],
  'aws/backup-vault': ['backup:DeleteRecoveryPoint', 'backup:DeleteBackupVaultLockConfiguration'],
};

/** What every request of an assumed role has, or (null) never has. Source: IAM's global condition keys. */
const OF_ROLES: Readonly<Record<string, string | null>> = {
  'aws:securetransport': 'true',
  'aws:principaltype': 'AssumedRole',
  'aws:principalisawsservice': 'false',
  'aws:principalservicename': null,
  'aws:username': null,
};

/**
 * The answer for one action; `any`: of a pattern of actions, whether one of them is allowed. `seen`: what policies call what
 * was asked about.
 */
function access(
  action: string,
  resourceArn: string | undefined,
  { fact, resource, observation, context }: JudgeInput,
  any = false,
  seen = resourceArn,
): Access {
  const simulated = field(fact('simulated'), `${action} ${resourceArn ?? '*'}`);
  if (simulated === 'allowed' || simulated === 'denied' || simulated === 'not-allowed' || simulated === 'undecided')
    return simulated;
  const policies = fact('policies');
  const region = resource.region;
  const roleArn = textOf(fact('arn'));
  const asked = inPartition(seen, roleArn);
  const example = asked?.indexOf(EXAMPLE_NAME) ?? -1;
  return evaluate(
    { policies: listOf(field(policies, 'documents')), boundary: field(policies, 'boundary') },
    {
      action,
      any,
      resource: asked,
      below: example < 0 ? undefined : asked?.slice(0, example),
      keys: {
        ...OF_ROLES,
        'aws:currenttime': new Date(context.now).toISOString(),
        'aws:epochtime': String(Math.floor(context.now / 1000)),
        ...(roleArn === undefined ? {} : { 'aws:principalarn': roleArn }),
        ...(region === undefined ? {} : { 'aws:requestedregion': region }),
        ...(observation.account === undefined ? {} : { 'aws:principalaccount': observation.account }),
      },
    },
  );
}

/** The ARN in the partition of the role (`aws-cn`, `aws-us-gov`): a bucket's name alone doesn't tell it. */
function inPartition(resourceArn: string | undefined, roleArn: string | undefined): string | undefined {
  const partition = roleArn === undefined ? undefined : parseArn(roleArn)?.partition;
  return partition === undefined ? resourceArn : resourceArn?.replace(/^arn:aws:/, `arn:${partition}:`);
}

/** The ARN of a key that the runbook names by an alias, as it was seen: no policy names aliases. */
function seenKey(on: unknown, { context }: JudgeInput): string | undefined {
  const name = textOf(on) ?? '';
  const observation = context.resources.get(name)?.kind === 'aws/kms-key' ? context.observations.get(name) : undefined;
  const arn = observation?.state === 'found' ? observation.facts['arn'] : undefined;
  return arn && 'value' in arn ? textOf(arn.value) : undefined;
}

/** How sure the answer is, for the message. */
function basis({ fact }: JudgeInput): string {
  return fact('simulated') === undefined
    ? 'by its own policies; organisation, resource and key policies were not looked at'
    : 'by simulation, which leaves out trust, resource and key policies';
}

export const allows: Expectation = {
  facts: () => ['policies'],
  judge(expected, input) {
    const rules = Array.isArray(expected) ? expected : [expected];
    return rules.flatMap((rule, ruleIndex) => {
      const actions = listOf(field(rule, 'actions'));
      return actions.flatMap((each, index): Verdict[] => {
        const action = shown(each);
        const below = [
          ...(Array.isArray(expected) ? [ruleIndex] : []),
          'actions',
          ...(Array.isArray(field(rule, 'actions')) ? [index] : []),
        ];
        const targets = listOf(field(rule, 'on')).length > 0 ? listOf(field(rule, 'on')) : [undefined];
        const answers = targets.flatMap((on) => {
          const arns = resourcesFor(action, on, input.context);
          return eitherWay(
            arns,
            arns.map((arn) => access(action, arn, input, false, arn ?? seenKey(on, input))),
          );
        });
        const on = targets.map((target) => shown(target ?? 'anything')).join(', ');
        const bad = answers.find((answer) => answer === 'denied' || answer === 'not-allowed');
        if (bad !== undefined) {
          return [
            {
              code: 'drift/permission',
              message: `${input.resource.id} may not ${action} on ${on} (${bad === 'denied' ? 'explicitly denied' : 'not allowed'}, ${basis(input)}); the restore relies on it.`,
              below,
              expected: action,
              actual: bad,
            },
          ];
        }
        return answers.includes('undecided')
          ? [
              undecided(
                `Whether ${input.resource.id} may ${action} on ${on} depends on a condition or resource that can't be decided here (${basis(input)}).`,
                { below },
              ),
            ]
          : [];
      });
    });
  },
};

export const forbids: Expectation = {
  facts: () => ['policies'],
  judge(expected, input) {
    const actions = Array.isArray(expected) ? expected : [expected];
    return actions.flatMap((each, index): Verdict[] => {
      const action = shown(each);
      const below = Array.isArray(expected) ? [index] : [];
      const answer = anywhere(action, input);
      if (answer === 'allowed') {
        return [
          {
            code: 'drift/permission',
            message: `${input.resource.id} may ${action} (${basis(input)}); the runbook forbids it.`,
            below,
            expected: `not ${action}`,
            actual: 'allowed',
          },
        ];
      }
      return answer === 'undecided'
        ? [
            undecided(
              `Whether ${input.resource.id} may ${action} depends on a condition that can't be decided here (${basis(input)}).`,
              { below },
            ),
          ]
        : [];
    });
  },
};

/** The stores that hold the runbook's backups; where a tool keeps them in a place of its own, every store that is declared. */
function stores(context: Omit<DriftContext, 'observations'>): readonly DriftResource[] {
  const names = new Set(context.backups.flatMap((backup) => backup.store ?? []));
  const declared = [...context.resources.values()].filter((resource) => resource.name !== undefined);
  const named = declared.filter((resource) => names.has(resource.name ?? ''));
  return named.length > 0 ? named : declared.filter((resource) => resource.kind in DESTROYING);
}

/** The service whose actions are forbidden on what is declared of a kind, rather than on anything at all. */
export const STORES: Readonly<Record<string, string>> = {
  'aws/s3-bucket': 's3',
  'aws/backup-vault': 'backup',
  'aws/recovery-points': 'backup',
};

/** The worst answer over the stores of the runbook; without a store of that service, over anything. */
function anywhere(action: string, input: JudgeInput): Access {
  const service = action.split(':')[0]?.toLowerCase() ?? '';
  const targets = [...input.context.resources.values()].filter(
    (resource) => resource.name !== undefined && STORES[resource.kind] === service,
  );
  const arns =
    targets.length > 0 ? targets.flatMap((target) => resourcesFor(action, target.name, input.context)) : [undefined];
  const answers = arns.map((arn) => access(action, arn, input, true));
  return answers.includes('allowed') ? 'allowed' : answers.includes('undecided') ? 'undecided' : 'not-allowed';
}

/** The restore role must not be able to delete or unlock what it restores from. */
export const restoreRoleCanDestroy: Judgement = {
  facts: (resource, context) =>
    resource.name !== undefined &&
    resource.name === context.restore.role &&
    stores(context).some((store) => store.kind in DESTROYING)
      ? ['policies']
      : [],
  unknownMatters: true,
  judge(input) {
    const { resource, context } = input;
    const can = new Map<string, string[]>();
    const open = new Set<string>();
    for (const store of stores(context)) {
      for (const action of DESTROYING[store.kind] ?? []) {
        const answers = resourcesFor(action, store.name, context).map((arn) => access(action, arn, input));
        if (answers.includes('undecided')) open.add(action);
        if (answers.includes('allowed')) can.set(action, [...(can.get(action) ?? []), store.id]);
      }
    }
    if (can.size === 0 && open.size > 0) {
      const path = [...resource.path, 'id'];
      return [
        undecided(
          `Whether ${resource.id}, the restore role, may ${[...open].join(' or ')} on the stores depends on a condition that can't be decided here.`,
          { path },
        ),
      ];
    }
    if (can.size === 0) return [];
    const actions = [...can.keys()];
    const where = [...new Set([...can.values()].flat())];
    return [
      {
        code: 'drift/restore-role-can-destroy',
        message: `${resource.id}, the restore role, may ${actions.join(' and ')} on ${where.join(', ')}: whoever takes it over can take the backups away.`,
        path: [...resource.path, 'id'],
        expected: `not ${actions.join(', ')}`,
        actual: actions,
      },
    ];
  },
};
