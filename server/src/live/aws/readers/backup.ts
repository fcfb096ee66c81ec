/** Reads AWS Backup: vaults with their locks, and the recovery points in a vault. */
import { nameOf, parseArn } from '../../../core/drift/kinds/aws/arn.ts';
import { CallFailure } from '../failure.ts';
import { fact, needs, whole, type Target } from '../awsReader.ts';
import type { OutputOf } from '../services.ts';
import { iso, singleReader, values } from './single.ts';

const vaultName = (id: string): string => (parseArn(id) ? nameOf(id) : id);

type Vault = OutputOf<'backup:DescribeBackupVault'>;

/**
 * A lock is compliance only once its lock date is past: until then, and with no date at all, it can be removed, which is
 * what governance means. Source: AWS Backup guide, "AWS Backup Vault Lock".
 */
function lockOf(vault: Vault, now: number): 'compliance' | 'governance' | 'none' {
  if (vault.Locked !== true) return 'none';
  return vault.LockDate !== undefined && new Date(vault.LockDate).getTime() <= now ? 'compliance' : 'governance';
}

export const backupVaultReader = singleReader({
  kind: 'aws/backup-vault',
  operation: 'backup:DescribeBackupVault',
  // The service refuses what isn't there with AccessDenied to callers that may not list; that stays unknown.
  absentCodes: ['ResourceNotFoundException'],
  details: [],
  async describe(request, target) {
    const vault = await target.call('backup:DescribeBackupVault', { BackupVaultName: vaultName(request.id) });
    whole(vault.BackupVaultName ?? vault.BackupVaultArn, 'backup:DescribeBackupVault');
    return values({
      lock: lockOf(vault, target.now),
      minRetentionDays: vault.MinRetentionDays,
      maxRetentionDays: vault.MaxRetentionDays,
      kmsKey: vault.EncryptionKeyArn,
      recoveryPoints: vault.NumberOfRecoveryPoints ?? 0,
    });
  },
});

/** Pages of a thousand that are read; in what order they come, the service doesn't promise. */
const MOST_PAGES = 10;

/**
 * All points of a vault.
 * @throws CallFailure where there are more than are read: of a part, neither the newest nor an absence can be told.
 */
async function points(vault: string, target: Target): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await target.call('backup:ListRecoveryPointsByBackupVault', {
      BackupVaultName: vault,
      MaxResults: 1000,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    for (const point of whole(answer.RecoveryPoints, 'backup:ListRecoveryPointsByBackupVault')) {
      const deleteAt = point.CalculatedLifecycle?.DeleteAt;
      found.push({
        arn: point.RecoveryPointArn ?? '',
        resource: point.ResourceArn ?? '',
        status: point.Status ?? '',
        createdAt: iso(point.CreationDate),
        ...(deleteAt === undefined ? {} : { deleteAt: iso(deleteAt) }),
      });
    }
    token = answer.NextToken;
    if (token === undefined) return found;
  }
  const detail = `${vault} holds more than ${found.length.toLocaleString('en')} recovery points, and no more of them were read`;
  throw new CallFailure({ reason: 'undecided', detail }, 'TooMany', undefined);
}

export const recoveryPointsReader = singleReader({
  kind: 'aws/recovery-points',
  operation: 'backup:DescribeBackupVault',
  absentCodes: ['ResourceNotFoundException'],
  details: [{ operation: 'backup:ListRecoveryPointsByBackupVault', facts: ['points'] }],
  async describe(request, target) {
    const name = vaultName(request.id);
    const vault = await target.call('backup:DescribeBackupVault', { BackupVaultName: name });
    whole(vault.BackupVaultName ?? vault.BackupVaultArn, 'backup:DescribeBackupVault');
    const found = values({ count: vault.NumberOfRecoveryPoints ?? 0 });
    if (needs(request, 'points')) found['points'] = await fact(async () => await points(name, target));
    return found;
  },
});
