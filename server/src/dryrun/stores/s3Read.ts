/** Reads an object of a bucket in parallel ranges, and makes sure that all of them are of the object that was found. */
import type { StoredObject } from '../../core/recovery/newest.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { EnginePorts } from '../ports.ts';
import { createBlocks, type BlockPool } from '../blocks.ts';
import { landRanges, readRanges, type RangeOptions } from '../ranges.ts';
import { landStream } from '../sources.ts';
import { awsFault, isSilence, nameOf } from './awsFault.ts';
import { sourceOfBody } from './direct.ts';
import type { Landing } from './store.ts';

type S3 = typeof import('@aws-sdk/client-s3');

/** An opened bucket. */
export interface Place {
  readonly s3: S3;
  readonly client: InstanceType<S3['S3Client']>;
  readonly bucket: string;
  readonly prefix: string;
  readonly where: string;
  readonly faults: { readonly asRole?: string };
  readonly isGoogle: boolean;
  /** What objects are read into. */
  readonly blocks: BlockPool;
}

/**
 * Bytes that are read, written and summed together. Larger writes make the kernel take its largest pages, which a virtual
 * machine often has to get from its host first: that took three times as long as all the rest.
 */
const BLOCK = 256 * 1024;
/**
 * At most. Seven of eight may wait for the sum of what is before them, which is more than all ranges but the first that are
 * under way; where a range is so slow that the others are further ahead, these are read back from the file.
 */
const BLOCKS = 256;

/** Memory for all that is read from a bucket, however large and however many at once. */
export function blocksOfBucket(): BlockPool {
  return createBlocks(BLOCK, BLOCKS);
}

/** 8 MiB a range and four at once: little of what is read has to wait for what is before it. */
const PART = 8 * 1024 * 1024;
const PARALLEL = 4;
/** Of an object that goes to a file: each range is a request to sign, and twice of these are what there is memory for. */
const LARGEST_PART = 2 * PART;
/** A store may have to look for the bytes of a large object for a while. */
const FIRST_BYTE_MS = 30_000;

type Range = { readonly start: number; readonly end: number };

/** Bytes of an object in order. */
export async function* read(
  ports: EnginePorts,
  place: Place,
  object: StoredObject,
  signal: AbortSignal,
  range?: Range,
): AsyncGenerator<Uint8Array> {
  const base = range?.start ?? 0;
  const bytes = (range?.end ?? object.bytes) - base;
  if (bytes <= 0) return;
  try {
    yield* readRanges({ ...rangesOf(ports, place, object, signal, base), bytes, part: PART });
  } catch (error) {
    throw readFault(place, object, signal, error);
  }
}

/** The whole object, each range to its place. */
export async function land(
  ports: EnginePorts,
  place: Place,
  object: StoredObject,
  signal: AbortSignal,
  landing: Landing,
): Promise<void> {
  const { sum, file } = landing;
  if (!file) {
    await landStream(read(ports, place, object, signal), landing);
    return;
  }
  const ranges = { ...rangesOf(ports, place, object, signal, 0), bytes: object.bytes, part: partOf(object.bytes) };
  try {
    await landRanges(ranges, place.blocks, file, sum);
  } catch (error) {
    throw readFault(place, object, signal, error);
  }
}

/** As few ranges as keep all connections at work. */
function partOf(bytes: number): number {
  const even = Math.ceil(bytes / PARALLEL / BLOCK) * BLOCK;
  return Math.min(LARGEST_PART, Math.max(PART, even));
}

function rangesOf(
  ports: EnginePorts,
  place: Place,
  object: StoredObject,
  signal: AbortSignal,
  base: number,
): Omit<RangeOptions, 'bytes' | 'part'> {
  return {
    parallel: PARALLEL,
    signal,
    now: () => ports.clock.now(),
    open: async (start, end, inner) => {
      const range = { start: base + start, end: base + end };
      const command = new place.s3.GetObjectCommand({
        Bucket: place.bucket,
        Key: object.key,
        Range: `bytes=${range.start}-${range.end - 1}`,
        ...(object.versionId === undefined ? {} : { VersionId: object.versionId }),
        ...(object.etag === undefined ? {} : { IfMatch: object.etag }),
      });
      const answer = await place.client.send(command, {
        abortSignal: AbortSignal.any([inner]),
        requestTimeout: FIRST_BYTE_MS,
      });
      refuseOther(place, object, range, answer);
      if (answer.Body === undefined) throw new Error('The store sent no body.');
      return sourceOfBody(answer.Body);
    },
    mayRetry: (error) =>
      // The client has waited for a silent store several times already.
      !isSilence(error) &&
      !(error instanceof StageFault) &&
      !/AccessDenied|NoSuch|PreconditionFailed|InvalidRange|Forbidden|NotFound|InvalidObjectState/u.test(nameOf(error)),
    wait: async (attempt) => {
      await new Promise<void>((resolve) => ports.clock.after(100 * 2 ** attempt, resolve));
    },
  };
}

/** Not every store heeds If-Match and Range: what it says that it sends is held against what was asked for. */
function refuseOther(
  place: Place,
  object: StoredObject,
  range: Range,
  answer: { readonly ETag?: string | undefined; readonly ContentRange?: string | undefined },
): void {
  // A proxy that may compress answers calls the same object's tag a weak one.
  const plain = (etag: string): string => etag.replace(/^W\//u, '').replaceAll('"', '');
  if (answer.ETag !== undefined && object.etag !== undefined && plain(answer.ETag) !== plain(object.etag))
    throw replaced(place, object);
  const sent = /^bytes (\d+)-(\d+)\/(\d+|\*)$/u.exec(answer.ContentRange ?? '');
  if (!sent) {
    if (range.start === 0 && range.end === object.bytes) return;
    throw new Error(
      `The store sent bytes without a word on which they are, asked for ${range.start} to ${range.end - 1}; a store or proxy that answers ranges is needed.`,
    );
  }
  if (sent[3] !== '*' && Number(sent[3]) !== object.bytes) throw replaced(place, object);
  if (Number(sent[1]) !== range.start || Number(sent[2]) !== range.end - 1)
    throw new Error(
      `The store sent bytes ${sent[1] ?? ''} to ${sent[2] ?? ''}, asked for ${range.start} to ${range.end - 1}.`,
    );
}

function replaced(place: Place, object: StoredObject): StageFault {
  return new StageFault(
    'inconclusive',
    `s3://${place.bucket}/${object.key} was replaced while it was read; run again.`,
  );
}

function readFault(place: Place, object: StoredObject, signal: AbortSignal, error: unknown): Error {
  signal.throwIfAborted();
  if (error instanceof StageFault) return error;
  const what = `s3://${place.bucket}/${object.key}`;
  const name = nameOf(error);
  if (/PreconditionFailed/u.test(name)) return replaced(place, object);
  if (/InvalidObjectState/u.test(name))
    return new StageFault('failed', `${what} is in cold storage and must be retrieved before it can be read.`);
  if (/^The store (?:ended|sent)/u.test(name)) return new StageFault('failed', `${what} can't be read whole: ${name}`);
  return awsFault(error, what, place.faults);
}
