/** The least that must be granted, as text to paste: an IAM policy an account, statements for each database. */
import type { Permissions } from '../live/permissions.ts';

/** Text for people, or one JSON object with a policy document an account. */
export function permissionsText({ aws, databases }: Permissions, asJson: boolean): string {
  if (asJson) return `${JSON.stringify({ version: 1, aws, databases }, undefined, 2)}\n`;
  const blocks = [
    ...aws.map(
      ({ account, accountId, policy }) =>
        `# AWS account ${account}${accountId === undefined ? '' : ` (${accountId})`}: attach this to the role that looks.\n${JSON.stringify(policy, undefined, 2)}\n`,
    ),
    ...databases.map(
      ({ database, engine, grants }) =>
        `# ${engine} ${database}: run this as an administrator.\n${grants.length === 0 ? '# Nothing beyond the right to connect.' : grants.join('\n')}\n`,
    ),
  ];
  return blocks.length === 0 ? 'Nothing to look up, so nothing to grant.\n' : blocks.join('\n');
}
