/** Reads RDS instances, clusters and snapshots: one filtered call for up to a hundred of them. */
import type { LookupRequest } from '../../../core/drift/observation.ts';
import { nameOf } from '../../../core/drift/kinds/aws/arn.ts';
import { knownSupportEnd, supportNeedsAsking } from '../../../core/drift/support.ts';
import { majorOf } from '../../../core/drift/version.ts';
import { chunks, type Answer } from '../../reader.ts';
import { isCode, needs, unknownOf, whole, FEW, type AwsReader, type Target } from '../awsReader.ts';
import { CallFailure } from '../failure.ts';
import type { Operation } from '../operations.ts';
import type { OutputOf } from '../services.ts';

/** One live thing: its identifier and its facts as plain values. */
type Described = readonly [id: string, facts: Readonly<Record<string, unknown>>];

interface Shape {
  readonly kind: string;
  readonly operation: Operation;
  readonly absentCodes: readonly string[];
  /** Many by a filter of their ids, all pages. */
  many(ids: readonly string[], target: Target): Promise<readonly Described[]>;
  one(id: string, target: Target): Promise<readonly Described[]>;
  /** What is left of one that is gone, as a sentence. */
  readonly left?: (id: string, target: Target) => Promise<string | undefined>;
}

const idOf = (request: LookupRequest): string => nameOf(request.id).toLowerCase();
const iso = (date: Date | undefined): string => (date === undefined ? 'none' : new Date(date).toISOString());

async function allPages<Page extends { readonly Marker?: string | undefined }>(
  ask: (marker: { Marker?: string }) => Promise<Page>,
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  let marker: string | undefined;
  do {
    const page = await ask(marker === undefined ? {} : { Marker: marker });
    pages.push(page);
    marker = page.Marker === '' ? undefined : page.Marker;
  } while (marker !== undefined);
  return pages;
}

const instances: Shape = {
  kind: 'aws/rds-instance',
  operation: 'rds:DescribeDBInstances',
  absentCodes: ['DBInstanceNotFound', 'DBInstanceNotFoundFault'],
  many: async (ids, target) =>
    (
      await allPages(
        async (marker) =>
          await target.call('rds:DescribeDBInstances', {
            Filters: [{ Name: 'db-instance-id', Values: [...ids] }],
            MaxRecords: 100,
            ...marker,
          }),
      )
    ).flatMap(instanceFacts),
  one: async (id, target) => instanceFacts(await target.call('rds:DescribeDBInstances', { DBInstanceIdentifier: id })),
  left: retainedBackups,
};

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

function instanceFacts(page: OutputOf<'rds:DescribeDBInstances'>): readonly Described[] {
  return whole(page.DBInstances, 'rds:DescribeDBInstances').map((db) => [
    (db.DBInstanceIdentifier ?? '').toLowerCase(),
    {
      engine: db.Engine,
      version: db.EngineVersion,
      class: db.DBInstanceClass,
      status: db.DBInstanceStatus,
      multiAz: db.MultiAZ ?? false,
      storageEncrypted: db.StorageEncrypted ?? false,
      kmsKey: db.KmsKeyId,
      backupRetentionDays: db.BackupRetentionPeriod ?? 0,
      autoMinorVersionUpgrade: db.AutoMinorVersionUpgrade ?? false,
      deletionProtection: db.DeletionProtection ?? false,
      parameterGroup: db.DBParameterGroups?.[0]?.DBParameterGroupName,
      subnetGroup: db.DBSubnetGroup?.DBSubnetGroupName,
      securityGroups: (db.VpcSecurityGroups ?? []).flatMap((group) => group.VpcSecurityGroupId ?? []),
      latestRestorable: iso(db.LatestRestorableTime),
      pending: pendingOf(db.PendingModifiedValues),
    },
  ]);
}

const clusters: Shape = {
  kind: 'aws/rds-cluster',
  operation: 'rds:DescribeDBClusters',
  absentCodes: ['DBClusterNotFoundFault', 'DBClusterNotFound'],
  many: async (ids, target) =>
    (
      await allPages(
        async (marker) =>
          await target.call('rds:DescribeDBClusters', {
            Filters: [{ Name: 'db-cluster-id', Values: [...ids] }],
            MaxRecords: 100,
            ...marker,
          }),
      )
    ).flatMap(clusterFacts),
  one: async (id, target) => clusterFacts(await target.call('rds:DescribeDBClusters', { DBClusterIdentifier: id })),
};

function clusterFacts(page: OutputOf<'rds:DescribeDBClusters'>): readonly Described[] {
  return whole(page.DBClusters, 'rds:DescribeDBClusters').map((db) => [
    (db.DBClusterIdentifier ?? '').toLowerCase(),
    {
      engine: db.Engine,
      version: db.EngineVersion,
      class: db.DBClusterInstanceClass,
      status: db.Status,
      multiAz: db.MultiAZ ?? false,
      storageEncrypted: db.StorageEncrypted ?? false,
      kmsKey: db.KmsKeyId,
      backupRetentionDays: db.BackupRetentionPeriod ?? 0,
      autoMinorVersionUpgrade: db.AutoMinorVersionUpgrade ?? false,
      deletionProtection: db.DeletionProtection ?? false,
      parameterGroup: db.DBClusterParameterGroup,
      subnetGroup: db.DBSubnetGroup,
      securityGroups: (db.VpcSecurityGroups ?? []).flatMap((group) => group.VpcSecurityGroupId ?? []),
      latestRestorable: iso(db.LatestRestorableTime),
      pending: pendingOf(db.PendingModifiedValues),
    },
  ]);
}

function pendingOf(
  pending:
    { readonly EngineVersion?: string | undefined; readonly BackupRetentionPeriod?: number | undefined } | undefined,
): unknown {
  return {
    ...(pending?.EngineVersion === undefined ? {} : { version: pending.EngineVersion }),
    ...(pending?.BackupRetentionPeriod === undefined ? {} : { backupRetentionDays: pending.BackupRetentionPeriod }),
  };
}

const snapshots: Shape = {
  kind: 'aws/rds-snapshot',
  operation: 'rds:DescribeDBSnapshots',
  absentCodes: [
    'DBSnapshotNotFound',
    'DBSnapshotNotFoundFault',
    'DBClusterSnapshotNotFoundFault',
    'DBClusterSnapshotNotFound',
  ],
  many: async (ids, target) => {
    const found = (
      await allPages(
        async (marker) =>
          await target.call('rds:DescribeDBSnapshots', {
            Filters: [{ Name: 'db-snapshot-id', Values: [...ids] }],
            MaxRecords: 100,
            ...marker,
          }),
      )
    ).flatMap((page) =>
      whole(page.DBSnapshots, 'rds:DescribeDBSnapshots').map((each): Described => [
        (each.DBSnapshotIdentifier ?? '').toLowerCase(),
        snapshotFacts(each.Encrypted, each),
      ]),
    );
    // What is no snapshot of an instance may be one of a cluster.
    const left = ids.filter((id) => !found.some(([name]) => name === id));
    if (left.length === 0) return found;
    const ofClusters = await allPages(
      async (marker) =>
        await target.call('rds:DescribeDBClusterSnapshots', {
          Filters: [{ Name: 'db-cluster-snapshot-id', Values: left }],
          MaxRecords: 100,
          ...marker,
        }),
    );
    return [
      ...found,
      ...ofClusters.flatMap((page) =>
        whole(page.DBClusterSnapshots, 'rds:DescribeDBClusterSnapshots').map((each): Described => [
          (each.DBClusterSnapshotIdentifier ?? '').toLowerCase(),
          snapshotFacts(each.StorageEncrypted, each),
        ]),
      ),
    ];
  },
  one: async (id, target) => await snapshots.many([id], target),
};

function snapshotFacts(
  encrypted: boolean | undefined,
  each: {
    readonly KmsKeyId?: string | undefined;
    readonly Status?: string | undefined;
    readonly SnapshotCreateTime?: Date | undefined;
    readonly Engine?: string | undefined;
    readonly EngineVersion?: string | undefined;
  },
): Readonly<Record<string, unknown>> {
  return {
    encrypted: encrypted ?? false,
    kmsKey: each.KmsKeyId,
    status: each.Status,
    createdAt: iso(each.SnapshotCreateTime),
    engine: each.Engine,
    version: each.EngineVersion,
  };
}

/** When standard support ends: from the table, and asked of the service only where that would make a finding. */
async function supportEnd(engine: string, version: string, target: Target): Promise<string> {
  const known = knownSupportEnd(engine, version);
  if (!supportNeedsAsking(engine, version, target.now)) return known ?? 'none';
  const major = majorOf(version, engine);
  try {
    const answer = await target.call('rds:DescribeDBMajorEngineVersions', {
      Engine: engine,
      ...(major === undefined ? {} : { MajorEngineVersion: major }),
    });
    const lifecycle = answer.DBMajorEngineVersions?.[0]?.SupportedEngineLifecycles?.find(
      (each) => each.LifecycleSupportName === 'open-source-rds-standard-support',
    );
    return lifecycle?.LifecycleSupportEndDate === undefined
      ? (known ?? 'none')
      : iso(lifecycle.LifecycleSupportEndDate);
  } catch (error) {
    if (error instanceof CallFailure) return known ?? 'none';
    throw error;
  }
}

function readerOf(shape: Shape): AwsReader {
  const answer = async (
    request: LookupRequest,
    found: readonly Described[],
    ends: Map<string, Promise<string>>,
    target: Target,
  ): Promise<Answer> => {
    const described = found.find(([id]) => id === idOf(request));
    if (!described) return { state: 'absent' };
    const values: Record<string, unknown> = { ...described[1] };
    const engine = typeof values['engine'] === 'string' ? values['engine'] : '';
    const version = typeof values['version'] === 'string' ? values['version'] : '';
    if (needs(request, 'supportEnds')) {
      const key = `${engine} ${majorOf(version, engine) ?? ''}`;
      const asked = ends.get(key) ?? supportEnd(engine, version, target);
      ends.set(key, asked);
      values['supportEnds'] = await asked;
    }
    return {
      state: 'found',
      region: target.region,
      facts: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value: value ?? 'none' }])),
    };
  };
  return {
    kind: shape.kind,
    scope: 'region',
    plan: (requests) => [
      {
        operation: shape.operation,
        count: Math.ceil(requests.length / 100),
        serves: requests.map((request) => request.id),
      },
    ],
    async look(requests, target, again) {
      const ends = new Map<string, Promise<string>>();
      const single = async (request: LookupRequest): Promise<Answer> => {
        try {
          return await answer(request, await shape.one(idOf(request), target), ends, target);
        } catch (error) {
          if (!isCode(error, ...shape.absentCodes)) return { state: 'unknown', unknown: unknownOf(error) };
          const note = again ? await shape.left?.(idOf(request), target) : undefined;
          return { state: 'absent', ...(note === undefined ? {} : { note }) };
        }
      };
      if (requests.length === 1 || (again && requests.length <= FEW)) return await Promise.all(requests.map(single));
      try {
        const ids = [...new Set(requests.map(idOf))];
        const found = (await Promise.all(chunks(ids, 100).map(async (some) => await shape.many(some, target)))).flat();
        return await Promise.all(requests.map(async (request) => await answer(request, found, ends, target)));
      } catch (error) {
        // A permission on single instances refuses the filter: each is asked for by itself.
        if (error instanceof CallFailure && error.unknown.reason === 'denied')
          return await Promise.all(requests.map(single));
        throw error;
      }
    },
  };
}

export const rdsInstanceReader = readerOf(instances);
export const rdsClusterReader = readerOf(clusters);
export const rdsSnapshotReader = readerOf(snapshots);
