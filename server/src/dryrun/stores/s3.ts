/** A bucket as a store of backups: versions and delete markers listed, locks and checksums read, bytes in parallel ranges. */
import type { StoredObject } from '../../core/recovery/newest.ts';
import type { LockRecord } from '../../core/recovery/record.ts';
import { StageFault, type BackupLocation, type RolePlan } from '../../core/recovery/engine.ts';
import type { EnginePorts } from '../ports.ts';
import { readRanges } from '../streams.ts';
import { awsFault, nameOf, openAws, requestHandler } from './aws.ts';
import { objectChecksum } from './objectChecksum.ts';
import type { ObjectDescription, Store } from './store.ts';

type BucketLocation = Extract<BackupLocation, { kind: 'bucket' }>;
type S3 = typeof import('@aws-sdk/client-s3');
type Client = InstanceType<S3['S3Client']>;

/** 8 MiB a range and four at once: 32 MiB of memory whatever the object's size. */
const PART = 8 * 1024 * 1024;
const PARALLEL = 4;
const MOST_OBJECTS = 200_000;
const COLD = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Opens the bucket with the restore role's rights where it can be assumed, else with the caller's own. */
export async function openS3(
  ports: EnginePorts,
  location: BucketLocation,
  role: RolePlan | undefined,
  denyRole: boolean,
  signal: AbortSignal,
): Promise<Store> {
  const access = await openAws(
    ports,
    { ...location.access, ...(location.region === undefined ? {} : { region: location.region }) },
    role,
    denyRole,
    signal,
  );
  const s3 = await import('@aws-sdk/client-s3');
  const client = new s3.S3Client({
    region: access.region,
    ...(access.endpoint === undefined ? {} : { endpoint: access.endpoint, forcePathStyle: true }),
    credentials: access.credentials,
    maxAttempts: 3,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: (await requestHandler()) as never,
  });
  const where = `s3://${location.bucket}/${location.prefix}`;
  const faults = { ...(access.assumed && role ? { asRole: role.arn ?? role.name } : {}) };
  const place = { s3, client, bucket: location.bucket, prefix: location.prefix, where, faults };
  return {
    kind: 'bucket',
    where,
    access: {
      assumed: access.assumed,
      ...(access.used === undefined ? {} : { used: access.used }),
      ...(access.why === undefined ? {} : { why: access.why }),
    },
    uri: (object) => `s3://${location.bucket}/${object.key}`,
    list: async (signal) => await list(place, signal),
    describe: async (object, signal) => await describe(place, object, signal),
    read: (object, signal, range) => read(ports, place, object, signal, range),
    localPath: () => undefined,
    close: () => client.destroy(),
  };
}

interface Place {
  readonly s3: S3;
  readonly client: Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly where: string;
  readonly faults: { readonly asRole?: string };
}

/** Versions where they may be listed, so that a delete marker hides nothing; else the plain listing. */
async function list(place: Place, signal: AbortSignal): Promise<readonly StoredObject[]> {
  try {
    return await listVersions(place, signal);
  } catch (error) {
    signal.throwIfAborted();
    const name = nameOf(error);
    if (!/AccessDenied|NotImplemented|Forbidden|MethodNotAllowed/u.test(name))
      throw awsFault(error, `bucket ${place.bucket}`, place.faults);
  }
  try {
    return await listPlain(place, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw awsFault(error, `bucket ${place.bucket}`, place.faults);
  }
}

async function listVersions(place: Place, signal: AbortSignal): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = [];
  const markers = new Set<string>();
  let key: string | undefined;
  let version: string | undefined;
  do {
    const answer = await place.client.send(
      new place.s3.ListObjectVersionsCommand({
        Bucket: place.bucket,
        Prefix: place.prefix,
        KeyMarker: key,
        VersionIdMarker: version,
      }),
      { abortSignal: signal },
    );
    for (const marker of answer.DeleteMarkers ?? [])
      if (marker.IsLatest === true && marker.Key !== undefined) markers.add(marker.Key);
    for (const each of answer.Versions ?? []) {
      if (each.Key === undefined) continue;
      const versionId = each.VersionId === 'null' ? undefined : each.VersionId;
      found.push({
        key: each.Key,
        name: each.Key.slice(place.prefix.length).replace(/^\//u, ''),
        bytes: each.Size ?? 0,
        storedMs: each.LastModified?.getTime() ?? 0,
        ...(versionId === undefined ? {} : { versionId }),
        ...(each.IsLatest === true ? {} : { hidden: 'overwritten' as const }),
        ...(each.StorageClass === undefined ? {} : { storageClass: each.StorageClass }),
        ...(each.ETag === undefined ? {} : { etag: each.ETag }),
      });
    }
    if (found.length > MOST_OBJECTS)
      throw new StageFault(
        'inconclusive',
        `${place.where} holds more than ${MOST_OBJECTS} objects; narrow the prefix.`,
      );
    key = answer.IsTruncated === true ? answer.NextKeyMarker : undefined;
    version = answer.NextVersionIdMarker;
  } while (key !== undefined);
  return found.map((object) =>
    object.hidden && markers.has(object.key) ? { ...object, hidden: 'delete-marker' } : object,
  );
}

async function listPlain(place: Place, signal: AbortSignal): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = [];
  let token: string | undefined;
  do {
    const answer = await place.client.send(
      new place.s3.ListObjectsV2Command({ Bucket: place.bucket, Prefix: place.prefix, ContinuationToken: token }),
      { abortSignal: signal },
    );
    for (const each of answer.Contents ?? []) {
      if (each.Key === undefined) continue;
      found.push({
        key: each.Key,
        name: each.Key.slice(place.prefix.length).replace(/^\//u, ''),
        bytes: each.Size ?? 0,
        storedMs: each.LastModified?.getTime() ?? 0,
        ...(each.StorageClass === undefined ? {} : { storageClass: each.StorageClass }),
        ...(each.ETag === undefined ? {} : { etag: each.ETag }),
      });
    }
    token = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
  } while (token !== undefined && found.length < MOST_OBJECTS);
  return found;
}

async function describe(place: Place, object: StoredObject, signal: AbortSignal): Promise<ObjectDescription> {
  const target = {
    Bucket: place.bucket,
    Key: object.key,
    ...(object.versionId === undefined ? {} : { VersionId: object.versionId }),
  };
  let answer;
  try {
    answer = await place.client.send(new place.s3.HeadObjectCommand({ ...target, ChecksumMode: 'ENABLED' }), {
      abortSignal: signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw awsFault(error, `s3://${place.bucket}/${object.key}`, place.faults);
  }
  const restored = /ongoing-request="false"/u.test(answer.Restore ?? '');
  const storageClass = answer.StorageClass ?? object.storageClass;
  const checksum = await objectChecksum(place.s3, place.client, target, answer, signal);
  const encryption = answer.ServerSideEncryption;
  return {
    lock: lockOf(answer),
    ...(checksum === undefined ? {} : { checksum }),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(storageClass !== undefined && COLD.has(storageClass) && !restored ? { cold: storageClass } : {}),
    ...(encryption === undefined ? {} : { encryption }),
  };
}

function lockOf(answer: {
  ObjectLockMode?: string | undefined;
  ObjectLockRetainUntilDate?: Date | undefined;
  ObjectLockLegalHoldStatus?: string | undefined;
}): LockRecord {
  const held = answer.ObjectLockLegalHoldStatus === 'ON';
  if (answer.ObjectLockRetainUntilDate === undefined)
    return held ? { state: 'locked', legalHold: true } : { state: 'unlocked' };
  return {
    state: 'locked',
    ...(answer.ObjectLockMode === undefined ? {} : { mode: answer.ObjectLockMode.toLowerCase() }),
    until: answer.ObjectLockRetainUntilDate.toISOString(),
    ...(held ? { legalHold: true } : {}),
  };
}

async function* read(
  ports: EnginePorts,
  place: Place,
  object: StoredObject,
  signal: AbortSignal,
  range?: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  const base = range?.start ?? 0;
  const bytes = (range?.end ?? object.bytes) - base;
  if (bytes <= 0) return;
  const what = `s3://${place.bucket}/${object.key}`;
  // What the client has given up on it has tried several times; only a stream that broke later is begun again.
  const givenUp = new Set<unknown>();
  try {
    yield* readRanges({
      bytes,
      part: PART,
      parallel: PARALLEL,
      signal,
      open: async (start, end, inner) => {
        const command = new place.s3.GetObjectCommand({
          Bucket: place.bucket,
          Key: object.key,
          Range: `bytes=${base + start}-${base + end - 1}`,
          ...(object.versionId === undefined ? {} : { VersionId: object.versionId }),
          ...(object.etag === undefined ? {} : { IfMatch: object.etag }),
        });
        const answer = await place.client.send(command, { abortSignal: inner }).catch((error: unknown) => {
          givenUp.add(error);
          throw error;
        });
        if (answer.Body === undefined) throw new Error('The store sent no body.');
        return answer.Body as unknown as AsyncIterable<Uint8Array>;
      },
      mayRetry: (error) =>
        !givenUp.has(error) &&
        !/AccessDenied|NoSuch|PreconditionFailed|InvalidRange|Forbidden|NotFound|InvalidObjectState/u.test(
          nameOf(error),
        ),
      wait: async (attempt) => {
        await new Promise<void>((resolve) => ports.clock.after(100 * 2 ** attempt, resolve));
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    if (/PreconditionFailed/u.test(nameOf(error)))
      throw new StageFault('inconclusive', `${what} was replaced while it was read; run again.`);
    if (/InvalidObjectState/u.test(nameOf(error)))
      throw new StageFault('failed', `${what} is in cold storage and must be retrieved before it can be read.`);
    if (/The store (?:ended|sent)/u.test(nameOf(error)))
      throw new StageFault('failed', `${what} can't be read whole: ${nameOf(error)}`);
    throw awsFault(error, what, place.faults);
  }
}
