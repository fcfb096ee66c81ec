/** Brings a backup's bytes to where its tool can read them, summing every byte on the way. */
import { dirname, join } from 'node:path';
import { StageFault, type RunContext } from '../core/recovery/engine.ts';
import type { StoredObject } from '../core/recovery/newest.ts';
import type { FileSumming, SumKind } from '../core/ports.ts';
import type { ChecksumRecord } from '../core/recovery/record.ts';
import { compared, summing, sumKinds } from './checksum.ts';
import type { EnginePorts } from './ports.ts';
import type { PromisedChecksum, Store } from './stores/store.ts';
import { tapped } from './streams.ts';
import { runTool } from './tool.ts';
import { makeFolder, writeFault, writeFile } from './writeFile.ts';

export interface Staged {
  readonly path: string;
  readonly bytes: number;
  readonly checksum: ChecksumRecord;
}

/** Progress is told at most this often, bytes. */
const STEP = 16 * 1024 * 1024;
/** From this size on a thread of its own for the sums is worth its start. */
const THREADED = 16 * 1024 * 1024;

/** Reads all of `object`; leaves it in the run's folder, or where it is when the run's user may read it there. */
export async function stage(
  ports: EnginePorts,
  run: RunContext,
  store: Store,
  object: StoredObject,
  promised: PromisedChecksum | undefined,
): Promise<Staged> {
  const staging: Staging = { ports, run, store, object, promised };
  const local = store.localPath(object);
  const kinds = object.bytes >= THREADED ? sumKinds(promised) : undefined;
  const inPlace = local !== undefined && (await isReadable(ports, run, local));
  const path = inPlace ? local : await stagedPath(ports, run, object);
  let checksum: ChecksumRecord;
  if (inPlace && kinds) checksum = await summedInPlace(staging, path, kinds);
  else if (!inPlace && kinds && store.land) checksum = await landed(staging, path, kinds, store.land);
  else checksum = await inOrder(staging, inPlace ? undefined : path);
  run.progress('fetch+verify', object.bytes, object.bytes);
  refuseMismatch(checksum, promised, object.name);
  return { path, bytes: object.bytes, checksum };
}

interface Staging {
  readonly ports: EnginePorts;
  readonly run: RunContext;
  readonly store: Store;
  readonly object: StoredObject;
  readonly promised: PromisedChecksum | undefined;
}

/** A place in the run's folder that nothing has: two backups may have the same file name. */
async function stagedPath(ports: EnginePorts, run: RunContext, object: StoredObject): Promise<string> {
  const base = object.name
    .slice(object.name.lastIndexOf('/') + 1)
    .replace(/[^\w.+-]/gu, '_')
    .slice(-80);
  const name = `${(object.versionId ?? '').replace(/\W/gu, '').slice(0, 8)}${base}`;
  for (let number = 1; ; number++) {
    const folder = join(run.folder, number === 1 ? 'stage' : `stage${number}`);
    if ((await ports.files.info(join(folder, name))) === undefined) return join(folder, name);
  }
}

/** One stream, summed on its way; written to `target` where there is one. */
async function inOrder(staging: Staging, target: string | undefined): Promise<ChecksumRecord> {
  const { ports, run, store, object, promised } = staging;
  const sums = summing(promised);
  const told = teller(staging);
  const source = tapped(
    store.read(object, run.signal),
    (chunk) => {
      sums.add(chunk);
      told(sums.bytes());
    },
    run.signal,
  );
  if (target === undefined) for await (const _chunk of source);
  else await writeFile(ports, run, target, source);
  if (sums.bytes() !== object.bytes) throw cutOff(object, sums.bytes());
  return sums.finish();
}

async function summedInPlace(staging: Staging, path: string, kinds: readonly SumKind[]): Promise<ChecksumRecord> {
  const { ports, run, object, promised } = staging;
  const size = (await ports.files.info(path))?.size ?? 0;
  if (size !== object.bytes) throw cutOff(object, size);
  const sums = ports.files.sum(path, kinds, teller(staging));
  return await untilStopped(run, sums, async () => compared(promised, await sums.finish(object.bytes)));
}

/** Ranges written to their places as they come, summed behind them from the file. */
async function landed(
  staging: Staging,
  path: string,
  kinds: readonly SumKind[],
  land: NonNullable<Store['land']>,
): Promise<ChecksumRecord> {
  const { ports, run, object, promised } = staging;
  await makeFolder(ports, run, dirname(path));
  const failures = new Set<unknown>();
  const told = teller(staging);
  const file = await ports.files.createFile(path);
  const sums = ports.files.sum(path, kinds);
  return await untilStopped(run, sums, async () => {
    try {
      await land(object, run.signal, {
        write: async (chunks, position) => {
          await file.write(chunks, position).catch((error: unknown) => {
            failures.add(error);
            throw error;
          });
        },
        reached: (bytes) => {
          sums.reached(bytes);
          told(bytes);
        },
        isOwn: (error) => failures.has(error),
      });
    } catch (error) {
      throw failures.has(error) ? writeFault(run, path, error) : error;
    } finally {
      await file.close();
    }
    if (run.owner) await ports.files.setOwner(path, run.owner);
    return compared(promised, await sums.finish(object.bytes));
  });
}

/** Ends the summing thread whatever happens. */
async function untilStopped<T>(run: RunContext, sums: FileSumming, work: () => Promise<T>): Promise<T> {
  const onAbort = (): void => void sums.stop();
  run.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work();
  } catch (error) {
    run.signal.throwIfAborted();
    throw error;
  } finally {
    run.signal.removeEventListener('abort', onAbort);
    await sums.stop();
  }
}

function teller({ run, object }: Staging): (bytes: number) => void {
  let told = 0;
  return (bytes) => {
    if (bytes - told < STEP) return;
    told = bytes;
    run.progress('fetch+verify', told, object.bytes);
  };
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
