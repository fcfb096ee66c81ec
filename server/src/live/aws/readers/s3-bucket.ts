/** Reads buckets: one list for all of an account, then one call for each fact that somebody asked for. */
import type { Fact, LookupRequest } from '../../../core/drift/observation.ts';
import type { Answer } from '../../reader.ts';
import {
  answerOr,
  fact,
  isCode,
  needs,
  unknownOf,
  whole,
  type AwsReader,
  type PlannedOperation,
  type Target,
} from '../awsReader.ts';
import { CallFailure } from '../failure.ts';
import { parseArn } from '../../../core/drift/kinds/aws/arn.ts';
import { lifecycleRules, publicAccess, replicationTargets } from './s3-facts.ts';

interface Listed {
  /** Region by bucket name; undefined where the store doesn't tell. */
  readonly regions: ReadonlyMap<string, string | undefined>;
}

const bucketOf = (request: LookupRequest): string =>
  request.id.startsWith('arn:') ? (parseArn(request.id)?.resource ?? request.id) : request.id;

/** All buckets of the account, 10,000 a page. Regions come only where `MaxBuckets` is sent. */
async function list(target: Target): Promise<Listed> {
  const regions = new Map<string, string | undefined>();
  let token: string | undefined;
  do {
    const page = await target.call('s3:ListBuckets', {
      MaxBuckets: 10_000,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    whole(page.Buckets ?? page.Owner, 's3:ListBuckets');
    for (const bucket of page.Buckets ?? [])
      if (bucket.Name !== undefined) regions.set(bucket.Name, bucket.BucketRegion);
    token = page.ContinuationToken;
  } while (token !== undefined && token !== '');
  return { regions };
}

/** Regions of listed buckets where the list told none: one filtered list a region that somebody names, or a call each. */
async function withRegions(
  listed: Listed,
  requests: readonly LookupRequest[],
  target: Target,
): Promise<ReadonlyMap<string, string | undefined>> {
  const open = requests.filter(
    (request) => listed.regions.has(bucketOf(request)) && listed.regions.get(bucketOf(request)) === undefined,
  );
  const wanted = new Map<string, string>();
  for (const request of open) if (request.region !== undefined) wanted.set(bucketOf(request), request.region);
  const asked = [...new Set(wanted.values())];
  const known = new Map(listed.regions);
  if (asked.length < wanted.size) {
    await Promise.all(
      asked.map(async (region) => {
        const page = await target
          .call('s3:ListBuckets', { MaxBuckets: 10_000, BucketRegion: region }, region)
          .catch((error: unknown) => {
            if (error instanceof CallFailure) return undefined;
            throw error;
          });
        for (const bucket of page?.Buckets ?? [])
          if (bucket.Name !== undefined && known.has(bucket.Name))
            known.set(bucket.Name, bucket.BucketRegion ?? region);
      }),
    );
  }
  await Promise.all(
    [...wanted.keys()]
      .filter((name) => known.get(name) === undefined)
      .map(async (name) => {
        const head = await target.call('s3:HeadBucket', { Bucket: name }, wanted.get(name)).catch((error: unknown) => {
          if (error instanceof CallFailure) return { BucketRegion: error.bucketRegion };
          throw error;
        });
        if (head.BucketRegion !== undefined) known.set(name, head.BucketRegion);
      }),
  );
  return known;
}

/** Existence by the bucket itself: for accounts whose buckets may not be listed, and for the second question. */
async function head(request: LookupRequest, target: Target): Promise<Answer> {
  const bucket = bucketOf(request);
  const owner = target.accountId === undefined ? {} : { ExpectedBucketOwner: target.accountId };
  const region = request.region ?? target.region;
  const ask = async (input: { Bucket: string; ExpectedBucketOwner?: string }, where: string): Promise<Answer> => {
    try {
      const answer = await target.call('s3:HeadBucket', input, where);
      return {
        state: 'found',
        facts: { owner: { value: 'own' } },
        ...(answer.BucketRegion === undefined ? {} : { region: answer.BucketRegion }),
      };
    } catch (error) {
      if (isCode(error, 'NoSuchBucket', 'NotFound') || (error instanceof CallFailure && error.status === 404))
        return { state: 'absent' };
      // Another region answers 301 or 400 and names it.
      if (
        error instanceof CallFailure &&
        error.bucketRegion !== undefined &&
        error.bucketRegion !== where &&
        error.unknown.reason !== 'denied'
      ) {
        return await ask(input, error.bucketRegion);
      }
      // Asked there and sent there again, by a store of one endpoint: it is there, and that is all it says.
      if (error instanceof CallFailure && error.status === 301 && error.bucketRegion === where)
        return { state: 'found', facts: {}, region: where };
      throw error;
    }
  };
  try {
    return await ask({ Bucket: bucket, ...owner }, region);
  } catch (error) {
    if (!(error instanceof CallFailure) || error.unknown.reason !== 'denied' || target.accountId === undefined) {
      return { state: 'unknown', unknown: unknownOf(error) };
    }
    // Refused with the owner: only where it succeeds without is the owner known to be another.
    const without = await answerOr(async () => await ask({ Bucket: bucket }, region));
    if (without.state === 'found') return { ...without, facts: { owner: { value: 'another account' } } };
    return { state: 'unknown', unknown: error.unknown };
  }
}

/** The second question to an account that may list its buckets and didn't list this one. */
async function headAgain(request: LookupRequest, target: Target): Promise<Answer> {
  const answer = await head(request, target);
  if (answer.state !== 'found' || target.accountId === undefined) return answer;
  const bucket = bucketOf(request);
  const listed = await target.call('s3:ListBuckets', { MaxBuckets: 1000, Prefix: bucket }).catch((error: unknown) => {
    if (error instanceof CallFailure) return undefined;
    throw error;
  });
  if (!listed || (listed.Buckets ?? []).some((each) => each.Name === bucket)) return answer;
  return { ...answer, facts: { owner: { value: 'another account' } } };
}

const FACT_CALLS = [
  ['versioning', 's3:GetBucketVersioning'],
  ['objectLock', 's3:GetObjectLockConfiguration'],
  ['encryption', 's3:GetBucketEncryption'],
  ['publicAccess', 's3:GetPublicAccessBlock'],
  ['lifecycle', 's3:GetBucketLifecycleConfiguration'],
  ['replicatesTo', 's3:GetBucketReplication'],
] as const;

async function details(
  request: LookupRequest,
  region: string,
  target: Target,
): Promise<Readonly<Record<string, Fact>>> {
  const Bucket = bucketOf(request);
  const jobs: Promise<[string, Fact][]>[] = [];
  const one = (name: string, ask: () => Promise<unknown>, ...noneCodes: readonly string[]): void => {
    if (needs(request, name)) jobs.push(fact(ask, ...noneCodes).then((found) => [[name, found]]));
  };
  one('versioning', async () =>
    ((await target.call('s3:GetBucketVersioning', { Bucket }, region)).Status ?? 'none').toLowerCase(),
  );
  one(
    'objectLock',
    async () => {
      const { ObjectLockConfiguration: lock } = await target.call('s3:GetObjectLockConfiguration', { Bucket }, region);
      if (lock?.ObjectLockEnabled !== 'Enabled') return 'none';
      const rule = lock.Rule?.DefaultRetention;
      if (!rule) return { mode: 'none', retentionDays: 0 };
      return { mode: (rule.Mode ?? 'none').toLowerCase(), retentionDays: (rule.Days ?? 0) + (rule.Years ?? 0) * 365 };
    },
    'ObjectLockConfigurationNotFoundError',
    'NoSuchObjectLockConfiguration',
  );
  if (needs(request, 'encryption', 'kmsKey')) {
    const ask = async (): Promise<[string, Fact][]> => {
      const found = await fact(async () => {
        const answer = await target.call('s3:GetBucketEncryption', { Bucket }, region);
        return answer.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault ?? 'none';
      }, 'ServerSideEncryptionConfigurationNotFoundError');
      if (!('value' in found))
        return [
          ['encryption', found],
          ['kmsKey', found],
        ];
      const rule =
        found.value === 'none' ? undefined : (found.value as { SSEAlgorithm?: string; KMSMasterKeyID?: string });
      return [
        ['encryption', { value: rule?.SSEAlgorithm ?? 'none' }],
        // KMS without a key is the account's own key for S3.
        [
          'kmsKey',
          { value: rule?.KMSMasterKeyID ?? (rule?.SSEAlgorithm?.startsWith('aws:kms') ? 'alias/aws/s3' : 'none') },
        ],
      ];
    };
    jobs.push(ask());
  }
  one('publicAccess', async () => await publicAccess(Bucket, region, target));
  one(
    'lifecycle',
    async () => lifecycleRules(await target.call('s3:GetBucketLifecycleConfiguration', { Bucket }, region), target.now),
    'NoSuchLifecycleConfiguration',
  );
  one('replicatesTo', async () => {
    try {
      return replicationTargets(await target.call('s3:GetBucketReplication', { Bucket }, region));
    } catch (error) {
      // Replicating nowhere is an empty list, whatever the service calls it.
      if (isCode(error, 'ReplicationConfigurationNotFoundError')) return [];
      throw error;
    }
  });
  return Object.fromEntries((await Promise.all(jobs)).flat());
}

async function withDetails(request: LookupRequest, answer: Answer, target: Target): Promise<Answer> {
  if (answer.state !== 'found') return answer;
  const owner = answer.facts['owner'];
  if (owner && 'value' in owner && owner.value !== 'own') return answer;
  try {
    const more = await details(request, answer.region ?? request.region ?? target.region, target);
    return { ...answer, facts: { ...answer.facts, ...more } };
  } catch (error) {
    return { state: 'unknown', unknown: unknownOf(error) };
  }
}

export const s3BucketReader: AwsReader = {
  kind: 'aws/s3-bucket',
  scope: 'account',
  plan(requests) {
    const ids = requests.map((request) => request.id);
    const calls: PlannedOperation[] = [{ operation: 's3:ListBuckets', count: 1, serves: ids }];
    for (const [name, operation] of FACT_CALLS) {
      const asking = requests.filter((request) => needs(request, name, ...(name === 'encryption' ? ['kmsKey'] : [])));
      if (asking.length > 0)
        calls.push({ operation, count: asking.length, serves: asking.map((request) => request.id) });
    }
    return calls;
  },
  planAbsent: (requests, question) =>
    question === 'again'
      ? [{ operation: 's3:HeadBucket', count: requests.length, serves: requests.map((request) => request.id) }]
      : undefined,
  async look(requests, target, again) {
    // Each by itself: that also tells a takeover, which no list of one's own buckets can.
    if (again) {
      return await Promise.all(
        requests.map(async (request) => await withDetails(request, await headAgain(request, target), target)),
      );
    }
    let regions: ReadonlyMap<string, string | undefined>;
    try {
      regions = await withRegions(await list(target), requests, target);
    } catch (error) {
      if (!(error instanceof CallFailure) || !['denied', 'unsupported'].includes(error.unknown.reason)) throw error;
      // The buckets may not be listed: each is asked for by itself, and only that refusal counts. An endpoint that has
      // no list at all may be no store: its "not found" is not taken.
      const { unknown } = error;
      return await Promise.all(
        requests.map(async (request): Promise<Answer> => {
          const answer = await head(request, target);
          if (answer.state === 'absent' && unknown.reason === 'unsupported') return { state: 'unknown', unknown };
          return await withDetails(request, answer, target);
        }),
      );
    }
    return await Promise.all(
      requests.map(async (request): Promise<Answer> => {
        const bucket = bucketOf(request);
        if (!regions.has(bucket)) return { state: 'absent' };
        const region = regions.get(bucket);
        return await withDetails(
          request,
          { state: 'found', facts: { owner: { value: 'own' } }, ...(region === undefined ? {} : { region }) },
          target,
        );
      }),
    );
  },
};
