/** The readers of AWS; one row a kind. */
import type { AwsReader } from '../awsReader.ts';
import { backupVaultReader, recoveryPointsReader } from './backup.ts';
import { cloudwatchAlarmReader } from './cloudwatch-alarm.ts';
import { dynamodbTableReader } from './dynamodb-table.ts';
import { iamRoleReader } from './iam-role.ts';
import { kmsKeyReader } from './kms-key.ts';
import { rdsClusterReader, rdsInstanceReader, rdsSnapshotReader } from './rds.ts';
import { s3BucketReader } from './s3-bucket.ts';
import { secretReader } from './secret.ts';

export const AWS_READERS: readonly AwsReader[] = [
  s3BucketReader,
  iamRoleReader,
  rdsInstanceReader,
  rdsClusterReader,
  rdsSnapshotReader,
  backupVaultReader,
  recoveryPointsReader,
  kmsKeyReader,
  dynamodbTableReader,
  secretReader,
  cloudwatchAlarmReader,
];

/** The reader of a kind, or undefined where there is none yet. */
export function awsReader(kind: string): AwsReader | undefined {
  return AWS_READERS.find((reader) => reader.kind === kind);
}
