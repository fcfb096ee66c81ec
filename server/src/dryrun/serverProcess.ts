/** The server of a sandbox as a process of the run: cut off from the network, written down for the teardown, and listened to. */
import { Buffer } from 'node:buffer';
import type { RunningProcess, SpawnOptions } from '../core/ports.ts';
import type { RunContext } from '../core/recovery/engine.ts';
import { withoutNetwork, type Isolation } from './isolation.ts';
import type { EnginePorts } from './ports.ts';
import { toolEnvironment } from './tool.ts';

/** Characters of its log that are kept: the end of it. */
const KEPT = 16_000;

export interface ServerProcess {
  readonly process: RunningProcess;
  /** For the record: which isolation was in force. */
  readonly isolation: string;
  hasEnded(): boolean;
  log(): string;
}

export interface ServerOptions {
  /** What the teardown calls it. */
  readonly name: string;
  readonly endSignal: NonNullable<SpawnOptions['endSignal']>;
  /** The way that was found to take its network; left out, it is looked for. */
  readonly isolation?: Isolation;
}

/** Starts it; that it answers is for the caller to wait for. */
export async function startServer(
  ports: EnginePorts,
  run: RunContext,
  command: string,
  args: readonly string[],
  { name, endSignal, isolation }: ServerOptions,
): Promise<ServerProcess> {
  const isolated = await withoutNetwork(ports, run, command, args, isolation);
  const server = await ports.processes.spawn(isolated.command, isolated.args, {
    env: toolEnvironment(ports, run),
    cwd: run.folder,
    ...(isolated.owner ? { owner: isolated.owner } : {}),
    endSignal,
    graceMs: 4000,
  });
  const token = await ports.processes.startToken(server.pid);
  const made = {
    kind: 'process',
    pid: server.pid,
    ...(token === undefined ? {} : { startToken: token }),
    name,
  } as const;
  await run.made(made);
  let log = '';
  const listen = async (stream: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of stream) log = (log + Buffer.from(chunk).toString('utf8')).slice(-KEPT);
  };
  void listen(server.stdout).catch(() => undefined);
  void listen(server.stderr).catch(() => undefined);
  let ended = false;
  void server.exit.then(() => (ended = true));
  const network = isolated.command === command ? undefined : await ownNetwork(ports, server.pid, () => ended);
  if (network !== undefined) {
    await run.made({ ...made, network });
    await run.gone(made);
  }
  return { process: server, isolation: isolated.words, hasEnded: () => ended, log: () => log };
}

const LOOK_MS = 2;
const LOOKS = 100;

/** The network that it was given before it began: what it starts is found by it, wherever that goes. */
async function ownNetwork(ports: EnginePorts, pid: number, hasEnded: () => boolean): Promise<string | undefined> {
  const own = await ports.processes.placeOf(ports.processes.ownPid);
  for (let look = 0; look < LOOKS && !hasEnded(); look++) {
    const place = await ports.processes.placeOf(pid);
    if (place?.network === undefined) return undefined;
    if (place.network !== own?.network) return place.network;
    await new Promise<void>((resolve) => ports.clock.after(LOOK_MS, resolve));
  }
  return undefined;
}
