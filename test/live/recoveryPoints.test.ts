/** Recovery points by the page, which the emulated AWS doesn't have: a vault that isn't read to its end isn't judged. */
import assert from 'node:assert/strict';
import type { Target } from '../../server/src/live/aws/awsReader.ts';
import { recoveryPointsReader } from '../../server/src/live/aws/readers/backup.ts';

const REQUEST = {
  kind: 'aws/recovery-points',
  id: 'safe',
  region: 'eu-west-1',
  environment: 'production',
  facts: ['points'],
} as const;

/** A vault of so many pages of one point each. */
function vaultOf(pages: number): Target {
  const call = async (operation: string, input: { NextToken?: string }): Promise<unknown> => {
    if (operation === 'backup:DescribeBackupVault') return await Promise.resolve({ BackupVaultName: 'safe' });
    const page = Number(input.NextToken ?? 1);
    return {
      RecoveryPoints: [{ RecoveryPointArn: `arn:aws:backup:eu-west-1:123456789012:recovery-point:${page}` }],
      ...(page < pages ? { NextToken: String(page + 1) } : {}),
    };
  };
  return {
    accountId: '123456789012',
    accountAlias: 'prod',
    region: 'eu-west-1',
    simulate: false,
    now: 0,
    call: call as Target['call'],
  };
}

describe('recovery points', () => {
  it('are read to their end', async () => {
    const [answer] = await recoveryPointsReader.look([REQUEST], vaultOf(10), false);
    assert.ok(answer?.state === 'found');
    const points = answer.facts['points'];
    assert.ok(points && 'value' in points);
    assert.equal((points.value as readonly unknown[]).length, 10);
  });

  it('are unknown where there are more than are read', async () => {
    const [answer] = await recoveryPointsReader.look([REQUEST], vaultOf(11), false);
    assert.ok(answer?.state === 'found');
    const points = answer.facts['points'];
    assert.ok(points && 'unknown' in points);
    assert.equal(points.unknown.reason, 'undecided');
    assert.match(points.unknown.detail, /safe holds more than 10 recovery points/);
  });
});
