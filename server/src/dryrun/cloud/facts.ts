/** What the provider says of instances and tables, read-only: what a restore is judged by, and what is still there. */
import { nameOf } from '../stores/awsFault.ts';
import type { ClientSettings } from './client.ts';
import { RUN_TAG } from './mutations.ts';

/** A restored thing or its source, as far as the provider tells. */
export interface CloudFacts {
  /** `available` for instances, `ACTIVE` for tables, once it can be used. */
  readonly status: string;
  readonly ready: boolean;
  /** It can't become ready any more. */
  readonly broken: boolean;
  readonly engine?: string;
  readonly version?: string;
  readonly instanceClass?: string;
  readonly encrypted?: boolean;
  readonly public?: boolean;
  readonly bytes?: number;
  readonly items?: number;
  /** Key of a table, in canonical words. */
  readonly key?: string;
}

const GIB = 1024 ** 3;

/** The instance; undefined where there is none. */
export async function instanceFacts(
  settings: ClientSettings,
  name: string,
  signal?: AbortSignal,
): Promise<CloudFacts | undefined> {
  const { RDSClient, DescribeDBInstancesCommand } = await import('@aws-sdk/client-rds');
  const client = new RDSClient(settings);
  try {
    const answer = await client.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    const found = answer.DBInstances?.[0];
    if (!found) return undefined;
    const status = found.DBInstanceStatus ?? 'unknown';
    return {
      status,
      ready: status === 'available',
      broken: /^(?:failed|incompatible-|inaccessible-|restore-error|storage-full|deleting)/u.test(status),
      ...(found.Engine === undefined ? {} : { engine: found.Engine }),
      ...(found.EngineVersion === undefined ? {} : { version: found.EngineVersion }),
      ...(found.DBInstanceClass === undefined ? {} : { instanceClass: found.DBInstanceClass }),
      ...(found.StorageEncrypted === undefined ? {} : { encrypted: found.StorageEncrypted }),
      ...(found.PubliclyAccessible === undefined ? {} : { public: found.PubliclyAccessible }),
      ...(found.AllocatedStorage === undefined ? {} : { bytes: found.AllocatedStorage * GIB }),
    };
  } catch (error) {
    if (/DBInstanceNotFound/u.test(nameOf(error))) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}

/** Names of the instances that carry the tag of run `id`. */
export async function instancesOfRun(settings: ClientSettings, id: string): Promise<readonly string[]> {
  const { RDSClient, DescribeDBInstancesCommand } = await import('@aws-sdk/client-rds');
  const client = new RDSClient(settings);
  try {
    const names: string[] = [];
    let marker: string | undefined;
    do {
      const answer = await client.send(new DescribeDBInstancesCommand({ Marker: marker }));
      for (const each of answer.DBInstances ?? [])
        if (each.TagList?.some((tag) => tag.Key === RUN_TAG && tag.Value === id) === true)
          names.push(each.DBInstanceIdentifier ?? 'an instance without a name');
      marker = answer.Marker;
    } while (marker !== undefined && marker !== '');
    return names;
  } finally {
    client.destroy();
  }
}

/** The table; undefined where there is none. Of its items only the number is asked, never one of them. */
export async function tableFacts(
  settings: ClientSettings,
  name: string,
  signal?: AbortSignal,
): Promise<CloudFacts | undefined> {
  const { DynamoDBClient, DescribeTableCommand, ScanCommand } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(settings);
  const options = signal === undefined ? {} : { abortSignal: signal };
  try {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }), options);
    if (!table) return undefined;
    const status = table.TableStatus ?? 'unknown';
    const ready = status === 'ACTIVE';
    // The provider's own count is hours old, and 0 right after a restore: one page is counted instead.
    const page = ready
      ? await client.send(new ScanCommand({ TableName: name, Select: 'COUNT', Limit: 1000 }), options)
      : undefined;
    const items = Math.max(page?.Count ?? 0, table.ItemCount ?? 0);
    const keys = (table.KeySchema ?? []).map(
      (each) =>
        `${each.KeyType ?? ''} ${each.AttributeName ?? ''} ${table.AttributeDefinitions?.find((one) => one.AttributeName === each.AttributeName)?.AttributeType ?? ''}`,
    );
    return {
      status,
      ready,
      broken: /^(?:DELETING|INACCESSIBLE_ENCRYPTION_CREDENTIALS|ARCHIV)/u.test(status),
      engine: 'dynamodb',
      ...(ready ? { items } : {}),
      bytes: table.TableSizeBytes ?? 0,
      key: keys.sort().join(', '),
    };
  } catch (error) {
    if (/ResourceNotFound/u.test(nameOf(error))) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}

/** Names of the tables that run `id` made. */
export async function tablesOfRun(settings: ClientSettings, id: string): Promise<readonly string[]> {
  const { DynamoDBClient, ListTablesCommand } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(settings);
  try {
    const names: string[] = [];
    let from: string | undefined;
    do {
      const answer = await client.send(new ListTablesCommand({ ExclusiveStartTableName: from }));
      names.push(...(answer.TableNames ?? []).filter((name) => name.startsWith(`drillbook-${id}-`)));
      from = answer.LastEvaluatedTableName;
    } while (from !== undefined);
    return names;
  } finally {
    client.destroy();
  }
}
