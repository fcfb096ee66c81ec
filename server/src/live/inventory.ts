/** The data stores of an environment's accounts and regions, listed: what coverage and first runbooks are made from. */
import { awsOf, type AwsAccount, type AwsEnvironment } from '../core/drift/environment.ts';
import type { Inventory, LiveStore, UncheckedInventory } from '../core/ports.ts';
import { unknownOf } from './aws/awsReader.ts';
import { createSessions, refusal, type SessionDependencies } from './aws/sessions.ts';
import { homeRegion, type Session } from './aws/session.ts';
import { createGates, limited } from './limits.ts';
import type { Run } from './reader.ts';

export interface InventoryDependencies extends Omit<SessionDependencies, 'callTimeoutMs'> {
  /** Without trust nothing is listed and no secret is read. */
  readonly trusted: () => boolean;
  readonly callTimeoutMs?: number;
}

/** One list of one kind in one account and region. */
interface Listing {
  readonly kind: string;
  /** `account`: one list serves all regions. */
  readonly scope: 'account' | 'region';
  list(session: Session, region: string): Promise<readonly Listed[]>;
}
type Listed = Pick<LiveStore, 'id' | 'region' | 'tags' | 'memberOf' | 'facts'>;

async function pages<Page, Token>(
  ask: (token: Token | undefined) => Promise<Page>,
  next: (page: Page) => Token | undefined,
): Promise<readonly Page[]> {
  const found: Page[] = [];
  let token: Token | undefined;
  do {
    const page = await ask(token);
    found.push(page);
    token = next(page);
  } while (token !== undefined && token !== '');
  return found;
}

function tagsOf(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): { tags?: Readonly<Record<string, string>> } {
  return tags && tags.length > 0
    ? { tags: Object.fromEntries(tags.map((tag) => [tag.Key ?? '', tag.Value ?? ''])) }
    : {};
}

/** One row a kind of data store. */
const LISTINGS: readonly Listing[] = [
  {
    kind: 'aws/s3-bucket',
    scope: 'account',
    list: async (session, region) =>
      (
        await pages(
          async (token: string | undefined) =>
            await session.call('s3:ListBuckets', region, {
              MaxBuckets: 10_000,
              ...(token === undefined ? {} : { ContinuationToken: token }),
            }),
          (page) => page.ContinuationToken,
        )
      ).flatMap((page) =>
        (page.Buckets ?? []).map((bucket) => ({
          id: bucket.Name ?? '',
          ...(bucket.BucketRegion === undefined ? {} : { region: bucket.BucketRegion }),
        })),
      ),
  },
  {
    kind: 'aws/rds-instance',
    scope: 'region',
    list: async (session, region) =>
      (
        await pages(
          async (marker: string | undefined) =>
            await session.call('rds:DescribeDBInstances', region, {
              MaxRecords: 100,
              ...(marker === undefined ? {} : { Marker: marker }),
            }),
          (page) => page.Marker,
        )
      ).flatMap((page) =>
        (page.DBInstances ?? []).map((db) => ({
          id: db.DBInstanceIdentifier ?? '',
          region,
          ...tagsOf(db.TagList),
          ...(db.DBClusterIdentifier === undefined ? {} : { memberOf: db.DBClusterIdentifier }),
          facts: {
            engine: db.Engine,
            version: db.EngineVersion,
            storageEncrypted: db.StorageEncrypted ?? false,
            backupRetentionDays: db.BackupRetentionPeriod ?? 0,
            multiAz: db.MultiAZ ?? false,
          },
        })),
      ),
  },
  {
    kind: 'aws/rds-cluster',
    scope: 'region',
    list: async (session, region) =>
      (
        await pages(
          async (marker: string | undefined) =>
            await session.call('rds:DescribeDBClusters', region, {
              MaxRecords: 100,
              ...(marker === undefined ? {} : { Marker: marker }),
            }),
          (page) => page.Marker,
        )
      ).flatMap((page) =>
        (page.DBClusters ?? []).map((db) => ({
          id: db.DBClusterIdentifier ?? '',
          region,
          ...tagsOf(db.TagList),
          facts: {
            engine: db.Engine,
            version: db.EngineVersion,
            storageEncrypted: db.StorageEncrypted ?? false,
            backupRetentionDays: db.BackupRetentionPeriod ?? 0,
          },
        })),
      ),
  },
  {
    kind: 'aws/dynamodb-table',
    scope: 'region',
    list: async (session, region) =>
      (
        await pages(
          async (start: string | undefined) =>
            await session.call('dynamodb:ListTables', region, {
              Limit: 100,
              ...(start === undefined ? {} : { ExclusiveStartTableName: start }),
            }),
          (page) => page.LastEvaluatedTableName,
        )
      ).flatMap((page) => (page.TableNames ?? []).map((id) => ({ id, region }))),
  },
];

export function createInventory(dependencies: InventoryDependencies): Inventory {
  const { clock } = dependencies;
  const open = createSessions({ ...dependencies, callTimeoutMs: dependencies.callTimeoutMs ?? 15_000 });
  return {
    async list(environment, { signal, deadlineMs }) {
      signal.throwIfAborted();
      const nothing = (
        unknown: UncheckedInventory['unknown'],
      ): { resources: LiveStore[]; unchecked: UncheckedInventory[] } => ({
        resources: [],
        unchecked: [{ what: 'aws', unknown }],
      });
      if (!dependencies.trusted())
        return nothing({
          reason: 'untrusted-workspace',
          detail: 'the workspace is not trusted, so nothing live was listed',
        });
      const refused = refusal(environment.value, dependencies.allowedHosts);
      if (refused) return nothing(refused);
      const limit = limited(
        clock,
        signal,
        deadlineMs,
        `the run's deadline of ${String((deadlineMs ?? 0) / 1000)} s passed`,
      );
      const run: Run = { signal: limit.signal, gate: createGates(16), count: () => undefined };
      const sessions = open(environment.value, run);
      const resources: LiveStore[] = [];
      const unchecked: UncheckedInventory[] = [];
      try {
        await Promise.all(
          placesOf(awsOf(environment.value)).map(async ({ account, region, listing }) => {
            const session = sessions.of(account);
            const where = { account: account.id ?? account.alias, ...(listing.scope === 'region' ? { region } : {}) };
            try {
              const identity = await session.identity();
              const listed = await listing.list(session, region);
              const at = new Date(clock.now()).toISOString();
              const id = identity.account ?? account.id;
              resources.push(
                ...listed.map((each): LiveStore => ({
                  ...each,
                  kind: listing.kind,
                  ...(id === undefined ? {} : { account: id }),
                  source: 'live',
                  at,
                })),
              );
            } catch (error) {
              unchecked.push({ what: listing.kind, ...where, unknown: unknownOf(error) });
            }
          }),
        );
      } finally {
        limit.done();
        sessions.close();
      }
      signal.throwIfAborted();
      return { resources: resources.sort(byName), unchecked };
    },
  };
}

const byName = (left: LiveStore, right: LiveStore): number =>
  `${left.kind} ${left.id}` < `${right.kind} ${right.id}` ? -1 : 1;

function placesOf(
  aws: AwsEnvironment,
): readonly { readonly account: AwsAccount; readonly region: string; readonly listing: Listing }[] {
  return aws.accounts.flatMap((account) =>
    LISTINGS.flatMap((listing) => {
      const home = homeRegion(aws, account);
      const own = account.regions ?? aws.regions;
      const regions = listing.scope === 'account' ? [home] : own.length > 0 ? own : [home];
      return regions.map((region) => ({ account, region, listing }));
    }),
  );
}
