/** The readers of AWS; one row a kind. */
import type { AwsReader } from '../awsReader.ts';
import { iamRoleReader } from './iam-role.ts';
import { rdsClusterReader, rdsInstanceReader, rdsSnapshotReader } from './rds.ts';
import { s3BucketReader } from './s3-bucket.ts';

export const AWS_READERS: readonly AwsReader[] = [s3BucketReader, iamRoleReader, rdsInstanceReader, rdsClusterReader, rdsSnapshotReader];

/** The reader of a kind, or undefined where there is none yet. */
export function awsReader(kind: string): AwsReader | undefined {
  return AWS_READERS.find((reader) => reader.kind === kind);
}
