/** One writer at a time: a lock file with its holder, taken over from one that is dead. */
import { randomBytes } from 'node:crypto';
import type { Clock, Files, Processes } from '../core/ports.ts';

export interface LockPorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly processes: Pick<Processes, 'isAlive' | 'ownPid' | 'startToken'>;
}

/** Longer than a writer may wait for its agent's signature (a minute). */
const LOCK_TRIES = 3600;
const LOCK_WAIT_MS = 25;
/** A lock whose owner can't be told is taken over after this. */
const LOCK_STALE_MS = 60_000;

/** Holds the lock file while `work` runs; a dead owner's lock is taken over. */
export async function withLock<T>(ports: LockPorts, lock: string, work: () => Promise<T>): Promise<T> {
  const token = await ports.processes.startToken(ports.processes.ownPid);
  const own = JSON.stringify({
    pid: ports.processes.ownPid,
    ...(token === undefined ? {} : { startToken: token }),
    nonce: randomBytes(6).toString('hex'),
  });
  for (let attempt = 0; ; attempt++) {
    if (await ports.files.createExclusive(lock, own)) break;
    if (await takeFromTheDead(ports, lock)) continue;
    if (attempt > LOCK_TRIES) throw new Error(`The journal is locked by another writer: ${lock}.`);
    await new Promise<void>((resolve) => ports.clock.after(LOCK_WAIT_MS, resolve));
  }
  try {
    return await work();
  } finally {
    if ((await textOf(ports.files, lock)) === own) await ports.files.remove(lock).catch(() => undefined);
  }
}

/**
 * Removes the lock of a holder that is dead. Only who holds the guard may, and looks again first: of two that saw the same
 * dead holder, the second would otherwise remove the lock that the first has taken since.
 */
async function takeFromTheDead(ports: LockPorts, lock: string): Promise<boolean> {
  if (!(await isStale(ports, lock))) return false;
  const guard = `${lock}.takeover`;
  if (!(await ports.files.createExclusive(guard, ''))) {
    const info = await ports.files.info(guard);
    if (info !== undefined && ports.clock.now() - info.modifiedMs > LOCK_STALE_MS)
      await ports.files.remove(guard).catch(() => undefined);
    return false;
  }
  try {
    if (!(await isStale(ports, lock))) return false;
    await ports.files.remove(lock).catch(() => undefined);
    return true;
  } finally {
    await ports.files.remove(guard).catch(() => undefined);
  }
}

async function isStale(ports: LockPorts, lock: string): Promise<boolean> {
  const text = await textOf(ports.files, lock);
  try {
    const holder = JSON.parse(text ?? '') as { pid: number; startToken?: string };
    return !(await ports.processes.isAlive(holder.pid, holder.startToken));
  } catch {
    const info = await ports.files.info(lock);
    return info !== undefined && ports.clock.now() - info.modifiedMs > LOCK_STALE_MS;
  }
}

async function textOf(files: Files, path: string): Promise<string | undefined> {
  return await files.readText(path).catch(() => undefined);
}
