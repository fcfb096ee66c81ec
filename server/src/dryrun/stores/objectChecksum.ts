/** The checksum that a store keeps with an object: whole, or a composite over the parts of a multipart upload. */
import { Buffer } from 'node:buffer';
import type { PromisedChecksum } from './store.ts';

type S3 = typeof import('@aws-sdk/client-s3');
interface Target {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
}
interface Head {
  readonly ChecksumSHA256?: string | undefined;
  readonly ChecksumSHA1?: string | undefined;
  readonly ChecksumCRC64NVME?: string | undefined;
  readonly ChecksumCRC32C?: string | undefined;
  readonly ChecksumCRC32?: string | undefined;
  readonly ContentLength?: number | undefined;
  readonly ETag?: string | undefined;
  readonly ChecksumType?: string | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
}

const MOST_PARTS = 10_000;
/** What a tag that is a sum is called. The store makes it by itself: that one is there keeps no promise of a runbook. */
export const ETAG = 'ETag';
/** What a sum over a multipart upload is where the store need not say. */
const TYPES: Readonly<Record<string, string>> = { sha256: 'COMPOSITE', sha1: 'COMPOSITE', crc64nvme: 'FULL_OBJECT' };

/**
 * What `head` promises; SHA first, because the weaker sums only tell accidents. A composite is told by its `-N`: it is
 * compared part by part, so the parts' sizes are asked for; where they can't be had it is unusable, never wrong.
 */
export async function objectChecksum(
  s3: S3,
  client: InstanceType<S3['S3Client']>,
  target: Target,
  head: Head,
  signal: AbortSignal,
): Promise<PromisedChecksum | undefined> {
  const found: readonly (readonly [string, string | undefined])[] = [
    ['sha256', head.ChecksumSHA256],
    ['sha1', head.ChecksumSHA1],
    ['crc64nvme', head.ChecksumCRC64NVME],
    ['crc32c', head.ChecksumCRC32C],
    ['crc32', head.ChecksumCRC32],
  ];
  const [algorithm, text] = found.find(([, value]) => value !== undefined && value !== '') ?? [];
  if (algorithm === undefined || text === undefined) return tagChecksum(target, head);
  const composite = /^(.*)-(\d+)$/u.exec(text);
  const value = Buffer.from(composite?.[1] ?? text, 'base64').toString('hex');
  const uploaded = /-(\d+)"?$/u.exec(head.ETag ?? '')?.[1];
  // A SHA over a multipart upload is always a composite, marked or not, a CRC-64 never; of the others the store must say which.
  const type = head.ChecksumType ?? TYPES[algorithm] ?? (uploaded && (await typeOf(s3, client, target, signal)));
  const marked = composite?.[2] ?? (type === 'FULL_OBJECT' ? undefined : uploaded);
  if (marked === undefined) return { algorithm, value, source: 'object checksum' };
  if (type === undefined && composite === null)
    return {
      algorithm,
      value,
      source: 'object checksum',
      unusable: 'the store does not say whether it is over the whole object or over the sums of its parts',
    };
  const count = Number(marked);
  const parts = await partSizes(s3, client, target, count, signal);
  if (parts === undefined || parts.reduce((sum, each) => sum + each, 0) !== head.ContentLength) {
    return {
      algorithm,
      value: `${value}-${count}`,
      source: 'composite object checksum',
      unusable: 'the sizes of its parts are not known',
    };
  }
  return { algorithm, value, parts, source: 'composite object checksum' };
}

/** What the store says on asking that the sum is over; undefined where it does not know the question. */
async function typeOf(
  s3: S3,
  client: InstanceType<S3['S3Client']>,
  target: Target,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const asked = new s3.GetObjectAttributesCommand({ ...target, ObjectAttributes: ['Checksum'] });
    return (await client.send(asked, { abortSignal: signal })).Checksum?.ChecksumType;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

async function partSizes(
  s3: S3,
  client: InstanceType<S3['S3Client']>,
  target: Target,
  count: number,
  signal: AbortSignal,
): Promise<readonly number[] | undefined> {
  if (count > MOST_PARTS) return undefined;
  try {
    const sizes: number[] = [];
    let marker: string | undefined;
    do {
      const answer = await client.send(
        new s3.GetObjectAttributesCommand({
          ...target,
          ObjectAttributes: ['ObjectParts'],
          ...(marker === undefined ? {} : { PartNumberMarker: marker }),
        }),
        { abortSignal: signal },
      );
      for (const part of answer.ObjectParts?.Parts ?? []) sizes.push(part.Size ?? 0);
      marker = answer.ObjectParts?.IsTruncated === true ? answer.ObjectParts.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    if (sizes.length === count) return sizes;
  } catch {
    signal.throwIfAborted();
    // Not every store has it; the parts can be asked for one by one.
  }
  try {
    const sizes: number[] = [];
    for (let part = 1; part <= count; part++) {
      const answer = await client.send(new s3.HeadObjectCommand({ ...target, PartNumber: part }), {
        abortSignal: signal,
      });
      if (answer.ContentLength === undefined || (answer.PartsCount ?? count) !== count) return undefined;
      sizes.push(answer.ContentLength);
    }
    return sizes;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/**
 * The tag of an object that was stored in one piece, plain or encrypted with the store's own keys, is the MD5 of its bytes. Of one in
 * parts (`-N`), one encrypted with a key of KMS or of the customer's, and in a directory bucket it is something else.
 */
function tagChecksum(target: Target, head: Head): PromisedChecksum | undefined {
  const value = /^"([0-9a-f]{32})"$/u.exec(head.ETag ?? '')?.[1];
  const isPlain =
    ['', 'AES256'].includes(head.ServerSideEncryption ?? '') &&
    head.SSECustomerAlgorithm === undefined &&
    head.SSEKMSKeyId === undefined &&
    !target.Bucket.endsWith('--x-s3');
  return value !== undefined && isPlain ? { algorithm: 'md5', value, source: ETAG } : undefined;
}
