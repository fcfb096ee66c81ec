/** Makes things in the emulated AWS, as an administrator would; tests only. */
import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** moto's default account. */
export const HOME = '123456789012';
export const ADMIN: Keys = { accessKeyId: 'AKIAADMIN', secretAccessKey: 'admin' };

/** A small database as RDS is asked for one. */
export const ORDERS_INSTANCE = {
  DBInstanceIdentifier: 'orders',
  DBInstanceClass: 'db.t3.micro',
  Engine: 'postgres',
  EngineVersion: '15.4',
  AllocatedStorage: 20,
  MasterUsername: 'root',
  MasterUserPassword: 'password1',
};

/** Clients of one region, as `keys`. */
export function aws(endpoint: string, region = 'eu-west-1', keys: Keys = ADMIN) {
  const config = { endpoint, region, credentials: keys };
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    iam: new IAMClient(config),
    rds: new RDSClient(config),
    kms: new KMSClient(config),
    backup: new BackupClient(config),
    dynamodb: new DynamoDBClient(config),
    secrets: new SecretsManagerClient(config),
    cloudwatch: new CloudWatchClient(config),
    sts: new STSClient(config),
  };
}

/** Keys in another account, which moto makes when a role of it is assumed. */
export async function keysIn(endpoint: string, account: string): Promise<Keys> {
  const answer = await aws(endpoint).sts.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/admin`, RoleSessionName: 'test' }),
  );
  const found = answer.Credentials;
  if (found?.AccessKeyId === undefined || found.SecretAccessKey === undefined) throw new Error('moto gave no keys');
  return {
    accessKeyId: found.AccessKeyId,
    secretAccessKey: found.SecretAccessKey,
    ...(found.SessionToken === undefined ? {} : { sessionToken: found.SessionToken }),
  };
}

/** A trust policy for these principals. */
export function trustOf(...principals: readonly string[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: principals }, Action: 'sts:AssumeRole' }],
  });
}

export function policyOf(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** An Environment document of moto, with static keys from AK and SK. */
export function environment(endpoint: string, more = ''): string {
  return `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
aws:
  endpoint: ${endpoint}
  accounts:
    prod: { id: "${HOME}", accessKeyId: { env: AK }, secretAccessKey: { env: SK } }
  regions: [eu-west-1, eu-central-1]
${more}`;
}

/** A Runbook document with these resources, written as YAML below `resources:`. */
export function runbook(resources: string, more = ''): string {
  const indented = resources
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders }
resources:
${indented}
${more}`;
}
