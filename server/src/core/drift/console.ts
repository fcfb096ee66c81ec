/** Where a resource is shown in the provider's console. */
import type { ResourceRef } from '../finding.ts';
import { nameOf } from './kinds/aws/arn.ts';

type Page = (id: string, region: string) => string;
const inRegion = (region: string, path: string): string => `https://${region}.console.aws.amazon.com/${path}`;

const PAGES: Readonly<Record<string, Page>> = {
  'aws/s3-bucket': (id, region) => `https://s3.console.aws.amazon.com/s3/buckets/${id}?region=${region}`,
  'aws/iam-role': (id) => `https://console.aws.amazon.com/iam/home#/roles/details/${id}`,
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
  return page(encodeURIComponent(nameOf(resource.id)), encodeURIComponent(resource.region ?? ''));
}
