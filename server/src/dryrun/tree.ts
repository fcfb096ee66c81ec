/** Backups that are folders: staged as a tree below the run's folder, every byte summed. */
import { createHash } from 'node:crypto';
import { dirname, join, normalize } from 'node:path';
import type { RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import type { StoredObject } from '../core/recovery/newest.ts';
import type { ChecksumRecord } from '../core/recovery/record.ts';
import { summing } from './checksum.ts';
import type { EnginePorts } from './ports.ts';
import type { StoredHandle } from './stored.ts';
import { intoFile, makeFolder } from './writeFile.ts';

/** Bytes of a member that is read in one piece. */
const SMALL = 8 * 1024 * 1024;
const AT_ONCE = 8;

/** Copies all members into `target`, names relative to `prefix`. The checksum is over the names and sums of all. */
export async function stageTree(
  ports: EnginePorts,
  run: RunContext,
  handle: StoredHandle,
  target: string,
  nameOf: (member: StoredObject) => string,
): Promise<{ readonly bytes: number; readonly checksum: ChecksumRecord }> {
  const sums: string[] = [];
  let bytes = 0;
  const total = handle.members.reduce((sum, each) => sum + each.bytes, 0);
  const names = new Map(handle.members.map((member) => [member, safeName(member, nameOf(member))]));
  // Before the members, which come several at once: one would find a folder that another has not yet handed over.
  for (const name of names.values()) await makeFolder(ports, run, dirname(join(target, name)));
  await eachMember(run, handle.members, async (member, within) => {
    const name = names.get(member) ?? '';
    const sum = summing(undefined);
    await intoFile(
      ports,
      within,
      join(target, name),
      async (file) => await handle.store.land(member, within.signal, { sum: sum.add, file }),
    );
    if (sum.bytes() !== member.bytes)
      throw new StageFault(
        'failed',
        `${member.name} has ${member.bytes} bytes by the listing, but ${sum.bytes()} came.`,
      );
    bytes += member.bytes;
    sums.push(`${sum.finish().value}  ${name}`);
    run.progress('fetch+verify', bytes, total);
  });
  const value = createHash('sha256').update(sums.sort().join('\n')).digest('hex');
  return { bytes, checksum: { algorithm: 'sha256', value, state: 'computed', source: 'sums of all files' } };
}

function safeName(member: StoredObject, stored: string): string {
  const name = normalize(stored).replace(/^\/+/u, '');
  if (name.startsWith('..') || name === '' || name === '.')
    throw new StageFault(
      'failed',
      `The stored name "${member.name}" leads out of the folder that it is restored into.`,
    );
  return name;
}

/** Large members come one after another, each in parallel ranges; of small ones several at once, for each waits longer than it takes. */
export async function eachMember(
  run: RunContext,
  members: readonly StoredObject[],
  work: (member: StoredObject, within: RunContext) => Promise<void>,
): Promise<void> {
  const isLarge = (member: StoredObject): boolean => member.bytes > SMALL;
  for (const member of members.filter(isLarge)) await work(member, run);
  const stop = new AbortController();
  const within = { ...run, signal: AbortSignal.any([run.signal, stop.signal]) };
  const small = members.filter((member) => !isLarge(member)).values();
  const lanes = Array.from({ length: AT_ONCE }, async () => {
    for (const member of small) await work(member, within);
  });
  try {
    await Promise.all(lanes);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(lanes);
    run.signal.throwIfAborted();
    throw error;
  }
}
