/** When this machine last read the evidence bucket of a workspace, and which chains it has from there: kept in the user's cache. */
import { createHash } from 'node:crypto';
import * as path from 'node:path';
import type { CommandContext } from './command.ts';

export interface MirrorStamp {
  /** `s3://bucket/prefix`. */
  readonly where: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Writers whose chains were copied from there. */
  readonly writers: readonly string[];
}

function stampFile({ dependencies }: CommandContext, root: string): string {
  const name = createHash('sha256').update(root).digest('hex');
  return path.join(dependencies.machine.cacheFolder, 'mirrors', `${name}.json`);
}

export async function readStamp(context: CommandContext, root: string): Promise<MirrorStamp | undefined> {
  try {
    const text = await context.dependencies.files.readText(stampFile(context, root));
    const { where, at, writers } = JSON.parse(text) as Partial<MirrorStamp>;
    const whole = typeof where === 'string' && typeof at === 'number' && Array.isArray(writers);
    return whole ? { where, at, writers: writers.filter((each) => typeof each === 'string') } : undefined;
  } catch {
    return undefined;
  }
}

export async function writeStamp(context: CommandContext, root: string, stamp: MirrorStamp): Promise<void> {
  const { files } = context.dependencies;
  const file = stampFile(context, root);
  // A stamp that can't be kept costs a note, not the evidence.
  await files
    .makeFolder(path.dirname(file))
    .then(async () => await files.writeAtomic(file, `${JSON.stringify(stamp)}\n`))
    .catch(() => undefined);
}
