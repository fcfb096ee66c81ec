/** Leases: what a run made is written down before it is made, so that the next run can remove what a killed one left. */
import { createHash, randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Lease, Leases, Made } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import type { Owner } from '../core/ports.ts';
import { removeMade, withLiveNetworks, type Cleaners } from './cleanup.ts';
import { MARKER } from './marker.ts';
import type { EnginePorts } from './ports.ts';

interface LeaseFile {
  readonly version: 1;
  readonly id: string;
  readonly pid: number;
  readonly startToken?: string;
  readonly runbook: string;
  readonly root: string;
  readonly startedAt: string;
  readonly lock: string;
  readonly made: readonly Made[];
}

/** Leases in the user's cache folder. */
export function createLeases(ports: EnginePorts, cleaners: Cleaners): Leases {
  const runs = join(ports.machine.cacheFolder, 'runs');
  const locks = join(ports.machine.cacheFolder, 'locks');
  const leases: Leases = {
    reap: async () => await reap(ports, cleaners, runs),
    begin: async (runbook, root, withSteps = false) => {
      await ports.files.makeFolder(runs);
      await ports.files.makeFolder(locks);
      for (const line of await leases.reap()) ports.log.write('information', line);
      const id = randomBytes(5).toString('hex');
      const lock = join(locks, `${createHash('sha256').update(`${root}\n${runbook}`).digest('hex').slice(0, 32)}.json`);
      await takeLock(ports, lock, runbook, id);
      const path = join(runs, `${id}.json`);
      const token = await ports.processes.startToken(ports.processes.ownPid);
      let made: Made[] = [];
      const write = async (): Promise<void> => {
        const content: LeaseFile = {
          version: 1,
          id,
          pid: ports.processes.ownPid,
          ...(token === undefined ? {} : { startToken: token }),
          runbook,
          root,
          startedAt: new Date(ports.clock.now()).toISOString(),
          lock,
          made,
        };
        await ports.files.writeAtomic(path, JSON.stringify(content));
      };
      const account = await ports.processes.unprivilegedOwner();
      const apart = account && withSteps ? await ports.processes.unusedOwner(await usersIn(ports, runs)) : undefined;
      const owner = apart ?? account;
      const folder = join(await scratchBase(ports, owner), `dbk-${id}`);
      made = [{ kind: 'folder', path: folder }];
      if (apart) {
        const { control } = (await ports.processes.placeOf(ports.processes.ownPid)) ?? {};
        made.push({ kind: 'user', uid: apart.uid, ...(control === undefined ? {} : { control }) });
      }
      try {
        await write();
        await ports.files.makeFolder(folder);
        await ports.files.setMode(folder, owner ? 0o711 : 0o700);
        await ports.files.writeAtomic(join(folder, MARKER), id);
        if (owner) await ports.files.setOwner(folder, owner);
      } catch (error) {
        await ports.files.remove(folder).catch(() => undefined);
        await ports.files.remove(path).catch(() => undefined);
        await ports.files.remove(lock).catch(() => undefined);
        throw new StageFault(
          'inconclusive',
          `No folder for the sandbox could be made at ${folder}: ${messageOf(error)}.`,
          { sandbox: true },
        );
      }
      let queue = Promise.resolve();
      const change = async (next: (before: Made[]) => Made[]): Promise<void> => {
        queue = queue.then(async () => {
          made = next(made);
          await write();
        });
        await queue;
      };
      const lease: Lease = {
        folder,
        owner,
        ...(apart && account ? { server: account } : {}),
        made: async (thing) => await change((before) => [...before, thing]),
        gone: async (thing) =>
          await change((before) => before.filter((each) => JSON.stringify(each) !== JSON.stringify(thing))),
        all: () => made,
        end: async (keep) => {
          if (!keep) await ports.files.remove(path).catch(() => undefined);
          await ports.files.remove(lock).catch(() => undefined);
        },
      };
      return lease;
    },
  };
  return leases;
}

async function takeLock(ports: EnginePorts, lock: string, runbook: string, id: string): Promise<void> {
  const token = await ports.processes.startToken(ports.processes.ownPid);
  const content = JSON.stringify({
    pid: ports.processes.ownPid,
    ...(token === undefined ? {} : { startToken: token }),
    id,
  });
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await ports.files.createExclusive(lock, content)) return;
    const holder = readJson(await ports.files.readText(lock).catch(() => '')) as
      { pid?: number; startToken?: string } | undefined;
    if (holder?.pid !== undefined && (await ports.processes.isAlive(holder.pid, holder.startToken))) {
      throw new StageFault(
        'inconclusive',
        `Another dry run of "${runbook}" is under way (process ${holder.pid}); wait for it, or end it.`,
        { code: 'locked' },
      );
    }
    await ports.files.remove(lock).catch(() => undefined);
  }
  throw new StageFault('inconclusive', `The lock of "${runbook}" could not be taken: ${lock}.`, { code: 'locked' });
}

/** Removes what dead runs left; a lease that can't be cleaned up whole stays for the next time. */
async function reap(ports: EnginePorts, cleaners: Cleaners, runs: string): Promise<readonly string[]> {
  const told: string[] = [];
  for (const { path, lease } of await leasesIn(ports, runs)) {
    if (await ports.processes.isAlive(lease.pid, lease.startToken)) continue;
    const outcome = await removeMade(ports, cleaners, lease.id, await withLiveNetworks(ports, lease.made));
    const what = `the dry run of "${lease.runbook}" that process ${lease.pid} began at ${lease.startedAt}`;
    if (outcome.proven) {
      await ports.files.remove(path).catch(() => undefined);
      if (dirname(lease.lock) !== '') await removeLockOf(ports, lease);
      told.push(`Removed what ${what} left behind: ${outcome.removed.join(', ') || 'nothing was left'}.`);
    } else told.push(`Could not remove all that ${what} left behind: ${outcome.remaining.join(', ')}.`);
  }
  return told;
}

/** Users of the steps of other runs, which may have no process just now. */
async function usersIn(ports: EnginePorts, runs: string): Promise<readonly number[]> {
  const made = (await leasesIn(ports, runs)).flatMap(({ lease }) => lease.made);
  return made.flatMap((thing) => (thing.kind === 'user' ? [thing.uid] : []));
}

async function leasesIn(
  ports: EnginePorts,
  runs: string,
): Promise<readonly { readonly path: string; readonly lease: LeaseFile }[]> {
  const names = await ports.files.list(runs).catch(() => []);
  const found = await Promise.all(
    names
      .filter((each) => each.endsWith('.json'))
      .map(async (name) => {
        const path = join(runs, name);
        const lease = readJson(await ports.files.readText(path).catch(() => '')) as LeaseFile | undefined;
        return lease?.version === 1 && Array.isArray(lease.made) ? [{ path, lease }] : [];
      }),
  );
  return found.flat();
}

async function removeLockOf(ports: EnginePorts, lease: LeaseFile): Promise<void> {
  const held = readJson(await ports.files.readText(lease.lock).catch(() => '')) as { id?: string } | undefined;
  if (held?.id === lease.id) await ports.files.remove(lease.lock).catch(() => undefined);
}

/** A short folder that the sandbox's user can reach: a Unix socket's path is limited to about 104 bytes. */
async function scratchBase(ports: EnginePorts, owner: Owner | undefined): Promise<string> {
  const wanted = ports.machine.platform === 'win32' ? ports.machine.variable('TEMP') : ports.machine.variable('TMPDIR');
  if (ports.machine.platform === 'win32') return wanted ?? 'C:\\Windows\\Temp';
  const base = wanted?.replace(/\/+$/u, '');
  if (base === undefined || base === '' || base.length > 60) return '/tmp';
  if (!owner || base === '/tmp') return base;
  const test = await ports.processes
    .run('/bin/sh', ['-c', 'cd "$0" 2>/dev/null', base], {
      env: ports.processes.cleanEnvironment(),
      owner,
      timeoutMs: 5000,
    })
    .catch(() => undefined);
  return test?.code === 0 ? base : '/tmp';
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
