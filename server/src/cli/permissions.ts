/** Planned calls → the least that must be granted: an IAM policy an account, and what databases need. */
import type { PlannedCall } from '../core/drift/observation.ts';
import { OPERATIONS } from '../live/aws/operations.ts';

/** Text for people, or one JSON object with a policy document an account. */
export function permissionsOf(calls: readonly PlannedCall[], asJson: boolean): string {
  const accounts = new Map<string, Set<string>>();
  const others = new Set<string>();
  for (const { call, account } of calls) {
    const action = actionOf(call);
    if (action === undefined) others.add(call);
    else accounts.set(account ?? 'default', (accounts.get(account ?? 'default') ?? new Set()).add(action));
  }
  const policies = Object.fromEntries(
    [...accounts].sort().map(([account, actions]) => [account, policy([...actions].sort())]),
  );
  if (asJson) return `${JSON.stringify({ version: 1, aws: policies, others: [...others].sort() }, undefined, 2)}\n`;
  const blocks = Object.entries(policies).map(
    ([account, document]) =>
      `# AWS account ${account}: attach this to the role that looks.\n${JSON.stringify(document, undefined, 2)}\n`,
  );
  const databases = [...others].filter((call) => !call.startsWith('aws:')).sort();
  if (databases.length > 0) {
    blocks.push(
      `# Databases (${databases.join(', ')}): a user with no more than CONNECT and, on PostgreSQL, pg_read_all_settings.\n`,
    );
  }
  return blocks.length === 0 ? 'Nothing to look up, so nothing to grant.\n' : blocks.join('\n');
}

/** The action's name differs from the call's for a good part of S3. */
function actionOf(call: string): string | undefined {
  if (!call.startsWith('aws:')) return undefined;
  const operation = call.slice('aws:'.length);
  return Object.entries(OPERATIONS).find(([name]) => name === operation)?.[1] ?? operation;
}

function policy(actions: readonly string[]): object {
  return {
    Version: '2012-10-17',
    // List and describe calls of these services take no resource; the buckets can be narrowed by the team.
    Statement: [{ Sid: 'DrillbookReadOnly', Effect: 'Allow', Action: actions, Resource: '*' }],
  };
}
