/** Files that are read and written at any place, block by block, and made for another user without trusting their paths. */
import { constants, read, write } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import type { NewFile, OpenFile, Owner } from '../core/ports.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR } = constants;

export async function openFile(target: string): Promise<OpenFile> {
  return blocksOf(await open(target, 'r'));
}

export async function createFile(target: string, owner?: Owner): Promise<NewFile> {
  return blocksOf(owner === undefined ? await open(target, 'wx+', 0o600) : await createFor(target, owner));
}

/**
 * Another user may rename what lies in their folders while we, with more rights, walk through them. So the folder is opened
 * first, found to be theirs, and the file made below what was opened and not below what its path means by then: it comes to
 * lie where they could have made it themselves, wherever that is.
 */
async function createFor(target: string, owner: Owner): Promise<FileHandle> {
  const folder = await open(path.dirname(target), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    if ((await folder.stat()).uid !== owner.uid)
      throw Object.assign(new Error(`EPERM: ${path.dirname(target)} belongs to another user`), { code: 'EPERM' });
    // Only Linux gives an opened folder a path; elsewhere the folder's own is used, which holds for all but that other user.
    const below = process.platform === 'linux' ? `/proc/self/fd/${folder.fd}` : path.dirname(target);
    const handle = await open(path.join(below, path.basename(target)), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      await handle.chown(owner.uid, owner.gid);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return handle;
  } finally {
    await folder.close();
  }
}

/** The calls of the system by their callbacks: those of `FileHandle` take several promises for each block. */
function blocksOf(handle: FileHandle): NewFile {
  let underWay = 0;
  let onIdle: () => void = () => undefined;
  /** One call; `ask` begins it. */
  const once = async (ask: (done: (error: Error | null, count: number) => void) => void): Promise<number> => {
    underWay += 1;
    return await new Promise<number>((resolve, reject) => {
      ask((error, count) => {
        if (--underWay === 0) onIdle();
        if (error) reject(error);
        else resolve(count);
      });
    });
  };
  return {
    read: async (block, position) => {
      for (let at = 0; ;) {
        const left = block.length - at;
        const count = await once((done) => read(handle.fd, block, at, left, position + at, done));
        at += count;
        if (count === 0 || at === block.length) return at;
      }
    },
    write: async (block, position) => {
      // A full disk or a signal may cut it short.
      for (let at = 0; at < block.length;)
        at += await once((done) => write(handle.fd, block, at, block.length - at, position + at, done));
    },
    close: async () => {
      // The number of a closed file may be another's at once.
      if (underWay > 0) await new Promise<void>((resolve) => (onIdle = resolve));
      await handle.close();
    },
  };
}
