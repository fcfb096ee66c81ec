/** Files of the run's folder, made by us and its user's from the first byte on; a full disk is told as what it is. */
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import type { RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import type { BlockFile } from './blocks.ts';
import type { EnginePorts } from './ports.ts';

/** Does `work` with a new file at `path`, whose folder is made. What can't be written is a fault of the sandbox. */
export async function intoFile<T>(
  ports: EnginePorts,
  run: RunContext,
  path: string,
  work: (file: BlockFile) => Promise<T>,
): Promise<T> {
  const told = (error: unknown): never => {
    throw writeFault(run, path, error);
  };
  await makeFolder(ports, run, dirname(path));
  run.signal.throwIfAborted();
  const file = await ports.files.createFile(path, run.owner).catch(told);
  try {
    return await work({
      read: async (block, position) => await file.read(block, position),
      write: async (block, position) => await file.write(block, position).catch(told),
    });
  } finally {
    await file.close();
  }
}

/** Writes all of `source` to a new file at `path`. */
export async function writeFile(
  ports: EnginePorts,
  run: RunContext,
  path: string,
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  await intoFile(ports, run, path, async (file) => {
    let at = 0;
    let writing = Promise.resolve();
    for await (const chunk of source) {
      // One write is under way while the next bytes come.
      await writing;
      run.signal.throwIfAborted();
      writing = file.write(chunk, at);
      writing.catch(() => undefined);
      at += chunk.length;
    }
    await writing;
  });
  run.signal.throwIfAborted();
}

/**
 * Puts `text` in the place of the file at `path`, in a folder of the run's user's. They may put a link in that folder's place: the
 * new file is made below the folder itself, and through the link there is none to be moved.
 */
export async function replaceFile(ports: EnginePorts, run: RunContext, path: string, text: string): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(ports, run, beside, bytesOf(text));
  await ports.files.rename(beside, path);
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

/** What it means that something could not be written: never a fault of the backup. */
export function writeFault(run: RunContext, path: string, error: unknown): StageFault {
  const complaint = error instanceof Error ? error.message : String(error);
  if (/No space left|ENOSPC|Disk quota|EDQUOT|File too large|EFBIG/iu.test(complaint)) {
    return new StageFault(
      'inconclusive',
      `There is not enough disk space for the backup's copy in ${run.folder}; free some, or set TMPDIR to a larger disk.`,
      { sandbox: true, code: 'no-space' },
    );
  }
  return new StageFault('inconclusive', `The backup's copy could not be written to ${path}: ${complaint}.`, {
    sandbox: true,
  });
}

/** A folder of the run that the run's user may use, and those that it lies in. */
export async function makeFolder(ports: EnginePorts, run: RunContext, path: string): Promise<void> {
  if ((await ports.files.info(path)) !== undefined) return;
  await makeFolder(ports, run, dirname(path));
  await ports.files.makeFolder(path);
  await ports.files.setMode(path, 0o700);
  if (run.owner) await ports.files.setOwner(path, run.owner);
}
