/** Backups that are folders: staged as a tree below the run's folder, every byte summed. */
import { createHash } from 'node:crypto';
import { join, normalize } from 'node:path';
import { StageFault, type RunContext } from '../core/recovery/engine.ts';
import type { StoredObject } from '../core/recovery/newest.ts';
import type { ChecksumRecord } from '../core/recovery/record.ts';
import { summing } from './checksum.ts';
import type { EnginePorts } from './ports.ts';
import type { StoredHandle } from './stored.ts';
import { tapped } from './streams.ts';
import { writeFile } from './writeFile.ts';

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
  for (const member of handle.members) {
    const name = normalize(nameOf(member)).replace(/^\/+/u, '');
    if (name.startsWith('..') || name === '' || name === '.')
      throw new StageFault(
        'failed',
        `The stored name "${member.name}" leads out of the folder that it is restored into.`,
      );
    const sum = summing(undefined);
    await writeFile(ports, run, join(target, name), tapped(handle.store.read(member, run.signal), sum.add, run.signal));
    if (sum.bytes() !== member.bytes)
      throw new StageFault(
        'failed',
        `${member.name} has ${member.bytes} bytes by the listing, but ${sum.bytes()} came.`,
      );
    bytes += member.bytes;
    sums.push(`${sum.finish().value}  ${name}`);
    run.progress('fetch+verify', bytes, total);
  }
  const value = createHash('sha256').update(sums.sort().join('\n')).digest('hex');
  return { bytes, checksum: { algorithm: 'sha256', value, state: 'computed', source: 'sums of all files' } };
}
