/** Which accounts are to be granted AWS Pricing: those whose dry runs would ask it. */
import assert from 'node:assert/strict';
import { pricedAccounts } from '../../../server/src/core/recovery/pricedAccounts.ts';
import { permissionsFor } from '../../../server/src/live/permissions.ts';
import { workspaceOf } from '../../support/workspaces.ts';

const runbook = (budget: string): string => `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders }
resources: { vault: { kind: aws/s3-bucket, id: vault, region: eu-west-1, account: backup } }
backups: { nightly: { tool: files, in: { bucket: vault }, schedule: "0 2 * * *" } }
restore: { rpo: 24h, rto: 1h, ${budget} }
dryRuns: { orders: { backup: nightly, checks: [] } }
`;
const environment = (prices = ''): string => `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
aws: { accounts: { backup: { id: "210987654321" } }, regions: [eu-west-1] }
${prices}`;

describe('accounts that AWS Pricing is asked from', () => {
  const granted = (budget: string, prices?: string): unknown => {
    const workspace = workspaceOf({ 'a.runbook.yaml': runbook(budget), 'e.environment.yaml': environment(prices) });
    const priced = workspace.entries.flatMap((entry) => pricedAccounts(entry, workspace));
    return permissionsFor([], [], priced).aws.map(({ account, accountId, policy }) => [
      account,
      accountId,
      policy.Statement.map(({ Action, Resource }) => [Action, Resource]),
    ]);
  };

  it('are those of the backups of a runbook with a budget of money, and of no other', () => {
    assert.deepEqual(granted('budget: { cost: 5 USD }'), [
      ['backup', '210987654321', [[['pricing:GetProducts'], ['*']]]],
    ]);
    assert.deepEqual(granted('budget: { effort: 1h }'), []);
    const prices = 'prices: { "s3:GetObject per 1000": 0.0004 USD, "egress per GiB": 0.09 USD }\n';
    assert.deepEqual(granted('budget: { cost: 5 USD }', prices), []);
  });
});
