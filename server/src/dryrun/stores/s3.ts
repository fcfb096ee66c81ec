/** A bucket as a store of backups: versions and delete markers listed, locks and checksums read, bytes in parallel ranges. */
import type { StoredObject } from '../../core/recovery/newest.ts';
import type { LockRecord } from '../../core/recovery/record.ts';
import type { BackupLocation, RolePlan } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { EnginePorts } from '../ports.ts';
import { openAws, PATIENCE, s3Options } from './aws.ts';
import { awsFault, nameOf } from './awsFault.ts';
import { directHandler } from './direct.ts';
import { ETAG, objectChecksum } from './objectChecksum.ts';
import { blocksOfBucket, land, read, type Place } from './s3Read.ts';
import type { ObjectDescription, Store } from './store.ts';

type BucketLocation = Extract<BackupLocation, { kind: 'bucket' }>;

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
  const options = await s3Options(access);
  const client = new s3.S3Client({
    ...options,
    requestHandler: directHandler(options.requestHandler, ports.downloads(), PATIENCE),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const where = `s3://${location.bucket}/${location.prefix}`;
  const faults = { ...(access.assumed && role ? { asRole: role.arn ?? role.name } : {}) };
  const place = {
    s3,
    client,
    bucket: location.bucket,
    prefix: location.prefix,
    where,
    faults,
    isGoogle: /^https:\/\/(?:[^/]+\.)?storage\.googleapis\.com(?:[:/]|$)/u.test(access.endpoint ?? ''),
    blocks: blocksOfBucket(),
  };
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
    land: async (object, signal, landing) => await land(ports, place, object, signal, landing),
    localPath: () => undefined,
    close: () => client.destroy(),
  };
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
    const next = answer.IsTruncated === true ? answer.NextKeyMarker : undefined;
    if (next !== undefined && next === key && answer.NextVersionIdMarker === version) throw endless(place);
    key = next;
    version = answer.NextVersionIdMarker;
  } while (key !== undefined);
  return found.map((object) =>
    object.hidden && markers.has(object.key) ? { ...object, hidden: 'delete-marker' } : object,
  );
}

function endless(place: Place): StageFault {
  return new StageFault(
    'inconclusive',
    `The list of ${place.where} does not end: the store sends the same page again and again.`,
    { code: 'unchecked/unreachable' },
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
    const next = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
    if (next !== undefined && next === token) throw endless(place);
    token = next;
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
  const found = await objectChecksum(place.s3, place.client, target, answer, signal);
  // Google's tags are sums of the bytes for some of its encryptions only, and nothing tells which.
  const checksum = found?.source === ETAG && place.isGoogle ? undefined : found;
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
