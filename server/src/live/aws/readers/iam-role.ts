/** Reads roles: one list for many, one call for one; policies only where somebody asked what a role may do. */
import type { Fact, LookupRequest } from '../../../core/drift/observation.ts';
import { nameOf, parseArn } from '../../../core/drift/kinds/aws/arn.ts';
import type { Answer } from '../../reader.ts';
import {
  fact,
  FEW,
  isCode,
  needs,
  unknownOf,
  whole,
  type AwsReader,
  type PlannedOperation,
  type Target,
} from '../awsReader.ts';
import { CallFailure } from '../failure.ts';
import { boundaryOf, MANY_ROLES, policiesOf, policiesOfAll, type RolePolicies } from './iam-policies.ts';
import { simulated } from './iam-simulation.ts';

interface Role {
  readonly Arn?: string | undefined;
  readonly RoleName?: string | undefined;
  readonly AssumeRolePolicyDocument?: string | undefined;
  readonly MaxSessionDuration?: number | undefined;
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn?: string | undefined } | undefined;
}

const POLICY_FACTS = ['policies'] as const;

/** The trust policy comes URL-encoded. */
function trustOf(role: Role): unknown {
  const text = role.AssumeRolePolicyDocument ?? '{}';
  return JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text) as unknown;
}

/** Role names are unique in an account whatever their case; where an ARN is given its path must fit as well. */
function isRole(role: Role, request: LookupRequest): boolean {
  if (nameOf(request.id).toLowerCase() !== (role.RoleName ?? '').toLowerCase()) return false;
  const wanted = parseArn(request.id);
  const live = role.Arn === undefined ? undefined : parseArn(role.Arn);
  return !wanted || !live || (live.resource === wanted.resource && live.partition === wanted.partition);
}

/** Facts of a role. `complete`: it comes from GetRole, which tells its boundary; `policies` where all were read at once. */
async function answerFrom(
  role: Role,
  request: LookupRequest,
  target: Target,
  complete: boolean,
  policies?: RolePolicies,
): Promise<Answer> {
  const found: Record<string, Fact> = {
    arn: { value: role.Arn ?? 'none' },
    trust: await fact(() => Promise.resolve(trustOf(role))),
    maxSession: { value: role.MaxSessionDuration ?? 3600 },
  };
  const name = role.RoleName ?? nameOf(request.id);
  if (complete) found['boundary'] = { value: boundaryOf(role) };
  else if (needs(request, 'boundary')) {
    // The list of roles leaves boundaries out.
    found['boundary'] = await fact(async () => boundaryOf((await target.call('iam:GetRole', { RoleName: name })).Role));
  }
  if (needs(request, ...POLICY_FACTS)) {
    found['policies'] = policies
      ? { value: policies }
      : await fact(async () => await policiesOf(name, complete ? role : undefined, target));
    if (target.simulate && role.Arn !== undefined && request.simulate) {
      found['simulated'] = await fact(async () => await simulated(role.Arn ?? '', request, target));
    }
  }
  return { state: 'found', facts: found, ...accountOf(role) };
}

function accountOf(role: Role): { account?: string } {
  const account = role.Arn === undefined ? undefined : parseArn(role.Arn)?.account;
  return account === undefined || account === '' ? {} : { account };
}

async function get(request: LookupRequest, target: Target): Promise<Answer> {
  try {
    const role = whole((await target.call('iam:GetRole', { RoleName: nameOf(request.id) })).Role, 'iam:GetRole');
    if (!isRole(role, request)) return { state: 'absent' };
    return await answerFrom(role, request, target, true);
  } catch (error) {
    if (isCode(error, 'NoSuchEntity', 'NoSuchEntityException')) return { state: 'absent' };
    const unknown = unknownOf(error);
    // Some stores say no more than 404, which any wrong address says as well: their list decides.
    if (error instanceof CallFailure && error.status === 404) {
      const roles = await listRoles(target).catch((failure: unknown) => {
        unknownOf(failure);
        return undefined;
      });
      if (roles && !roles.some((role) => isRole(role, request))) return { state: 'absent' };
    }
    return { state: 'unknown', unknown };
  }
}

async function listRoles(target: Target): Promise<readonly Role[]> {
  const roles: Role[] = [];
  let marker: string | undefined;
  do {
    const page = await target.call('iam:ListRoles', {
      MaxItems: 1000,
      ...(marker === undefined ? {} : { Marker: marker }),
    });
    roles.push(...whole(page.Roles, 'iam:ListRoles'));
    marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (marker !== undefined);
  return roles;
}

export const iamRoleReader: AwsReader = {
  kind: 'aws/iam-role',
  scope: 'account',
  plan(requests) {
    const ids = requests.map((request) => request.id);
    const calls: PlannedOperation[] = [
      { operation: requests.length > 1 ? 'iam:ListRoles' : 'iam:GetRole', count: 1, serves: ids },
    ];
    const add = (operation: PlannedOperation['operation'], asking: readonly LookupRequest[]): void => {
      if (asking.length > 0)
        calls.push({ operation, count: asking.length, serves: asking.map((request) => request.id) });
    };
    const asking = requests.filter((request) => needs(request, ...POLICY_FACTS));
    const many = asking.length >= MANY_ROLES;
    if (requests.length > 1) {
      add(
        'iam:GetRole',
        requests.filter((request) => needs(request, 'boundary') || (!many && needs(request, ...POLICY_FACTS))),
      );
    }
    if (many)
      calls.push({ operation: 'iam:GetAccountAuthorizationDetails', count: 1, serves: asking.map((each) => each.id) });
    else {
      add('iam:ListRolePolicies', asking);
      add('iam:ListAttachedRolePolicies', asking);
    }
    return calls;
  },
  planAbsent: (requests, question) =>
    question === 'again' && requests.length <= FEW
      ? [{ operation: 'iam:GetRole', count: requests.length, serves: requests.map((request) => request.id) }]
      : undefined,
  async look(requests, target, again) {
    if (requests.length === 1 || (again && requests.length <= FEW))
      return await Promise.all(requests.map(async (request) => await get(request, target)));
    let roles: readonly Role[];
    try {
      roles = await listRoles(target);
    } catch (error) {
      if (!(error instanceof CallFailure) || error.unknown.reason !== 'denied') throw error;
      // Listing may be refused where single roles are not.
      return await Promise.all(requests.map(async (request) => await get(request, target)));
    }
    const asking = requests.filter((request) => needs(request, ...POLICY_FACTS));
    const wanted = new Set(asking.map((request) => nameOf(request.id).toLowerCase()));
    const policies = asking.length >= MANY_ROLES ? await policiesOfAll(wanted, target) : undefined;
    return await Promise.all(
      requests.map(async (request): Promise<Answer> => {
        const role = roles.find((each) => isRole(each, request));
        if (!role) return { state: 'absent' };
        try {
          return await answerFrom(role, request, target, false, policies?.get((role.RoleName ?? '').toLowerCase()));
        } catch (error) {
          return { state: 'unknown', unknown: unknownOf(error) };
        }
      }),
    );
  },
};
