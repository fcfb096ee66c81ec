/** Finding a backup in a store: opened with the restore role, listed, chosen, described; the same for every tool that stores files. */
import { Buffer } from 'node:buffer';
import type { BackupPlan, FoundBackup, RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import { chooseBackup, type Candidate, type StoredObject } from '../core/recovery/newest.ts';
import type { BackupRecord } from '../core/recovery/record.ts';
import { readSidecar } from './checksum.ts';
import type { EnginePorts } from './ports.ts';
import { sidecarNames } from './staging.ts';
import { openFolder } from './stores/folder.ts';
import { openS3 } from './stores/s3.ts';
import type { ObjectDescription, PromisedChecksum, Store } from './stores/store.ts';

/** What `FoundBackup.handle` is for stored backups. */
export interface StoredHandle {
  readonly store: Store;
  readonly object: Candidate;
  /** Objects of a backup that is a folder, or the only one. */
  readonly members: readonly StoredObject[];
  readonly listing: readonly StoredObject[];
  readonly promised?: PromisedChecksum;
}

/** Opens the store of a backup; the restore role is used for buckets. */
async function openStore(ports: EnginePorts, run: RunContext, backup: BackupPlan): Promise<Store> {
  const { location } = backup;
  if (location.kind === 'folder') return await openFolder(ports.files, location.folder);
  if (location.kind === 'bucket')
    return await openS3(ports, location, run.plan.role, run.plan.scenario === 'role-denied', run.signal);
  throw new StageFault(
    'failed',
    `Backup "${backup.name}" of tool ${backup.tool} needs "in" to name a bucket or a folder.`,
  );
}

/** Groups objects into backups: by default each object is one; folders of a known inner file are one together. */
export type Grouping = (
  objects: readonly StoredObject[],
) => readonly (StoredObject & { readonly members?: readonly StoredObject[] })[];

/** Finds the backup that the plan asks for. Rejects with `failed` where there is none. */
export async function locateStored(
  ports: EnginePorts,
  run: RunContext,
  backup: BackupPlan,
  group?: Grouping,
): Promise<FoundBackup> {
  const store = await openStore(ports, run, backup);
  const listing = await store.list(run.signal);
  const { plan } = run;
  const grouped = group ? group(listing) : listing;
  const choice = chooseBackup(grouped, {
    now: ports.clock.now(),
    ...(backup.match === undefined ? {} : { match: backup.match }),
    ...(backup.time === undefined ? {} : { time: backup.time }),
    ...(plan.backupId === undefined ? {} : { backupId: plan.backupId }),
    ...(plan.beforeMs === undefined ? {} : { beforeMs: plan.beforeMs }),
    ...(plan.scenario === 'newest-missing' ? { skip: 1 } : {}),
    ...(backup.intervalMs === undefined ? {} : { intervalMs: backup.intervalMs }),
  });
  for (const note of choice.notes) run.note(note);
  const object = choice.chosen;
  if (!object)
    throw new StageFault(
      'failed',
      `No backup "${backup.name}" was found in ${store.where}: ${choice.why ?? 'nothing fits.'}`,
      { code: 'no-backup' },
    );
  if (object.bytes === 0)
    throw new StageFault('failed', `The backup ${store.uri(object)} is empty (0 bytes).`, { code: 'empty' });
  const members = (object as { members?: readonly StoredObject[] }).members ?? [object];
  const description: ObjectDescription = await store.describe(members[0] ?? object, run.signal);
  const sidecar = members.length === 1 ? await readPromise(run, store, listing, object) : undefined;
  const promised = sidecar ?? (members.length === 1 ? description.checksum : undefined);
  if (description.cold !== undefined) {
    run.note({
      severity: 'warning',
      code: 'cold-storage',
      message: `${store.uri(object)} is in ${description.cold}: it must be retrieved first, which takes hours (12 h and more for DEEP_ARCHIVE) and counts against the RTO.`,
    });
  }
  const raw = backup.raw['immutable'] === true;
  if (raw && store.kind === 'bucket' && description.lock.state === 'unlocked') {
    run.note({
      severity: 'warning',
      code: 'not-locked',
      message: `${store.uri(object)} is not locked, though the runbook says that it is immutable.`,
    });
  }
  const record: BackupRecord = {
    name: backup.name,
    tool: backup.tool,
    id: object.name === '' ? object.key : object.name,
    uri: store.uri(object),
    ...(object.versionId === undefined ? {} : { versionId: object.versionId }),
    time: new Date(object.timeMs).toISOString(),
    timeFrom: object.timeFrom,
    ageMs: Math.max(0, ports.clock.now() - object.timeMs),
    bytes: object.bytes,
    lock: description.lock,
    ...(description.storageClass === undefined ? {} : { storageClass: description.storageClass }),
    ...(backup.database === undefined ? {} : { database: backup.database }),
    ...(promised === undefined
      ? {}
      : {
          checksum: {
            algorithm: promised.algorithm,
            value: promised.value,
            state: 'unknown' as const,
            source: promised.source,
          },
        }),
  };
  const handle: StoredHandle = { store, object, members, listing, ...(promised === undefined ? {} : { promised }) };
  return { plan: backup, record, handle, ...(store.access === undefined ? {} : { access: store.access }) };
}

/** The sidecar's promise, where one is stored beside the backup. */
async function readPromise(
  run: RunContext,
  store: Store,
  listing: readonly StoredObject[],
  object: StoredObject,
): Promise<PromisedChecksum | undefined> {
  for (const name of sidecarNames(object.name)) {
    const sidecar = listing.find((each) => each.name === name && each.hidden === undefined && each.bytes < 1024 * 1024);
    if (!sidecar) continue;
    const parts: Uint8Array[] = [];
    for await (const chunk of store.read(sidecar, run.signal)) parts.push(chunk);
    const found = readSidecar(Buffer.concat(parts).toString('utf8'), object.name);
    if (found) return { ...found, source: sidecar.name.slice(sidecar.name.lastIndexOf('/') + 1) };
    run.note({
      severity: 'warning',
      code: 'checksum-unreadable',
      message: `The checksum file ${sidecar.name} holds no checksum for ${object.name}.`,
    });
  }
  return undefined;
}
