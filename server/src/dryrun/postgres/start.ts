/** Starts a private PostgreSQL and waits until it answers, for clusters that are made here and for those that were restored whole. */
import { join } from 'node:path';
import { StageFault, type RunContext } from '../../core/recovery/engine.ts';
import { asMap, asText } from '../../core/references/read.ts';
import type { EnginePorts } from '../ports.ts';
import { startServer } from '../serverProcess.ts';
import type { PostgresBinaries } from './binaries.ts';
import { connect, type PostgresAddress } from './connection.ts';
import type { PostgresHandle } from './handle.ts';

/** Nothing here needs to survive: no sync, no write-ahead log beyond the least, no background work, no way out. */
const THROW_AWAY: Readonly<Record<string, string>> = {
  listen_addresses: '',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  archive_mode: 'off',
  autovacuum: 'off',
  shared_buffers: '128MB',
  maintenance_work_mem: '128MB',
  work_mem: '16MB',
  max_wal_size: '16GB',
  checkpoint_timeout: '1d',
  max_parallel_maintenance_workers: '2',
  max_logical_replication_workers: '0',
  max_connections: '40',
  max_locks_per_transaction: '512',
  log_min_messages: 'warning',
  log_statement: 'none',
  logging_collector: 'off',
  lc_messages: 'C',
};
/** Settings of the document that would open the sandbox, or run something. */
const REFUSED =
  /^(?:listen_addresses|unix_socket_.*|port|.*_command|.*_library|.*_libraries|archive_.*|primary_.*|.*_file|.*_directory|ssl.*|config.*|data_.*|krb_.*|cluster_name|restore_.*|recovery_.*)$/u;
export const PORT = 5432;
const READY_MS = 60_000;

/** Starts the server on `data`; used for physical restores too, with their own settings. */
export async function startPostgres(
  ports: EnginePorts,
  run: RunContext,
  binaries: PostgresBinaries,
  all: readonly PostgresBinaries[],
  data: string,
  socket: string,
  settings: Readonly<Record<string, string>>,
  options: { readonly readyMs?: number; readonly users?: readonly string[] } = {},
): Promise<PostgresHandle> {
  const args = ['-D', data, '-k', socket, '-p', String(PORT)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const server = await startServer(ports, run, join(binaries.folder, 'postgres'), args, {
    name: 'postgres',
    endSignal: 'SIGQUIT',
  });
  const address = await answering(ports, run, {
    address: { host: socket, port: PORT, user: 'postgres' },
    users: options.users ?? ['postgres'],
    name: `PostgreSQL ${binaries.version}`,
    readyMs: options.readyMs ?? READY_MS,
    hasEnded: () => Promise.resolve(server.hasEnded()),
    log: () => Promise.resolve(server.log()),
  });
  return {
    address,
    binaries,
    all,
    folder: run.folder,
    process: server.process,
    jobs: Math.max(1, Math.min(8, ports.machine.cpus)),
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
}

/** Waits until the server takes connections; the address with the user that it knows. */
export async function answering(ports: EnginePorts, run: RunContext, starting: Starting): Promise<PostgresAddress> {
  const { name, readyMs, users } = starting;
  let address: PostgresAddress = { ...starting.address, user: users[0] ?? starting.address.user };
  let tried = 0;
  const deadline = ports.clock.now() + readyMs;
  for (;;) {
    run.signal.throwIfAborted();
    try {
      const client = await connect(address, 'postgres');
      await client.end();
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
    await new Promise<void>((resolve) => ports.clock.after(20, resolve));
  }
}

/** The settings of a throw-away server, with those of the document that are harmless. */
export function settingsOf(
  run: RunContext,
  base: Readonly<Record<string, string>> = THROW_AWAY,
): Readonly<Record<string, string>> {
  const made: Record<string, string> = { ...base };
  for (const [name, value] of Object.entries(asMap(run.plan.sandbox.raw['settings']))) {
    const text = asText(value);
    if (text === undefined) continue;
    if (!/^[a-z_][a-z0-9_.]*$/u.test(name) || REFUSED.test(name)) {
      run.note({
        severity: 'warning',
        message: `The setting "${name}" of the sandbox was left out: it could open the sandbox or run something.`,
      });
    } else made[name] = text;
  }
  return made;
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
