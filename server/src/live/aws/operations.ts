/** Every AWS operation that a reader can send, with the IAM action it needs: a literal list, all of it read-only. */

/** `service:Operation` → IAM action. What isn't here can't be sent. */
export const OPERATIONS = {
  'sts:GetCallerIdentity': 'sts:GetCallerIdentity',
  's3:ListBuckets': 's3:ListAllMyBuckets',
  's3:HeadBucket': 's3:ListBucket',
  's3:GetBucketVersioning': 's3:GetBucketVersioning',
  's3:GetObjectLockConfiguration': 's3:GetBucketObjectLockConfiguration',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:GetBucketLifecycleConfiguration': 's3:GetLifecycleConfiguration',
  's3:GetBucketReplication': 's3:GetReplicationConfiguration',
  's3control:GetPublicAccessBlock': 's3:GetAccountPublicAccessBlock',
  'iam:ListRoles': 'iam:ListRoles',
  'iam:GetRole': 'iam:GetRole',
  'iam:ListRolePolicies': 'iam:ListRolePolicies',
  'iam:GetRolePolicy': 'iam:GetRolePolicy',
  'iam:ListAttachedRolePolicies': 'iam:ListAttachedRolePolicies',
  'iam:GetPolicy': 'iam:GetPolicy',
  'iam:GetPolicyVersion': 'iam:GetPolicyVersion',
  'iam:GetAccountAuthorizationDetails': 'iam:GetAccountAuthorizationDetails',
  'iam:SimulatePrincipalPolicy': 'iam:SimulatePrincipalPolicy',
  'rds:DescribeDBInstances': 'rds:DescribeDBInstances',
  'rds:DescribeDBInstanceAutomatedBackups': 'rds:DescribeDBInstanceAutomatedBackups',
  'rds:DescribeDBClusters': 'rds:DescribeDBClusters',
  'rds:DescribeDBSnapshots': 'rds:DescribeDBSnapshots',
  'rds:DescribeDBClusterSnapshots': 'rds:DescribeDBClusterSnapshots',
  'rds:DescribeDBEngineVersions': 'rds:DescribeDBEngineVersions',
  'rds:DescribeDBMajorEngineVersions': 'rds:DescribeDBMajorEngineVersions',
  'backup:DescribeBackupVault': 'backup:DescribeBackupVault',
  'backup:ListRecoveryPointsByBackupVault': 'backup:ListRecoveryPointsByBackupVault',
  'kms:DescribeKey': 'kms:DescribeKey',
  'kms:GetKeyRotationStatus': 'kms:GetKeyRotationStatus',
  'dynamodb:ListTables': 'dynamodb:ListTables',
  'dynamodb:DescribeTable': 'dynamodb:DescribeTable',
  'dynamodb:DescribeContinuousBackups': 'dynamodb:DescribeContinuousBackups',
  'dynamodb:DescribeTimeToLive': 'dynamodb:DescribeTimeToLive',
  'dynamodb:ListTagsOfResource': 'dynamodb:ListTagsOfResource',
  'secretsmanager:DescribeSecret': 'secretsmanager:DescribeSecret',
  'cloudwatch:DescribeAlarms': 'cloudwatch:DescribeAlarms',
} as const;

export type Operation = keyof typeof OPERATIONS;
export type ServiceName =
  'sts' | 's3' | 's3control' | 'iam' | 'rds' | 'backup' | 'kms' | 'dynamodb' | 'secretsmanager' | 'cloudwatch';

export function serviceOf(operation: Operation): ServiceName {
  return operation.slice(0, operation.indexOf(':')) as ServiceName;
}

/** The calls a second that each API takes without complaint; a bucket a service, account and region. */
export const CALLS_PER_SECOND: Readonly<Record<ServiceName, number>> = {
  sts: 20,
  s3: 50,
  s3control: 10,
  iam: 15,
  rds: 20,
  backup: 10,
  kms: 50,
  dynamodb: 10,
  secretsmanager: 20,
  cloudwatch: 9,
};
