/** Answers of S3 about one bucket, as facts. */
import type { LifecycleRule } from '../../../core/drift/kinds/aws/s3-lifecycle.ts';
import { isCode, type Target } from '../awsReader.ts';
import { CallFailure } from '../failure.ts';
import type { OutputOf } from '../services.ts';

interface Block {
  readonly BlockPublicAcls?: boolean | undefined;
  readonly IgnorePublicAcls?: boolean | undefined;
  readonly BlockPublicPolicy?: boolean | undefined;
  readonly RestrictPublicBuckets?: boolean | undefined;
}
const SETTINGS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;

/** `blocked` where bucket and account together block everything: the stricter of the two holds. */
export async function publicAccess(bucket: string, region: string, target: Target): Promise<'blocked' | 'open'> {
  const own = await blockOr(
    async () =>
      (await target.call('s3:GetPublicAccessBlock', { Bucket: bucket }, region)).PublicAccessBlockConfiguration,
  );
  if (SETTINGS.every((setting) => own?.[setting] === true)) return 'blocked';
  const { accountId } = target;
  if (accountId === undefined) return 'open';
  const account = await blockOr(
    async () =>
      (await target.call('s3control:GetPublicAccessBlock', { AccountId: accountId }, region))
        .PublicAccessBlockConfiguration,
  ).catch((error: unknown) => {
    // A store that has no such API has no such setting.
    if (error instanceof CallFailure && (error.unknown.reason === 'unsupported' || error.status === 404))
      return undefined;
    throw error;
  });
  return SETTINGS.every((setting) => own?.[setting] === true || account?.[setting] === true) ? 'blocked' : 'open';
}

async function blockOr(ask: () => Promise<Block | undefined>): Promise<Block | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isCode(error, 'NoSuchPublicAccessBlockConfiguration')) return undefined;
    throw error;
  }
}

/** The enabled rules that expire or move current objects. */
export function lifecycleRules(
  answer: OutputOf<'s3:GetBucketLifecycleConfiguration'>,
  now: number,
): readonly LifecycleRule[] {
  return (answer.Rules ?? [])
    .filter((rule) => rule.Status === 'Enabled')
    .map((rule) => {
      const filter = rule.Filter;
      const prefix = filter?.Prefix ?? filter?.And?.Prefix ?? (rule as { Prefix?: string }).Prefix ?? '';
      const largerThan = filter?.ObjectSizeGreaterThan ?? filter?.And?.ObjectSizeGreaterThan;
      const smallerThan = filter?.ObjectSizeLessThan ?? filter?.And?.ObjectSizeLessThan;
      return {
        id: rule.ID ?? '',
        prefix,
        tagged: filter?.Tag !== undefined || (filter?.And?.Tags ?? []).length > 0,
        ...(largerThan === undefined ? {} : { largerThan }),
        ...(smallerThan === undefined ? {} : { smallerThan }),
        ...(rule.Expiration?.Days === undefined ? {} : { expirationDays: rule.Expiration.Days }),
        ...(rule.Expiration?.Date === undefined
          ? {}
          : { expirationDate: new Date(rule.Expiration.Date).toISOString() }),
        transitions: (rule.Transitions ?? [])
          // By date: everything moves from that day on, and nothing before.
          .filter((each) => each.Date === undefined || new Date(each.Date).getTime() <= now)
          .map((each) => ({ days: each.Days ?? 0, storageClass: each.StorageClass ?? '' })),
      };
    });
}

/** ARNs of the buckets that enabled rules replicate to. */
export function replicationTargets(answer: OutputOf<'s3:GetBucketReplication'>): readonly string[] {
  return (answer.ReplicationConfiguration?.Rules ?? [])
    .filter((rule) => rule.Status === 'Enabled')
    .flatMap((rule) => rule.Destination?.Bucket ?? []);
}
