/** A folder of this machine as a store of backups. */
import { join } from 'node:path';
import type { StoredObject } from '../../core/recovery/newest.ts';
import { StageFault } from '../../core/recovery/engine.ts';
import type { Files } from '../../core/ports.ts';
import type { Store } from './store.ts';

const MOST_FILES = 200_000;

/** Opens `folder`; a folder that is not there means that no backup can be found. */
export async function openFolder(files: Files, folder: string): Promise<Store> {
  const info = await files.info(folder);
  if (!info?.isDirectory) {
    throw new StageFault(
      'failed',
      `The backup folder ${folder} ${info ? 'is no folder' : 'does not exist'}; set "in.folder" to where the backups lie.`,
    );
  }
  return {
    kind: 'folder',
    where: folder,
    uri: (object) => `file://${object.key}`,
    list: async (signal) => {
      const found: StoredObject[] = [];
      await walk(files, folder, '', found, signal);
      return found;
    },
    describe: () => Promise.resolve({ lock: { state: 'unlocked' } }),
    read: (object, _signal, range) => files.readStream(object.key, range),
    localPath: (object) => object.key,
    close: () => undefined,
  };
}

async function walk(
  files: Files,
  folder: string,
  below: string,
  found: StoredObject[],
  signal: AbortSignal,
): Promise<void> {
  let names: readonly string[];
  try {
    names = await files.list(folder);
  } catch (error) {
    throw new StageFault(
      'inconclusive',
      `The backup folder ${folder} can't be read (${codeOf(error)}); give this user the right to read it.`,
    );
  }
  for (const name of names) {
    signal.throwIfAborted();
    const path = join(folder, name);
    const info = await files.info(path);
    if (!info) continue;
    if (info.isDirectory) await walk(files, path, `${below}${name}/`, found, signal);
    else found.push({ key: path, name: below + name, bytes: info.size, storedMs: info.modifiedMs });
    if (found.length > MOST_FILES)
      throw new StageFault(
        'inconclusive',
        `The backup folder ${folder} holds more than ${MOST_FILES} files; name a narrower one.`,
      );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
