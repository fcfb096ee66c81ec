/** Brings a backup's bytes to where its tool can read them, summing every byte on the way. */
import { join } from 'node:path';
import type { RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import type { StoredObject } from '../core/recovery/newest.ts';
import type { ChecksumRecord } from '../core/recovery/record.ts';
import { summing } from './checksum.ts';
import type { EnginePorts } from './ports.ts';
import type { PromisedChecksum, Store } from './stores/store.ts';
import { runTool } from './tool.ts';
import { intoFile } from './writeFile.ts';

export interface Staged {
  readonly path: string;
  readonly bytes: number;
  readonly checksum: ChecksumRecord;
}

/** Progress is told at most this often, bytes. */
const STEP = 16 * 1024 * 1024;

/** Reads all of `object`; leaves it in the run's folder (as `target`, where given), or where it is when only a tool reads it and may do so there. */
export async function stage(
  ports: EnginePorts,
  run: RunContext,
  store: Store,
  object: StoredObject,
  promised: PromisedChecksum | undefined,
  target?: string,
): Promise<Staged> {
  const local = store.localPath(object);
  // Steps get a copy: one such as "gunzip FILE" would otherwise replace the backup itself.
  const inPlace = local !== undefined && run.plan.steps.length === 0 && (await isReadable(ports, run, local));
  const path = inPlace ? local : (target ?? (await stagedPath(ports, run, object)));
  const sums = summing(promised);
  let told = 0;
  const sum = (bytes: Uint8Array): void => {
    sums.add(bytes);
    if (sums.bytes() - told < STEP) return;
    told = sums.bytes();
    run.progress('fetch+verify', told, object.bytes);
  };
  if (inPlace) await store.land(object, run.signal, { sum });
  else await intoFile(ports, run, path, async (file) => await store.land(object, run.signal, { sum, file }));
  if (sums.bytes() !== object.bytes) throw cutOff(object, sums.bytes());
  run.progress('fetch+verify', object.bytes, object.bytes);
  const checksum = sums.finish();
  refuseMismatch(checksum, promised, object.name);
  return { path, bytes: object.bytes, checksum };
}

async function stagedPath(ports: EnginePorts, run: RunContext, object: StoredObject): Promise<string> {
  const version = (object.versionId ?? '').replace(/\W/gu, '').slice(0, 8);
  return await freshPath(ports, run, `${version}${ownName(object)}`);
}

/** The last part of an object's name, as a file may be called anywhere: steps tell formats by it. */
export function ownName({ name }: StoredObject): string {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/[^\w.+-]/gu, '_')
    .slice(-80);
}

/** A place in the run's folder that nothing has: two backups may have the same file name, or be unwrapped both. */
export async function freshPath(ports: EnginePorts, run: RunContext, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = join(run.folder, number === 1 ? 'stage' : `stage${number}`);
    if ((await ports.files.info(join(folder, name))) === undefined) return join(folder, name);
  }
}

function cutOff(object: StoredObject, came: number): StageFault {
  return new StageFault(
    'failed',
    `${object.name} has ${object.bytes} bytes by the listing, but ${came} came: it is cut off, or was changed while it was read.`,
  );
}

function refuseMismatch(checksum: ChecksumRecord, promised: PromisedChecksum | undefined, name: string): void {
  if (checksum.state === 'mismatched') {
    throw new StageFault(
      'failed',
      `The ${checksum.algorithm.toUpperCase()} checksum of ${name} doesn't match: ${checksum.source ?? 'the promise'} says ${promised?.value ?? 'another'}, its bytes have ${checksum.value}; the backup was changed or damaged after it was made.`,
      { code: 'checksum' },
    );
  }
}

async function isReadable(ports: EnginePorts, run: RunContext, path: string): Promise<boolean> {
  if (!run.owner) return true;
  const test = await runTool(
    ports,
    run,
    '/bin/sh',
    ['-c', 'test -r "$0" && cat /dev/null "$0" 2>/dev/null | head -c 1 >/dev/null', path],
    { stage: 'fetch+verify', quiet: true },
  );
  return test.code === 0;
}

/** The names beside a backup that hold its checksum. */
export function sidecarNames(name: string): readonly string[] {
  const slash = name.lastIndexOf('/') + 1;
  const folder = name.slice(0, slash);
  return [
    `${name}.sha256`,
    `${name}.sha256sum`,
    `${name}.sha512`,
    `${name}.sha1`,
    `${name}.md5`,
    `${folder}SHA256SUMS`,
    `${folder}SHA512SUMS`,
    `${folder}checksums.txt`,
    `${folder}MD5SUMS`,
  ];
}
