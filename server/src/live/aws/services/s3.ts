/** S3: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  S3Client,
  ListBucketsCommand,
  HeadBucketCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetBucketEncryptionCommand,
  GetPublicAccessBlockCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketReplicationCommand,
  type S3ClientConfig,
  type ListBucketsCommandInput,
  type ListBucketsCommandOutput,
  type HeadBucketCommandInput,
  type HeadBucketCommandOutput,
  type GetBucketVersioningCommandInput,
  type GetBucketVersioningCommandOutput,
  type GetObjectLockConfigurationCommandInput,
  type GetObjectLockConfigurationCommandOutput,
  type GetBucketEncryptionCommandInput,
  type GetBucketEncryptionCommandOutput,
  type GetPublicAccessBlockCommandInput,
  type GetPublicAccessBlockCommandOutput,
  type GetBucketLifecycleConfigurationCommandInput,
  type GetBucketLifecycleConfigurationCommandOutput,
  type GetBucketReplicationCommandInput,
  type GetBucketReplicationCommandOutput,
} from '@aws-sdk/client-s3';

export function client(config: S3ClientConfig): S3Client {
  // Path style answers for every bucket name and every S3-compatible store; checksums only where the service insists.
  return new S3Client({
    ...config,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

export const commands = {
  ListBuckets: ListBucketsCommand,
  HeadBucket: HeadBucketCommand,
  GetBucketVersioning: GetBucketVersioningCommand,
  GetObjectLockConfiguration: GetObjectLockConfigurationCommand,
  GetBucketEncryption: GetBucketEncryptionCommand,
  GetPublicAccessBlock: GetPublicAccessBlockCommand,
  GetBucketLifecycleConfiguration: GetBucketLifecycleConfigurationCommand,
  GetBucketReplication: GetBucketReplicationCommand,
};

export interface Calls {
  's3:ListBuckets': [ListBucketsCommandInput, ListBucketsCommandOutput];
  's3:HeadBucket': [HeadBucketCommandInput, HeadBucketCommandOutput];
  's3:GetBucketVersioning': [GetBucketVersioningCommandInput, GetBucketVersioningCommandOutput];
  's3:GetObjectLockConfiguration': [GetObjectLockConfigurationCommandInput, GetObjectLockConfigurationCommandOutput];
  's3:GetBucketEncryption': [GetBucketEncryptionCommandInput, GetBucketEncryptionCommandOutput];
  's3:GetPublicAccessBlock': [GetPublicAccessBlockCommandInput, GetPublicAccessBlockCommandOutput];
  's3:GetBucketLifecycleConfiguration': [
    GetBucketLifecycleConfigurationCommandInput,
    GetBucketLifecycleConfigurationCommandOutput,
  ];
  's3:GetBucketReplication': [GetBucketReplicationCommandInput, GetBucketReplicationCommandOutput];
}
