/** Amazon resource names: taken apart, and made from kind, id, region and account. */

export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** The five parts of an ARN; undefined where the text is none. */
export function parseArn(text: string): ArnParts | undefined {
  const found = /^arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|aws|):(.+)$/s.exec(text);
  if (!found) return undefined;
  const [, partition = '', service = '', region = '', account = '', resource = ''] = found;
  return { partition, service, region, account, resource };
}

/** What a resource of ours is in an ARN: its service, and its resource part, `ID` standing for the id. */
interface ArnShape {
  readonly service: string;
  readonly resource: string;
  readonly global?: boolean;
  readonly noAccount?: boolean;
}

const SHAPES: Readonly<Record<string, ArnShape>> = {
  'aws/s3-bucket': { service: 's3', resource: 'ID', global: true, noAccount: true },
  'aws/iam-role': { service: 'iam', resource: 'role/ID', global: true },
  'aws/rds-instance': { service: 'rds', resource: 'db:ID' },
  'aws/rds-cluster': { service: 'rds', resource: 'cluster:ID' },
  'aws/rds-snapshot': { service: 'rds', resource: 'snapshot:ID' },
  'aws/backup-vault': { service: 'backup', resource: 'backup-vault:ID' },
  'aws/recovery-points': { service: 'backup', resource: 'backup-vault:ID' },
  'aws/kms-key': { service: 'kms', resource: 'key/ID' },
  'aws/dynamodb-table': { service: 'dynamodb', resource: 'table/ID' },
  'aws/cloudwatch-alarm': { service: 'cloudwatch', resource: 'alarm:ID' },
};

/** Kinds whose ARN can't be told from the id: the service adds letters of its own. */
const UNTELLABLE = new Set(['aws/secret']);

export type ArnResult =
  { readonly arn: string } | { readonly lacks: 'region' | 'account' | 'look-up' } | { readonly none: true };

/** The ARN of a resource; which piece it lacks where it can't be made; `none` where kinds like this have no ARN. */
export function arnOf(resource: {
  readonly kind: string;
  readonly id: string;
  readonly region?: string | undefined;
  readonly account?: string | undefined;
}): ArnResult {
  if (resource.id.startsWith('arn:')) return { arn: resource.id };
  if (UNTELLABLE.has(resource.kind)) return { lacks: 'look-up' };
  const shape = SHAPES[resource.kind];
  if (!shape) return { none: true };
  if (!shape.global && resource.region === undefined) return { lacks: 'region' };
  if (!shape.noAccount && (resource.account === undefined || !/^\d{12}$/.test(resource.account)))
    return { lacks: 'account' };
  const id =
    resource.kind === 'aws/kms-key' && resource.id.startsWith('alias/')
      ? resource.id
      : shape.resource.replace('ID', () => resource.id);
  const region = shape.global ? '' : (resource.region ?? '');
  const account = shape.noAccount ? '' : (resource.account ?? '');
  return { arn: `arn:${partitionOf(resource.region)}:${shape.service}:${region}:${account}:${id}` };
}

function partitionOf(region: string | undefined): string {
  if (region?.startsWith('cn-')) return 'aws-cn';
  return region?.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The resource of ours that an ARN means; undefined for services that no kind stands for. */
export function resourceOfArn(
  text: string,
): { readonly kind: string; readonly id: string; readonly region?: string; readonly account?: string } | undefined {
  const parts = parseArn(text);
  if (!parts) return undefined;
  const where = {
    ...(parts.region ? { region: parts.region } : {}),
    ...(parts.account ? { account: parts.account } : {}),
  };
  const { service, resource } = parts;
  const after = (prefix: string): string | undefined =>
    resource.startsWith(prefix) ? resource.slice(prefix.length) : undefined;
  const made = (kind: string, id: string | undefined): ReturnType<typeof resourceOfArn> =>
    id ? { kind, id, ...where } : undefined;
  switch (service) {
    case 's3':
      // Access points and the like are named in a region; a bucket is not.
      if (parts.region !== '' || parts.account !== '') return undefined;
      return made('aws/s3-bucket', /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?=$|\/)/.exec(resource)?.[0]);
    case 'iam':
      return made('aws/iam-role', after('role/')?.split('/').at(-1));
    case 'rds':
      if (resource.startsWith('db:')) return made('aws/rds-instance', after('db:'));
      if (resource.startsWith('cluster:')) return made('aws/rds-cluster', after('cluster:'));
      return made('aws/rds-snapshot', after('snapshot:') ?? after('cluster-snapshot:'));
    case 'backup':
      return made('aws/backup-vault', after('backup-vault:'));
    case 'kms':
      return made('aws/kms-key', after('key/') ?? (resource.startsWith('alias/') ? resource : undefined));
    case 'dynamodb':
      return made('aws/dynamodb-table', after('table/')?.split('/')[0]);
    case 'secretsmanager':
      // Whether the last letters are the service's own can't be told, and the service takes the whole ARN.
      return made('aws/secret', after('secret:') === undefined ? undefined : text);
    case 'cloudwatch':
      return made('aws/cloudwatch-alarm', after('alarm:'));
    default:
      return undefined;
  }
}
