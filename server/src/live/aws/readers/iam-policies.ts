/** The policies of one role: inline and attached ones and its boundary, as documents. */
import type { Target } from '../awsReader.ts';

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
