/** Starts a private PostgreSQL and waits until it answers, for clusters that are made here and for those that were restored whole. */
import { join } from 'node:path';
import type { Client } from 'pg';
import type { RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { Isolation } from '../isolation.ts';
import type { EnginePorts } from '../ports.ts';
import { startServer } from '../serverProcess.ts';
import type { PostgresBinaries } from './binaries.ts';
import { connect, type PostgresAddress } from './connection.ts';
import type { PostgresHandle } from './handle.ts';
import { jobsOf } from './settings.ts';

export const PORT = 5432;
const READY_MS = 60_000;
/** A new cluster answers within milliseconds; a restored one may replay for an hour. */
const FIRST_PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 100;

export interface StartOptions {
  readonly readyMs?: number;
  readonly users?: readonly string[];
  /** The way that was found to take its network; left out, it is looked for. */
  readonly isolation?: Isolation;
  /** Asks the first connection that was made what there is to know. */
  readonly onAnswer?: (client: Client) => Promise<void>;
}

/** Starts the server on `data`; used for physical restores too, with their own settings. */
export async function startPostgres(
  ports: EnginePorts,
  run: RunContext,
  binaries: PostgresBinaries,
  all: readonly PostgresBinaries[],
  data: string,
  socket: string,
  settings: Readonly<Record<string, string>>,
  options: StartOptions = {},
): Promise<PostgresHandle> {
  const args = ['-D', data, '-k', socket, '-p', String(PORT)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const server = await startServer(ports, run, join(binaries.folder, 'postgres'), args, {
    name: 'postgres',
    endSignal: 'SIGQUIT',
    ...(options.isolation ? { isolation: options.isolation } : {}),
  });
  const address = await answering(ports, run, {
    address: { host: socket, port: PORT, user: 'postgres' },
    users: options.users ?? ['postgres'],
    name: `PostgreSQL ${binaries.version}`,
    readyMs: options.readyMs ?? READY_MS,
    hasEnded: () => Promise.resolve(server.hasEnded()),
    log: () => Promise.resolve(server.log()),
    ...(options.onAnswer ? { onAnswer: options.onAnswer } : {}),
  });
  return {
    address,
    binaries,
    all,
    folder: run.folder,
    ...(run.owner ? { owner: run.owner } : {}),
    process: server.process,
    jobs: jobsOf(ports.machine),
    databases: new Map(),
    superuser: true,
    isOurs: true,
    isolation: server.isolation,
    log: () => server.log(),
  };
}

interface Starting {
  readonly address: PostgresAddress;
  /** Superusers to try, the likeliest first. */
  readonly users: readonly string[];
  /** For messages. */
  readonly name: string;
  readonly readyMs: number;
  hasEnded(): Promise<boolean>;
  log(): Promise<string>;
  readonly onAnswer?: (client: Client) => Promise<void>;
}

/** Waits until the server takes connections; the address with the user that it knows. */
export async function answering(ports: EnginePorts, run: RunContext, starting: Starting): Promise<PostgresAddress> {
  const { name, readyMs, users } = starting;
  let address: PostgresAddress = { ...starting.address, user: users[0] ?? starting.address.user };
  let tried = 0;
  const deadline = ports.clock.now() + readyMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.25)) {
    run.signal.throwIfAborted();
    try {
      const client = await connect(address, 'postgres');
      try {
        await starting.onAnswer?.(client);
      } finally {
        await client.end();
      }
      return address;
    } catch (error) {
      // The server answers, but has no such role: a restored one keeps its own superuser's name.
      if (error instanceof Error && 'code' in error && error.code === '28000') {
        const user = users[(tried += 1)];
        if (user === undefined)
          throw serverFault(
            `The restored server has none of the superusers ${users.join(', ')}; name its superuser as "pg1-user" in the backup's configuration.`,
            await starting.log(),
          );
        address = { ...address, user };
        continue;
      }
      const ended = await starting.hasEnded();
      if (ended || ports.clock.now() > deadline) {
        const log = await starting.log();
        throw serverFault(
          ended
            ? `${name} ended while it started: ${whyEnded(log)}`
            : `${name} did not answer within ${Math.round(readyMs / 1000)} s: ${error instanceof Error ? error.message : ''}`,
          log,
        );
      }
    }
    await new Promise<void>((resolve) => ports.clock.after(pause, resolve));
  }
}

/** A server that could not be made or started: the sandbox's fault, a full disk told as what it is. */
export function serverFault(message: string, output: string): StageFault {
  const full = /No space left on device|could not extend file|ENOSPC/u.test(message + output);
  return new StageFault('inconclusive', full ? `The sandbox ran out of disk space: ${message}` : message, {
    sandbox: true,
    output,
    ...(full ? { code: 'no-space' } : {}),
  });
}

/** The server's last words, those that say why first: what it shuts down after them says nothing. */
export function whyEnded(log: string): string {
  const lines = log.trim().split('\n');
  const why = lines.filter((line) => /\b(?:FATAL|PANIC): /u.test(line));
  return (why.length > 0 ? why : lines).slice(-3).join(' ');
}
