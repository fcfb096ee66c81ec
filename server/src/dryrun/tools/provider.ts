/** Backups that the provider makes (RDS snapshots, AWS Backup, DynamoDB point in time): found and described, read-only. */
import type { BackupPlan, FetchedBackup, FoundBackup, RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { BackupRecord } from '../../core/recovery/record.ts';
import { asText } from '../../core/references/read.ts';
import { clientSettings } from '../cloud/client.ts';
import { restoreByProvider } from '../cloud/restore.ts';
import type { EnginePorts } from '../ports.ts';
import { openAws, type AwsAccess } from '../stores/aws.ts';
import { awsFault } from '../stores/awsFault.ts';
import type { BackupTool } from './backupTool.ts';

interface Point {
  readonly id: string;
  readonly timeMs: number;
  readonly bytes?: number;
  readonly version?: string;
  readonly encrypted?: boolean;
}

type Lister = (access: AwsAccess, backup: BackupPlan, id: string, signal: AbortSignal) => Promise<readonly Point[]>;

const GIB = 1024 ** 3;
/** Those that level 4 restores. */
const RESTORES: ReadonlySet<string> = new Set(['rds-snapshot', 'aws-backup', 'dynamodb-pitr']);

/** A tool of the provider's: level 1 finds its newest restorable point; its bytes can't be read from outside. */
function providerTool(id: string, what: string, list: Lister): BackupTool {
  const beyond = (): StageFault =>
    new StageFault(
      'inconclusive',
      `A backup of ${id} can't be read from outside the provider: run it at level 1${RESTORES.has(id) ? ', or let the provider restore it at level 4' : ''}.`,
      { code: 'unsupported' },
    );
  return {
    id,
    engines: RESTORES.has(id) ? ['cloud'] : [],
    locate: async (ports, run, backup) => await locate(ports, run, backup, id, what, list),
    fetch: (_ports, run, found): Promise<FetchedBackup> =>
      run.plan.sandbox.kind === 'cloud' && RESTORES.has(id)
        ? Promise.resolve({
            found,
            record: found.record,
            bytes: 0,
            message: 'the provider reads its backup itself while it restores it',
          })
        : Promise.reject(beyond()),
    restore: async (ports, run, fetched, sandbox) => {
      if (!RESTORES.has(id)) throw beyond();
      return await restoreByProvider(ports, run, fetched, sandbox);
    },
  };
}

async function locate(
  ports: EnginePorts,
  run: RunContext,
  backup: BackupPlan,
  tool: string,
  what: string,
  list: Lister,
): Promise<FoundBackup> {
  const { of } = backup;
  if (!of)
    throw new StageFault(
      'failed',
      `Backup "${backup.name}" of ${tool} says no resource: set "of" to what it is a backup of.`,
    );
  const access = await openAws(ports, of.access ?? {}, run.plan.role, run.plan.scenario === 'role-denied', run.signal);
  let points: readonly Point[];
  try {
    points = await list(access, backup, of.id, run.signal);
  } catch (error) {
    run.signal.throwIfAborted();
    throw awsFault(
      error,
      `${what} of ${of.id}`,
      access.assumed && run.plan.role ? { asRole: run.plan.role.arn ?? run.plan.role.name } : {},
    );
  }
  const { backupId, beforeMs, scenario } = run.plan;
  const sorted = points
    .filter(
      (point) =>
        (backupId === undefined || point.id === backupId) && (beforeMs === undefined || point.timeMs < beforeMs),
    )
    .sort((left, right) => right.timeMs - left.timeMs);
  const chosen = sorted[scenario === 'newest-missing' ? 1 : 0];
  if (!chosen)
    throw new StageFault(
      'failed',
      `No backup "${backup.name}" was found: ${of.id} has ${points.length} restorable ${what}, none fits.`,
      { code: 'no-backup' },
    );
  const record: BackupRecord = {
    name: backup.name,
    tool,
    id: chosen.id,
    uri: `${tool}:${of.id}/${chosen.id}`,
    time: new Date(chosen.timeMs).toISOString(),
    timeFrom: 'tool',
    ageMs: Math.max(0, ports.clock.now() - chosen.timeMs),
    ...(chosen.bytes === undefined ? {} : { bytes: chosen.bytes }),
    ...(chosen.version === undefined ? {} : { sourceVersion: chosen.version }),
    ...(chosen.encrypted === true ? { encryption: 'kms' } : {}),
  };
  return {
    plan: backup,
    record,
    handle: {},
    access: {
      assumed: access.assumed,
      ...(access.used === undefined ? {} : { used: access.used }),
      ...(access.why === undefined ? {} : { why: access.why }),
    },
  };
}

const listSnapshots: Lister = async (access, _backup, id, signal) => {
  const { RDSClient, DescribeDBSnapshotsCommand } = await import('@aws-sdk/client-rds');
  const client = new RDSClient(await clientSettings(access));
  try {
    const found: Point[] = [];
    let marker: string | undefined;
    do {
      const answer = await client.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: id, Marker: marker }), {
        abortSignal: signal,
      });
      for (const each of answer.DBSnapshots ?? []) {
        if (each.Status !== 'available' || each.DBSnapshotIdentifier === undefined) continue;
        found.push({
          id: each.DBSnapshotIdentifier,
          timeMs: each.SnapshotCreateTime?.getTime() ?? 0,
          ...(each.AllocatedStorage === undefined ? {} : { bytes: each.AllocatedStorage * GIB }),
          ...(each.EngineVersion === undefined ? {} : { version: each.EngineVersion }),
          encrypted: each.Encrypted === true,
        });
      }
      marker = answer.Marker;
    } while (marker !== undefined && marker !== '');
    return found;
  } finally {
    client.destroy();
  }
};

const listRecoveryPoints: Lister = async (access, backup, id, signal) => {
  const { BackupClient, ListRecoveryPointsByBackupVaultCommand } = await import('@aws-sdk/client-backup');
  const vault = asText(backup.settings['vault']);
  if (vault === undefined)
    throw new StageFault('failed', `Backup "${backup.name}" of aws-backup says no vault: set "in.vault".`);
  const client = new BackupClient(await clientSettings(access));
  try {
    const found: Point[] = [];
    let token: string | undefined;
    do {
      const answer = await client.send(
        new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName: vault, NextToken: token }),
        { abortSignal: signal },
      );
      for (const each of answer.RecoveryPoints ?? []) {
        const arn = each.ResourceArn ?? '';
        if (
          each.Status !== 'COMPLETED' ||
          each.RecoveryPointArn === undefined ||
          !(arn === id || arn.endsWith(`:${id}`) || arn.endsWith(`/${id}`))
        )
          continue;
        found.push({
          id: each.RecoveryPointArn,
          timeMs: (each.CompletionDate ?? each.CreationDate)?.getTime() ?? 0,
          ...(each.BackupSizeInBytes === undefined ? {} : { bytes: each.BackupSizeInBytes }),
          encrypted: each.IsEncrypted === true,
        });
      }
      token = answer.NextToken;
    } while (token !== undefined);
    return found;
  } finally {
    client.destroy();
  }
};

const describePointInTime: Lister = async (access, _backup, id, signal) => {
  const { DynamoDBClient, DescribeContinuousBackupsCommand } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(await clientSettings(access));
  try {
    const answer = await client.send(new DescribeContinuousBackupsCommand({ TableName: id }), { abortSignal: signal });
    const pitr = answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    if (pitr?.PointInTimeRecoveryStatus !== 'ENABLED') return [];
    const latest = pitr.LatestRestorableDateTime?.getTime();
    return latest === undefined ? [] : [{ id: new Date(latest).toISOString(), timeMs: latest }];
  } finally {
    client.destroy();
  }
};

export const rdsSnapshot = providerTool('rds-snapshot', 'snapshots', listSnapshots);
export const awsBackup = providerTool('aws-backup', 'recovery points', listRecoveryPoints);
export const dynamodbPitr = providerTool('dynamodb-pitr', 'points in time', describePointInTime);
