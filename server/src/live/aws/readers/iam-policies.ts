/** The policies of one role: inline and attached ones and its boundary, as documents. */
import type { Target } from '../awsReader.ts';
import { CallFailure } from '../failure.ts';

interface WithBoundary {
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn?: string | undefined } | undefined;
}

/** What the `policies` fact holds. */
export interface RolePolicies {
  readonly documents: readonly unknown[];
  /** The boundary's document; left out where the role has none. */
  readonly boundary?: unknown;
}

/** The boundary's ARN, or `none`. */
export function boundaryOf(role: WithBoundary | undefined): string {
  return role?.PermissionsBoundary?.PermissionsBoundaryArn ?? 'none';
}

/** Policy documents come URL-encoded. */
function documentOf(text: string | undefined): unknown {
  if (text === undefined) return {};
  return JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text) as unknown;
}

async function managed(arn: string, target: Target): Promise<unknown> {
  const { Policy: policy } = await target.call('iam:GetPolicy', { PolicyArn: arn });
  const version = await target.call('iam:GetPolicyVersion', {
    PolicyArn: arn,
    VersionId: policy?.DefaultVersionId ?? 'v1',
  });
  return documentOf(version.PolicyVersion?.Document);
}

async function pages<
  Page extends { readonly IsTruncated?: boolean | undefined; readonly Marker?: string | undefined },
  Item,
>(
  ask: (marker: string | undefined) => Promise<Page>,
  items: (page: Page) => readonly Item[],
): Promise<readonly Item[]> {
  const all: Item[] = [];
  let marker: string | undefined;
  do {
    const page = await ask(marker);
    all.push(...items(page));
    marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (marker !== undefined);
  return all;
}

/** Every policy of the role. `role` is what GetRole gave; without it the role is asked for its boundary. */
export async function policiesOf(name: string, role: WithBoundary | undefined, target: Target): Promise<RolePolicies> {
  const marked = (marker: string | undefined): { RoleName: string; Marker?: string } => ({
    RoleName: name,
    ...(marker === undefined ? {} : { Marker: marker }),
  });
  const [inline, attached, boundary] = await Promise.all([
    pages(
      async (marker) => await target.call('iam:ListRolePolicies', marked(marker)),
      (page) => page.PolicyNames ?? [],
    ),
    pages(
      async (marker) => await target.call('iam:ListAttachedRolePolicies', marked(marker)),
      (page) => page.AttachedPolicies ?? [],
    ),
    role
      ? Promise.resolve(boundaryOf(role))
      : target.call('iam:GetRole', { RoleName: name }).then((answer) => boundaryOf(answer.Role)),
  ]);
  const documents = await Promise.all([
    ...inline.map(async (policy) =>
      documentOf((await target.call('iam:GetRolePolicy', { RoleName: name, PolicyName: policy })).PolicyDocument),
    ),
    ...attached.flatMap((policy) => (policy.PolicyArn === undefined ? [] : [managed(policy.PolicyArn, target)])),
  ]);
  return { documents, ...(boundary === 'none' ? {} : { boundary: await managed(boundary, target) }) };
}

/** From so many roles on the account's details are cheaper than asking each role. */
export const MANY_ROLES = 3;

/**
 * The policies of every role of the account in one paged call; policies that AWS manages are asked for once each.
 * Undefined where the call is refused: then each role is asked.
 */
export async function policiesOfAll(
  wanted: ReadonlySet<string>,
  target: Target,
): Promise<ReadonlyMap<string, RolePolicies> | undefined> {
  try {
    const all = await pages(
      async (marker) =>
        await target.call('iam:GetAccountAuthorizationDetails', {
          Filter: ['Role', 'LocalManagedPolicy'],
          MaxItems: 1000,
          ...(marker === undefined ? {} : { Marker: marker }),
        }),
      (page) => [page],
    );
    const documents = new Map<string, Promise<unknown>>();
    for (const policy of all.flatMap((page) => page.Policies ?? [])) {
      const version = policy.PolicyVersionList?.find((each) => each.IsDefaultVersion === true);
      if (policy.Arn !== undefined && version) documents.set(policy.Arn, Promise.resolve(documentOf(version.Document)));
    }
    const documentAt = async (arn: string): Promise<unknown> => {
      const known = documents.get(arn) ?? managed(arn, target);
      documents.set(arn, known);
      return await known;
    };
    const roles = all
      .flatMap((page) => page.RoleDetailList ?? [])
      .filter((role) => wanted.has((role.RoleName ?? '').toLowerCase()));
    return new Map(
      await Promise.all(
        roles.map(async (role): Promise<[string, RolePolicies]> => {
          const inline = (role.RolePolicyList ?? []).map((policy) => documentOf(policy.PolicyDocument));
          const attached = await Promise.all(
            (role.AttachedManagedPolicies ?? []).flatMap((policy) =>
              policy.PolicyArn === undefined ? [] : [documentAt(policy.PolicyArn)],
            ),
          );
          const boundary = boundaryOf(role);
          const set = {
            documents: [...inline, ...attached],
            ...(boundary === 'none' ? {} : { boundary: await documentAt(boundary) }),
          };
          return [(role.RoleName ?? '').toLowerCase(), set];
        }),
      ),
    );
  } catch (error) {
    if (error instanceof CallFailure) return undefined;
    throw error;
  }
}
