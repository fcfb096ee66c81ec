/** IAM actions that runbooks speak of, by the kind of resource that they are on: what a restore needs, and what takes backups away. */

interface Actions {
  /** What a restore role is allowed. */
  readonly restores: readonly string[];
  /** What it must not be able to do. */
  readonly destroys: readonly string[];
}

const BY_KIND: Readonly<Record<string, Actions>> = {
  'aws/s3-bucket': {
    restores: [
      's3:GetObject',
      's3:GetObjectVersion',
      's3:ListBucket',
      's3:ListBucketVersions',
      's3:RestoreObject',
      's3:PutObject',
    ],
    destroys: [
      's3:BypassGovernanceRetention',
      's3:DeleteObjectVersion',
      's3:DeleteObject',
      's3:PutLifecycleConfiguration',
      's3:PutBucketVersioning',
      's3:DeleteBucket',
    ],
  },
  'aws/kms-key': {
    restores: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:CreateGrant', 'kms:DescribeKey'],
    destroys: ['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:PutKeyPolicy'],
  },
  'aws/rds-instance': {
    restores: ['rds:RestoreDBInstanceToPointInTime', 'rds:DescribeDBInstances', 'rds:ModifyDBInstance'],
    destroys: ['rds:DeleteDBInstance', 'rds:DeleteDBInstanceAutomatedBackup'],
  },
  'aws/rds-cluster': {
    restores: ['rds:RestoreDBClusterToPointInTime', 'rds:CreateDBInstance', 'rds:DescribeDBClusters'],
    destroys: ['rds:DeleteDBCluster', 'rds:DeleteDBClusterAutomatedBackup'],
  },
  'aws/rds-snapshot': {
    restores: ['rds:RestoreDBInstanceFromDBSnapshot', 'rds:DescribeDBSnapshots', 'rds:CopyDBSnapshot'],
    destroys: ['rds:DeleteDBSnapshot', 'rds:ModifyDBSnapshotAttribute'],
  },
  'aws/backup-vault': {
    restores: ['backup:StartRestoreJob', 'backup:DescribeRestoreJob', 'backup:ListRecoveryPointsByBackupVault'],
    destroys: [
      'backup:DeleteRecoveryPoint',
      'backup:DeleteBackupVaultLockConfiguration',
      'backup:UpdateRecoveryPointLifecycle',
      'backup:DeleteBackupVault',
    ],
  },
  'aws/dynamodb-table': {
    restores: ['dynamodb:RestoreTableToPointInTime', 'dynamodb:RestoreTableFromBackup', 'dynamodb:DescribeTable'],
    destroys: ['dynamodb:DeleteTable', 'dynamodb:DeleteBackup', 'dynamodb:UpdateContinuousBackups'],
  },
  'aws/secret': {
    restores: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    destroys: ['secretsmanager:DeleteSecret'],
  },
};

/** Where a list of actions is meant. */
export function actionsMeant(path: readonly (string | number)[]): 'restores' | 'destroys' | undefined {
  if (path[0] !== 'resources' || path[2] !== 'expect') return undefined;
  if (path[3] === 'forbids' && typeof path[4] === 'number' && path.length === 5) return 'destroys';
  return path[3] === 'allows' && path[5] === 'actions' && path.length === 7 ? 'restores' : undefined;
}

/** The actions that can be meant: those on `kind` first; without it, or for another, those on the kinds of `there`. */
export function actionsFor(
  what: 'restores' | 'destroys',
  kind: string | undefined,
  there: readonly string[],
): readonly { readonly action: string; readonly kind: string }[] {
  const listed = (each: string): readonly { action: string; kind: string }[] =>
    (Object.hasOwn(BY_KIND, each) ? (BY_KIND[each]?.[what] ?? []) : []).map((action) => ({ action, kind: each }));
  // What is encrypted is read with the key as well.
  const own = kind === undefined ? [] : what === 'restores' ? [kind, 'aws/kms-key'] : [kind];
  const kinds = [...new Set([...own, ...there, ...(own.length === 0 ? Object.keys(BY_KIND) : [])])];
  return kinds.flatMap(listed);
}
