/** Ends and removes what a run made, and proves that it is gone. */
import { join } from 'node:path';
import type { Made, TeardownOutcome } from '../core/recovery/engine.ts';
import type { EnginePorts } from './ports.ts';
import { MARKER } from './marker.ts';

/** How the kinds of things that outlive processes and folders are removed: one sentence where it could not be. */
export interface Cleaners {
  database(made: Extract<Made, { kind: 'database' }>): Promise<string | undefined>;
  container(made: Extract<Made, { kind: 'container' }>): Promise<string | undefined>;
  cloud(made: Extract<Made, { kind: 'cloud' }>): Promise<string | undefined>;
}

/** Removes everything, processes first; never rejects. `proven` only where each was looked for again and not found. */
export async function removeMade(
  ports: EnginePorts,
  cleaners: Cleaners,
  id: string,
  made: readonly Made[],
): Promise<TeardownOutcome> {
  const removed: string[] = [];
  const remaining: string[] = [];
  for (const thing of made) {
    if (thing.kind === 'database' || thing.kind === 'container' || thing.kind === 'cloud') {
      const why = await (
        thing.kind === 'database'
          ? cleaners.database(thing)
          : thing.kind === 'container'
            ? cleaners.container(thing)
            : cleaners.cloud(thing)
      ).catch(messageOf);
      const label = `${thing.kind} ${thing.kind === 'cloud' ? thing.id : thing.name}`;
      if (why === undefined) removed.push(label);
      else remaining.push(`${label} (${why})`);
    }
  }
  const processes = made.filter((thing) => thing.kind === 'process');
  await Promise.all(
    processes.map(async (thing) => {
      if (await ports.processes.isAlive(thing.pid, thing.startToken))
        await ports.processes.killGroup(thing.pid).catch(() => undefined);
    }),
  );
  const survivors = await endStrays(ports, id, made);
  for (const thing of processes) {
    const label = `process ${thing.name} (${thing.pid})`;
    if (await ports.processes.isAlive(thing.pid, thing.startToken)) remaining.push(label);
    else removed.push(label);
  }
  for (const pid of survivors) remaining.push(`process ${pid}`);
  for (const thing of made) {
    if (thing.kind !== 'folder') continue;
    const before = await ports.files.info(thing.path).catch(() => undefined);
    let why = '';
    if (before) await ports.files.remove(thing.path).catch((error: unknown) => (why = ` (${messageOf(error)})`));
    if (await ports.files.info(thing.path).catch(() => undefined)) remaining.push(`folder ${thing.path}${why}`);
    else if (before) removed.push(`folder ${thing.path}`);
  }
  return { proven: remaining.length === 0, removed, remaining };
}

/**
 * The same, with the networks that its processes have now: the number of one that is gone may be another's, so what a dead run wrote
 * down is not trusted.
 */
export async function withLiveNetworks(ports: EnginePorts, made: readonly Made[]): Promise<readonly Made[]> {
  const own = await ports.processes.placeOf(ports.processes.ownPid);
  return await Promise.all(
    made.map(async (thing) => {
      if (thing.kind !== 'process') return thing;
      const { network: _network, ...rest } = thing;
      if (!(await ports.processes.isAlive(thing.pid, thing.startToken))) return rest;
      const place = await ports.processes.placeOf(thing.pid);
      return place?.network === undefined || place.network === own?.network
        ? rest
        : { ...rest, network: place.network };
    }),
  );
}

/**
 * Ends what is left of the run, whatever group, session or folder it went to: backends have groups of their own, and what a dump
 * or a step starts may hide. Those that are left.
 */
async function endStrays(ports: EnginePorts, id: string, made: readonly Made[]): Promise<readonly number[]> {
  for (let round = 0; ; round++) {
    const found = await strays(ports, id, made);
    if (found.length === 0 || round === 3) return found;
    const groups = new Set<number>();
    for (const pid of found) groups.add((await groupOf(ports, pid)) ?? pid);
    await Promise.all([...groups].map(async (group) => await ports.processes.killGroup(group).catch(() => undefined)));
  }
}

/** Live processes that work in a folder with the run's marker, are its user's, or in the network of its server. Linux only. */
async function strays(ports: EnginePorts, id: string, made: readonly Made[]): Promise<readonly number[]> {
  if (ports.machine.platform !== 'linux') return [];
  const users = made.filter((thing) => thing.kind === 'user');
  const networks = new Set(made.flatMap((thing) => (thing.kind === 'process' ? (thing.network ?? []) : [])));
  const isOurs = async (pid: number): Promise<boolean> => {
    const place = await ports.processes.placeOf(pid);
    if (!place) return false;
    if (users.some(({ uid, control }) => place.uid === uid && place.control === control)) return true;
    if (place.uid !== 0 && place.network !== undefined && networks.has(place.network)) return true;
    const marker = await ports.files.readText(join('/proc', String(pid), 'cwd', MARKER)).catch(() => undefined);
    return marker?.trim() === id;
  };
  const names = await ports.files.list('/proc').catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const pid = Number(name);
      if (!/^\d+$/u.test(name) || pid === ports.processes.ownPid || !(await isOurs(pid))) return undefined;
      return (await ports.processes.isAlive(pid)) ? pid : undefined;
    }),
  );
  return found.filter((pid) => pid !== undefined);
}

async function groupOf(ports: EnginePorts, pid: number): Promise<number | undefined> {
  const stat = await ports.files.readText(`/proc/${pid}/stat`).catch(() => undefined);
  if (stat === undefined) return undefined;
  const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  return Number.isInteger(group) && group > 1 ? group : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
