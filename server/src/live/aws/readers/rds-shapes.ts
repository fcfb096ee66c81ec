/** RDS instances, clusters and snapshots as the service describes them: how each is asked, and its facts. */
import type { Fact } from '../../../core/drift/observation.ts';
import { CallFailure } from '../failure.ts';
import type { Target } from '../awsReader.ts';
import { whole } from '../awsReader.ts';
import type { Operation } from '../operations.ts';
import type { OutputOf } from '../services.ts';
import { iso, values } from './single.ts';

/** One live thing: its identifier and its facts. */
export type Described = readonly [id: string, facts: Readonly<Record<string, Fact>>];

export interface Shape {
  readonly kind: string;
  readonly operation: Operation;
  readonly absentCodes: readonly string[];
  /** Many by a filter of their ids, all pages. */
  many(ids: readonly string[], target: Target): Promise<readonly Described[]>;
  one(id: string, target: Target): Promise<readonly Described[]>;
  /** What is left of one that is gone, as a sentence. */
  readonly left?: (id: string, target: Target) => Promise<string | undefined>;
  /** The operation that tells that. */
  readonly leftBy?: Operation;
  /** What is asked for those that the operation doesn't find. */
  readonly otherwise?: Operation;
}

/** Every page of a list. */
export async function allPages<Page extends { readonly Marker?: string | undefined }>(
  ask: (more: { Marker?: string; MaxRecords: number }) => Promise<Page>,
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  let marker: string | undefined;
  do {
    const page = await ask({ MaxRecords: 100, ...(marker === undefined ? {} : { Marker: marker }) });
    pages.push(page);
    marker = page.Marker === '' ? undefined : page.Marker;
  } while (marker !== undefined);
  return pages;
}

const filtered = (name: string, ids: readonly string[]): { Filters: { Name: string; Values: string[] }[] } => ({
  Filters: [{ Name: name, Values: [...ids] }],
});

/** What the service says of an instance and of a cluster in the same words. */
interface Database {
  readonly Engine?: string | undefined;
  readonly EngineVersion?: string | undefined;
  readonly MultiAZ?: boolean | undefined;
  readonly StorageEncrypted?: boolean | undefined;
  readonly KmsKeyId?: string | undefined;
  readonly BackupRetentionPeriod?: number | undefined;
  readonly DeletionProtection?: boolean | undefined;
  readonly AutoMinorVersionUpgrade?: boolean | undefined;
  readonly LatestRestorableTime?: Date | undefined;
  readonly VpcSecurityGroups?: readonly { readonly VpcSecurityGroupId?: string | undefined }[] | undefined;
  readonly PendingModifiedValues?:
    { readonly EngineVersion?: string | undefined; readonly BackupRetentionPeriod?: number | undefined } | undefined;
}

/** The facts of both, with those that each tells in its own way. */
function databaseFacts(
  db: Database,
  own: Readonly<Record<'class' | 'status' | 'parameterGroup' | 'subnetGroup', string | undefined>>,
): Record<string, Fact> {
  const pending = db.PendingModifiedValues;
  return values({
    engine: db.Engine,
    version: db.EngineVersion,
    multiAz: db.MultiAZ ?? false,
    storageEncrypted: db.StorageEncrypted ?? false,
    kmsKey: db.KmsKeyId,
    backupRetentionDays: db.BackupRetentionPeriod ?? 0,
    autoMinorVersionUpgrade: db.AutoMinorVersionUpgrade ?? false,
    deletionProtection: db.DeletionProtection ?? false,
    securityGroups: (db.VpcSecurityGroups ?? []).flatMap((group) => group.VpcSecurityGroupId ?? []),
    latestRestorable: iso(db.LatestRestorableTime),
    pending: {
      ...(pending?.EngineVersion === undefined ? {} : { version: pending.EngineVersion }),
      ...(pending?.BackupRetentionPeriod === undefined ? {} : { backupRetentionDays: pending.BackupRetentionPeriod }),
    },
    ...own,
  });
}

function instanceFacts(page: OutputOf<'rds:DescribeDBInstances'>): readonly Described[] {
  return whole(page.DBInstances, 'rds:DescribeDBInstances').map((db) => [
    (db.DBInstanceIdentifier ?? '').toLowerCase(),
    databaseFacts(db, {
      class: db.DBInstanceClass,
      status: db.DBInstanceStatus,
      parameterGroup: db.DBParameterGroups?.[0]?.DBParameterGroupName,
      subnetGroup: db.DBSubnetGroup?.DBSubnetGroupName,
    }),
  ]);
}

/** Class and automatic upgrades of an Aurora cluster are its instances' own: what the service leaves out is no "none". */
const OF_MEMBERS: Fact = {
  unknown: {
    reason: 'undecided',
    detail: 'an Aurora cluster has none of its own, its instances have; expect it of an aws/rds-instance',
  },
};

function clusterFacts(page: OutputOf<'rds:DescribeDBClusters'>): readonly Described[] {
  return whole(page.DBClusters, 'rds:DescribeDBClusters').map((db) => [
    (db.DBClusterIdentifier ?? '').toLowerCase(),
    {
      ...databaseFacts(db, {
        class: db.DBClusterInstanceClass,
        status: db.Status,
        parameterGroup: db.DBClusterParameterGroup,
        subnetGroup: db.DBSubnetGroup,
      }),
      ...(db.DBClusterInstanceClass ? {} : { class: OF_MEMBERS }),
      ...(db.AutoMinorVersionUpgrade === undefined ? { autoMinorVersionUpgrade: OF_MEMBERS } : {}),
    },
  ]);
}

/** Automated backups of a deleted instance may be retained: then there is something to restore from. */
async function retainedBackups(id: string, target: Target): Promise<string | undefined> {
  try {
    const answer = await target.call('rds:DescribeDBInstanceAutomatedBackups', { DBInstanceIdentifier: id });
    const backup = answer.DBInstanceAutomatedBackups?.find((each) => each.Status === 'retained');
    if (!backup) return undefined;
    const until = backup.RestoreWindow?.LatestTime;
    return `Its automated backups are retained${until === undefined ? '' : ` up to ${iso(until)}`}: it can be restored from them.`;
  } catch (error) {
    if (error instanceof CallFailure) return undefined;
    throw error;
  }
}

export const instances: Shape = {
  kind: 'aws/rds-instance',
  operation: 'rds:DescribeDBInstances',
  absentCodes: ['DBInstanceNotFound', 'DBInstanceNotFoundFault'],
  many: async (ids, target) => {
    const filter = filtered('db-instance-id', ids);
    const pages = await allPages(async (more) => await target.call('rds:DescribeDBInstances', { ...filter, ...more }));
    return pages.flatMap(instanceFacts);
  },
  one: async (id, target) => instanceFacts(await target.call('rds:DescribeDBInstances', { DBInstanceIdentifier: id })),
  left: retainedBackups,
  leftBy: 'rds:DescribeDBInstanceAutomatedBackups',
};

export const clusters: Shape = {
  kind: 'aws/rds-cluster',
  operation: 'rds:DescribeDBClusters',
  absentCodes: ['DBClusterNotFoundFault', 'DBClusterNotFound'],
  many: async (ids, target) => {
    const filter = filtered('db-cluster-id', ids);
    const pages = await allPages(async (more) => await target.call('rds:DescribeDBClusters', { ...filter, ...more }));
    return pages.flatMap(clusterFacts);
  },
  one: async (id, target) => clusterFacts(await target.call('rds:DescribeDBClusters', { DBClusterIdentifier: id })),
};

interface Snapshot {
  readonly KmsKeyId?: string | undefined;
  readonly Status?: string | undefined;
  readonly SnapshotCreateTime?: Date | undefined;
  readonly Engine?: string | undefined;
  readonly EngineVersion?: string | undefined;
  readonly DBInstanceIdentifier?: string | undefined;
  readonly DBClusterIdentifier?: string | undefined;
}

function described(id: string | undefined, encrypted: boolean | undefined, each: Snapshot): Described {
  return [
    (id ?? '').toLowerCase(),
    values({
      encrypted: encrypted ?? false,
      kmsKey: each.KmsKeyId,
      status: each.Status,
      createdAt: iso(each.SnapshotCreateTime),
      engine: each.Engine,
      version: each.EngineVersion,
      of: each.DBInstanceIdentifier ?? each.DBClusterIdentifier,
    }),
  ];
}

export const snapshots: Shape = {
  kind: 'aws/rds-snapshot',
  operation: 'rds:DescribeDBSnapshots',
  otherwise: 'rds:DescribeDBClusterSnapshots',
  absentCodes: [
    'DBSnapshotNotFound',
    'DBSnapshotNotFoundFault',
    'DBClusterSnapshotNotFoundFault',
    'DBClusterSnapshotNotFound',
  ],
  many: async (ids, target) => {
    const filter = filtered('db-snapshot-id', ids);
    const pages = await allPages(async (more) => await target.call('rds:DescribeDBSnapshots', { ...filter, ...more }));
    const found = pages.flatMap((page) =>
      whole(page.DBSnapshots, 'rds:DescribeDBSnapshots').map((each) =>
        described(each.DBSnapshotIdentifier, each.Encrypted, each),
      ),
    );
    // What is no snapshot of an instance may be one of a cluster.
    const left = ids.filter((id) => !found.some(([name]) => name === id));
    if (left.length === 0) return found;
    const rest = filtered('db-cluster-snapshot-id', left);
    const ofClusters = await allPages(
      async (more) => await target.call('rds:DescribeDBClusterSnapshots', { ...rest, ...more }),
    );
    return [
      ...found,
      ...ofClusters.flatMap((page) =>
        whole(page.DBClusterSnapshots, 'rds:DescribeDBClusterSnapshots').map((each) =>
          described(each.DBClusterSnapshotIdentifier, each.StorageEncrypted, each),
        ),
      ),
    ];
  },
  one: async (id, target) => await snapshots.many([id], target),
};
