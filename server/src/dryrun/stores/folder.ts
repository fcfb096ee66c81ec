/** A folder of this machine as a store of backups. */
import { join } from 'node:path';
import type { StoredObject } from '../../core/recovery/newest.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { Files } from '../../core/ports.ts';
import { landFile } from '../sources.ts';
import type { Store } from './store.ts';

const MOST_FILES = 200_000;

/**
 * Opens `folder`; a folder that is not there means that no backup can be found. Links to folders are not gone into (they
 * may lead in a circle); links to files are followed in a folder of the team's, never in one that was restored.
 */
export async function openFolder(files: Files, folder: string, restored = false): Promise<Store> {
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
      await walk({ files, restored, found, signal }, folder, '');
      return found;
    },
    describe: () => Promise.resolve({ lock: { state: 'unlocked' } }),
    read: (object, _signal, range) => files.readStream(object.key, range),
    land: async (object, signal, landing) => {
      const file = await files.openFile(object.key);
      try {
        await landFile(file, object.bytes, signal, landing);
      } finally {
        await file.close();
      }
    },
    localPath: (object) => object.key,
    close: () => undefined,
  };
}

interface Walk {
  readonly files: Files;
  readonly restored: boolean;
  readonly found: StoredObject[];
  readonly signal: AbortSignal;
}

async function walk(walking: Walk, folder: string, below: string): Promise<void> {
  const { files, found, signal } = walking;
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
    const entry = await files.entry(path);
    if (entry?.kind === 'folder') await walk(walking, path, `${below}${name}/`);
    else if (entry?.kind === 'file' || (entry?.kind === 'link' && !walking.restored)) {
      const info = entry.kind === 'file' ? entry : await files.info(path);
      if (info && !('isDirectory' in info && info.isDirectory))
        found.push({ key: path, name: below + name, bytes: info.size, storedMs: info.modifiedMs });
    }
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
