/** Where a resource is shown in the provider's console. */
import type { ResourceRef } from '../finding.ts';
import { nameOf, parseArn } from './kinds/aws/arn.ts';

type Page = (id: string, region: string) => string;

/** Each partition has a console of its own. */
export function consoleHost(region: string): string {
  if (region.startsWith('us-gov-')) return 'console.amazonaws-us-gov.com';
  return region.startsWith('cn-') ? 'console.amazonaws.cn' : 'console.aws.amazon.com';
}

const inRegion = (region: string, path: string): string => `https://${region}.${consoleHost(region)}/${path}`;

const PAGES: Readonly<Record<string, Page>> = {
  'aws/s3-bucket': (id, region) => inRegion(region, `s3/buckets/${id}?region=${region}`),
  'aws/iam-role': (id, region) => `https://${consoleHost(region)}/iam/home#/roles/details/${id}`,
  'aws/rds-instance': (id, region) => inRegion(region, `rds/home?region=${region}#database:id=${id};is-cluster=false`),
  'aws/rds-cluster': (id, region) => inRegion(region, `rds/home?region=${region}#database:id=${id};is-cluster=true`),
  'aws/rds-snapshot': (id, region) => inRegion(region, `rds/home?region=${region}#db-snapshot:id=${id}`),
  'aws/backup-vault': (id, region) => inRegion(region, `backup/home?region=${region}#/backupvaults/details/${id}`),
  'aws/recovery-points': (id, region) => inRegion(region, `backup/home?region=${region}#/backupvaults/details/${id}`),
  'aws/kms-key': (id, region) => inRegion(region, `kms/home?region=${region}#/kms/keys/${id}`),
  'aws/dynamodb-table': (id, region) => inRegion(region, `dynamodbv2/home?region=${region}#table?name=${id}`),
  'aws/secret': (id, region) => inRegion(region, `secretsmanager/secret?name=${id}&region=${region}`),
  'aws/cloudwatch-alarm': (id, region) => inRegion(region, `cloudwatch/home?region=${region}#alarmsV2:alarm/${id}`),
};

/** The page of a resource; undefined where its kind has none or its region isn't known. */
export function consoleUrl(resource: ResourceRef): string | undefined {
  const page = PAGES[resource.kind];
  if (!page || (resource.region === undefined && resource.kind !== 'aws/iam-role')) return undefined;
  // A role lies in no region: its ARN tells the partition.
  const partition = parseArn(resource.id)?.partition;
  const home = partition === 'aws-us-gov' ? 'us-gov-west-1' : partition === 'aws-cn' ? 'cn-north-1' : '';
  return page(encodeURIComponent(nameOf(resource.id)), encodeURIComponent(resource.region ?? home));
}
