/** A staged backup under its wrappings (compressed, encrypted): which they are, and its bytes without them. */
import type { Buffer } from 'node:buffer';
import type { BackupPlan, RunContext } from '../core/recovery/engine.ts';
import type { BackupRecord, ChecksumRecord } from '../core/recovery/record.ts';
import type { EnginePorts } from './ports.ts';
import { withinQuota } from './quota.ts';
import { head } from './streams.ts';
import { isCompression, unwrap, wrappingOf, type Wrapping } from './unwrap.ts';

/** More than these would be a wrapping that never ends. */
const MOST = 4;

export interface Peeled {
  /** Outermost first. */
  readonly wrappings: readonly Wrapping[];
  /** The first bytes under all of them. */
  readonly first: Buffer;
  readonly described: Pick<BackupRecord, 'compression' | 'encryption'>;
}

/** Looks under the wrappings of the file at `path`. */
export async function peel(
  ports: EnginePorts,
  run: RunContext,
  backup: BackupPlan,
  path: string,
  bytes: number,
): Promise<Peeled> {
  const wrappings: Wrapping[] = [];
  let described: Peeled['described'] = {};
  let first = await head(ports.files.readStream(path, { start: 0, end: bytes }), bytes);
  for (let found = wrappingOf(first); found !== undefined && wrappings.length < MOST; found = wrappingOf(first)) {
    wrappings.push(found);
    described = { ...described, ...(isCompression(found) ? { compression: found } : { encryption: found }) };
    first = await head(await openWrapped(ports, run, backup, path, wrappings), bytes);
    run.signal.throwIfAborted();
  }
  if (backup.decrypt && described.encryption === undefined)
    run.note({
      severity: 'warning',
      code: 'not-encrypted',
      message: `The runbook says that backup "${backup.name}" is encrypted with ${backup.decrypt.with}, but what lies there is not.`,
    });
  return { wrappings, first, described };
}

/** The bytes of a staged file with its wrappings taken off, no more of them than the sandbox's quota. */
export async function openWrapped(
  ports: EnginePorts,
  run: RunContext,
  backup: BackupPlan,
  path: string,
  wrappings: readonly Wrapping[],
): Promise<AsyncIterable<Uint8Array>> {
  let stream: AsyncIterable<Uint8Array> = ports.files.readStream(path);
  for (const wrapping of wrappings) stream = await unwrap(ports, run, backup, wrapping, stream);
  return wrappings.length > 0 ? withinQuota(run, stream) : stream;
}

/** What was read and what it was compared with, for the stage's message. */
export function readWords(bytes: number, sum: ChecksumRecord | undefined): string {
  const read = `${bytes} bytes read`;
  if (!sum || sum.state === 'computed') return `${read}, no checksum to compare with`;
  return sum.state === 'matched'
    ? `${read}, ${sum.algorithm} matches ${sum.source ?? ''}`.trimEnd()
    : `${read}, ${sum.source ?? 'the checksum'} can't be compared`;
}
