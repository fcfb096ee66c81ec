/** Every call of Drillbook that changes something in a cloud: each acts only on what the run itself made, by its own name. */
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { ClientSettings } from './client.ts';

/** The tag that everything made at level 4 carries; its value is the run's id. */
export const RUN_TAG = 'drillbook-run';

const OWN_NAME = /^drillbook-[0-9a-f]{10}-[0-9a-f]{6}$/u;

/** The name of something that the run makes. */
export function ownName(runId: string, unique: string): string {
  return `drillbook-${runId}-${unique}`;
}

/** The id of the run that made it. @throws StageFault for any name that no run of ours made. */
export function runOf(name: string): string {
  if (!OWN_NAME.test(name))
    throw new StageFault(
      'inconclusive',
      `${name} was not made by a dry run: it is neither made, changed nor deleted.`,
      {
        code: 'not-ours',
      },
    );
  return name.slice('drillbook-'.length, 'drillbook-'.length + 10);
}

export interface InstanceRestore {
  /** Own name of the new instance. */
  readonly name: string;
  readonly snapshot: string;
  readonly instanceClass?: string;
  readonly subnetGroup?: string;
  readonly securityGroups?: readonly string[];
}

/** Restores an RDS snapshot into a new instance that nothing outside of its network reaches. */
export async function restoreInstance(
  settings: ClientSettings,
  wanted: InstanceRestore,
  signal: AbortSignal,
): Promise<void> {
  const run = runOf(wanted.name);
  const { RDSClient, RestoreDBInstanceFromDBSnapshotCommand } = await import('@aws-sdk/client-rds');
  const client = new RDSClient(settings);
  try {
    await client.send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: wanted.name,
        DBSnapshotIdentifier: wanted.snapshot,
        PubliclyAccessible: false,
        MultiAZ: false,
        DeletionProtection: false,
        AutoMinorVersionUpgrade: false,
        CopyTagsToSnapshot: false,
        Tags: [{ Key: RUN_TAG, Value: run }],
        ...(wanted.instanceClass === undefined ? {} : { DBInstanceClass: wanted.instanceClass }),
        ...(wanted.subnetGroup === undefined ? {} : { DBSubnetGroupName: wanted.subnetGroup }),
        ...(wanted.securityGroups === undefined ? {} : { VpcSecurityGroupIds: [...wanted.securityGroups] }),
      }),
      { abortSignal: signal },
    );
  } finally {
    client.destroy();
  }
}

/** Deletes an instance that a run restored, with all that came with it; no final snapshot is left. */
export async function deleteInstance(settings: ClientSettings, name: string): Promise<void> {
  runOf(name);
  const { RDSClient, DeleteDBInstanceCommand } = await import('@aws-sdk/client-rds');
  const client = new RDSClient(settings);
  try {
    await client.send(
      new DeleteDBInstanceCommand({
        DBInstanceIdentifier: name,
        SkipFinalSnapshot: true,
        DeleteAutomatedBackups: true,
      }),
    );
  } finally {
    client.destroy();
  }
}

/** Restores a table as it was at `atMs`, else at its latest point, into a new table. */
export async function restoreTable(
  settings: ClientSettings,
  wanted: { readonly name: string; readonly source: string; readonly atMs?: number },
  signal: AbortSignal,
): Promise<void> {
  runOf(wanted.name);
  const { DynamoDBClient, RestoreTableToPointInTimeCommand } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(settings);
  try {
    await client.send(
      new RestoreTableToPointInTimeCommand({
        SourceTableName: wanted.source,
        TargetTableName: wanted.name,
        BillingModeOverride: 'PAY_PER_REQUEST',
        ...(wanted.atMs === undefined ? { UseLatestRestorableTime: true } : { RestoreDateTime: new Date(wanted.atMs) }),
      }),
      { abortSignal: signal },
    );
  } finally {
    client.destroy();
  }
}

/** Deletes a table that a run restored. */
export async function deleteTable(settings: ClientSettings, name: string): Promise<void> {
  runOf(name);
  const { DynamoDBClient, DeleteTableCommand } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(settings);
  try {
    await client.send(new DeleteTableCommand({ TableName: name }));
  } finally {
    client.destroy();
  }
}

export interface PointRestore extends Omit<InstanceRestore, 'snapshot'> {
  readonly service: 'rds' | 'dynamodb';
  /** ARN of the recovery point. */
  readonly point: string;
  readonly vault: string;
  /** ARN of the role that AWS Backup restores with. */
  readonly role: string;
}

/** Lets AWS Backup restore a recovery point into a new instance or table; the id of its job. */
export async function startRestoreJob(
  settings: ClientSettings,
  wanted: PointRestore,
  signal: AbortSignal,
): Promise<string> {
  runOf(wanted.name);
  const { BackupClient, GetRecoveryPointRestoreMetadataCommand, StartRestoreJobCommand } =
    await import('@aws-sdk/client-backup');
  const client = new BackupClient(settings);
  try {
    const of = await client.send(
      new GetRecoveryPointRestoreMetadataCommand({
        BackupVaultName: wanted.vault,
        RecoveryPointArn: wanted.point,
      }),
      { abortSignal: signal },
    );
    const answer = await client.send(
      new StartRestoreJobCommand({
        RecoveryPointArn: wanted.point,
        IamRoleArn: wanted.role,
        ResourceType: wanted.service === 'rds' ? 'RDS' : 'DynamoDB',
        IdempotencyToken: wanted.name,
        CopySourceTagsToRestoredResource: false,
        Metadata: { ...of.RestoreMetadata, ...restoreMetadata(wanted) },
      }),
      { abortSignal: signal },
    );
    return answer.RestoreJobId ?? '';
  } finally {
    client.destroy();
  }
}

/** What is set whatever the recovery point remembers: our own name, and no way in from outside. */
function restoreMetadata(wanted: PointRestore): Record<string, string> {
  if (wanted.service === 'dynamodb') return { targetTableName: wanted.name };
  return {
    DBInstanceIdentifier: wanted.name,
    PubliclyAccessible: 'false',
    MultiAZ: 'false',
    DeletionProtection: 'false',
    AutoMinorVersionUpgrade: 'false',
    CopyTagsToSnapshot: 'false',
    ...(wanted.instanceClass === undefined ? {} : { DBInstanceClass: wanted.instanceClass }),
    ...(wanted.subnetGroup === undefined ? {} : { DBSubnetGroupName: wanted.subnetGroup }),
    ...(wanted.securityGroups === undefined ? {} : { VpcSecurityGroupIds: JSON.stringify(wanted.securityGroups) }),
  };
}
