/** The file system behind the `Files` port: atomic, flushed writes, and streams that hold no more than a chunk. */
import { randomBytes } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { FileEntry, FileInfo, Files, Owner } from '../core/ports.ts';
import { createFile, openFile } from './openFile.ts';

/** A Unix socket's path is limited to about 104 bytes: a temporary folder must leave room for one below it. */
const LONGEST_TEMPORARY_BASE = 40;

export function createFiles(): Files {
  return {
    readText: async (file) => await fs.readFile(file, 'utf8'),
    readBytes: async (file) => await fs.readFile(file),
    writeAtomic,
    list: async (folder) => await fs.readdir(folder),
    info,
    entry,
    makeFolder: async (folder) => {
      await makeFolders(folder);
    },
    remove: async (target) => {
      await fs.rm(target, { recursive: true, force: true, maxRetries: 3 });
    },
    freeBytes,
    readStream: (file, range) => {
      const stream = createReadStream(file, {
        highWaterMark: 1 << 18,
        ...(range?.start === undefined ? {} : { start: range.start }),
        ...(range?.end === undefined ? {} : { end: range.end - 1 }),
      });
      // A file that is gone says so to whoever reads, be it later; unheard until then it would end the program.
      stream.on('error', () => undefined);
      return stream;
    },
    writeStream,
    createExclusive,
    append,
    rename: async (from, to) => {
      await fs.rename(from, to);
    },
    makeTemporaryFolder: async (prefix) => await fs.mkdtemp(path.join(await temporaryBase(), `${prefix}-`)),
    setOwner,
    setMode,
    openFile,
    createFile,
  };
}

async function info(target: string): Promise<FileInfo | undefined> {
  try {
    // Told in less time than a thread's answer takes.
    const stat = statSync(target);
    return await Promise.resolve({ size: stat.size, modifiedMs: stat.mtimeMs, isDirectory: stat.isDirectory() });
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function entry(target: string): Promise<FileEntry | undefined> {
  try {
    const stat = await fs.lstat(target);
    const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'other';
    return { kind, size: stat.size, modifiedMs: stat.mtimeMs };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** A folder and those above it. Node's own way of it never ends where the system says that a parent is there and isn't, as in /proc. */
async function makeFolders(folder: string): Promise<void> {
  const isThere = async (error: unknown): Promise<void> => {
    if (!(await fs.stat(folder).catch(() => undefined))?.isDirectory()) throw error;
  };
  try {
    await fs.mkdir(folder);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || path.dirname(folder) === folder) {
      await isThere(error);
      return;
    }
    await makeFolders(path.dirname(folder));
    // Another may have made it meanwhile.
    await fs.mkdir(folder).catch(isThere);
  }
}

async function writeAtomic(target: string, content: string | Uint8Array, mode?: number): Promise<void> {
  const folder = path.dirname(target);
  await makeFolders(folder);
  const beside = path.join(folder, `.${path.basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const before = mode === undefined ? (await fs.stat(target).catch(() => undefined))?.mode : undefined;
    const handle = await fs.open(beside, 'wx', mode ?? (before === undefined ? 0o666 : before & 0o777));
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(beside, target);
    await flushFolder(folder);
  } catch (error) {
    await fs.rm(beside, { force: true });
    throw error;
  }
}

/** The rename itself lies in the folder: it is on disk only when the folder is. Windows can't, and needn't. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } catch {
    // Some network file systems refuse to flush a folder; the file itself is flushed.
  } finally {
    await handle.close();
  }
}

async function createExclusive(target: string, content: string): Promise<boolean> {
  await makeFolders(path.dirname(target));
  let handle: fs.FileHandle;
  try {
    handle = await fs.open(target, 'wx', 0o644);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await fs.rm(target, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}

async function append(target: string, content: string): Promise<void> {
  await makeFolders(path.dirname(target));
  const handle = await fs.open(target, 'a');
  try {
    await handle.appendFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeStream(target: string, source: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<number> {
  const handle = await fs.open(target, 'w', 0o600);
  let written = 0;
  try {
    for await (const chunk of signal === undefined ? source : until(signal, source)) {
      for (let from = 0; from < chunk.length;) {
        const { bytesWritten } = await handle.write(chunk, from, chunk.length - from);
        from += bytesWritten;
      }
      written += chunk.length;
    }
    await handle.sync();
    return written;
  } finally {
    await handle.close();
  }
}

/** The source until the signal: a source that hangs is not waited for. */
async function* until(signal: AbortSignal, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const iterator = source[Symbol.asyncIterator]();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  aborted.catch(() => undefined);
  let done = false;
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done === true) {
        done = true;
        return;
      }
      yield next.value;
    }
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
    // Not awaited: a source that hangs would not answer.
    if (!done) void iterator.return?.().catch(() => undefined);
  }
}

/** Free bytes for us (not those kept for root), asked of the nearest folder that exists. */
async function freeBytes(target: string): Promise<number> {
  let at = path.resolve(target);
  for (;;) {
    try {
      const stat = await fs.statfs(at);
      return stat.bavail * stat.bsize;
    } catch (error) {
      const parent = path.dirname(at);
      if (!hasCode(error, 'ENOENT', 'ENOTDIR') || parent === at) throw error;
      at = parent;
    }
  }
}

async function temporaryBase(): Promise<string> {
  const usual = tmpdir();
  if (usual.length <= LONGEST_TEMPORARY_BASE || process.platform === 'win32') return usual;
  try {
    await fs.access('/tmp', fs.constants.W_OK);
    return '/tmp';
  } catch {
    return usual;
  }
}

async function setOwner(target: string, owner: Owner): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await fs
    .open(target, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY | fs.constants.O_NOFOLLOW)
    .catch((error: unknown) => {
      if (hasCode(error, 'ENOTDIR', 'ELOOP')) return undefined;
      throw error;
    });
  if (folder === undefined) {
    await fs.lchown(target, owner.uid, owner.gid);
    return;
  }
  try {
    await folder.chown(owner.uid, owner.gid);
    // From the folder that was opened on: a link that takes its place meanwhile leads nowhere.
    const opened = process.platform === 'linux' ? `/proc/self/fd/${folder.fd}` : target;
    for (const name of await fs.readdir(opened)) await setOwner(path.join(opened, name), owner);
  } finally {
    await folder.close();
  }
}

/** Linux lets anything be opened to be named alone: a folder that can't be read, a socket. Node has no word for it. */
const O_PATH = 0o10000000;

/** Of what lies there itself: a link that took its place is refused. */
async function setMode(target: string, mode: number): Promise<void> {
  if (process.platform === 'win32') {
    await fs.chmod(target, mode);
    return;
  }
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants;
  const isLinux = process.platform === 'linux';
  const opened = await fs.open(target, O_NOFOLLOW | (isLinux ? O_PATH : O_RDONLY | O_NONBLOCK));
  try {
    if ((await opened.stat()).isSymbolicLink())
      throw Object.assign(new Error(`ELOOP: ${target} is a link`), { code: 'ELOOP' });
    if (isLinux) await fs.chmod(`/proc/self/fd/${opened.fd}`, mode);
    else await opened.chmod(mode);
  } finally {
    await opened.close();
  }
}

/** Is this an error of the platform with one of these codes? */
function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
