/** A private PostgreSQL in the run's folder: a Unix socket only, never as root, tuned for being thrown away. */
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { StageFault, type FoundBackup, type RunContext, type RunningSandbox } from '../../core/recovery/engine.ts';
import { asMap, asText } from '../../core/references/read.ts';
import { parseSize } from '../../core/values/size.ts';
import type { RunningProcess } from '../../core/ports.ts';
import { MARKER } from '../marker.ts';
import type { EnginePorts } from '../ports.ts';
import { findPostgres, type PostgresBinaries } from '../postgres/binaries.ts';
import { connect, queryValue, type PostgresAddress } from '../postgres/connection.ts';
import { fetchPostgres } from '../postgres/packages.ts';
import { withoutNetwork } from '../isolation.ts';
import { lastWords, runTool, toolEnvironment } from '../tool.ts';

/** What the tools of this engine get. */
export interface PostgresHandle {
  readonly address: PostgresAddress;
  readonly binaries: PostgresBinaries;
  /** All that were found: a client may come from another one. */
  readonly all: readonly PostgresBinaries[];
  readonly folder: string;
  readonly process?: RunningProcess;
  readonly jobs: number;
  /** Databases by backup name, as restored. */
  readonly databases: Map<string, string>;
  readonly superuser: boolean;
  /** Which isolation the server runs in; left out for servers that are not ours. */
  readonly isolation?: string;
  /** The server's own log, newest last. */
  readonly log: () => string;
}

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
const PORT = 5432;
const READY_MS = 60_000;
/** An empty cluster and room to work. */
const BASE_BYTES = 120 * 1024 * 1024;

/** Finds the binaries of the asked major, else fetches them on consent. */
export async function choosePostgres(
  ports: EnginePorts,
  wanted: number | undefined,
  atLeast: number | undefined,
  signal: AbortSignal,
): Promise<{ readonly chosen: PostgresBinaries; readonly all: readonly PostgresBinaries[] }> {
  let all = await findPostgres(ports);
  const fitting = (list: readonly PostgresBinaries[]): PostgresBinaries | undefined =>
    list.find((each) => each.server && (wanted === undefined ? each.major >= (atLeast ?? 0) : each.major === wanted));
  let chosen = fitting(all);
  if (!chosen) {
    const major = wanted ?? Math.max(atLeast ?? 17, 12);
    await fetchPostgres(ports, major, signal);
    all = await findPostgres(ports);
    chosen = fitting(all);
    if (!chosen)
      throw new StageFault('inconclusive', `PostgreSQL ${major} was fetched, but does not run on this machine.`, {
        sandbox: true,
        code: 'no-binaries',
      });
  }
  return { chosen, all };
}

/** Provisions the cluster and waits until it answers. Faults are the sandbox's. */
export async function provisionPostgres(
  ports: EnginePorts,
  run: RunContext,
  found: readonly FoundBackup[],
): Promise<RunningSandbox> {
  const wanted = majorOf(run.plan.sandbox.version);
  const sources = found.map((each) => majorOf(each.record.sourceVersion)).filter((each) => each !== undefined);
  const { chosen, all } = await choosePostgres(
    ports,
    wanted,
    sources.length > 0 ? Math.max(...sources) : undefined,
    run.signal,
  );
  run.engine('postgres', chosen.version, chosen.from === 'package' ? 'package' : chosen.folder);
  await checkSpace(ports, run, found);
  const binaries = await reachable(ports, run, chosen);
  if (found.some((each) => each.record.format === 'physical')) {
    // The backup is the server's own folder: there is nothing to make but the place.
    const isolation = (await withoutNetwork(ports, run, '', [])).words;
    const handle: PostgresHandle = {
      address: { host: join(run.folder, 's'), port: PORT, user: 'postgres' },
      binaries,
      all,
      folder: run.folder,
      jobs: 1,
      databases: new Map(),
      superuser: true,
      log: () => '',
    };
    return {
      kind: 'postgres',
      engine: 'postgres',
      version: chosen.version,
      address: `unix socket in ${handle.address.host}`,
      isolation,
      handle,
    };
  }
  const data = join(run.folder, 'data');
  const socket = join(run.folder, 's');
  await ports.files.makeFolder(socket);
  await ports.files.setMode(socket, 0o700);
  if (run.owner) await ports.files.setOwner(socket, run.owner);
  const init = await runTool(
    ports,
    run,
    join(binaries.folder, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'].filter(
      (each) => each !== '--no-instructions' || binaries.major >= 14,
    ),
    { stage: 'provision', quiet: true },
  );
  if (init.code !== 0) throw fault(`initdb of PostgreSQL ${binaries.version} failed: ${lastWords(init)}`, init.stderr);
  await ports.files.writeAtomic(join(data, MARKER), await ports.files.readText(join(run.folder, MARKER)));
  const handle = await startPostgres(ports, run, binaries, all, data, socket, settingsOf(run));
  const client = await connect(handle.address, 'postgres');
  try {
    const identifier =
      binaries.major >= 10
        ? await queryValue(client, 'select system_identifier::text from pg_control_system()')
        : undefined;
    const version = await queryValue(client, 'show server_version');
    return {
      kind: 'postgres',
      engine: 'postgres',
      version: String(version),
      address: `unix socket in ${socket}`,
      ...(identifier === undefined ? {} : { systemIdentifier: identifier as string }),
      ...(handle.isolation === undefined ? {} : { isolation: handle.isolation }),
      handle,
    };
  } finally {
    await client.end();
  }
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
  options: { readonly readyMs?: number; readonly users?: readonly string[] } = {},
): Promise<PostgresHandle> {
  const readyMs = options.readyMs ?? READY_MS;
  const users = options.users ?? ['postgres'];
  const args = ['-D', data, '-k', socket, '-p', String(PORT)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const isolated = await withoutNetwork(ports, run, join(binaries.folder, 'postgres'), args);
  const server = await ports.processes.spawn(isolated.command, isolated.args, {
    env: toolEnvironment(ports, run),
    cwd: run.folder,
    ...(isolated.owner ? { owner: isolated.owner } : {}),
    endSignal: 'SIGQUIT',
    graceMs: 4000,
  });
  const token = await ports.processes.startToken(server.pid);
  await run.made({
    kind: 'process',
    pid: server.pid,
    ...(token === undefined ? {} : { startToken: token }),
    name: 'postgres',
  });
  let log = '';
  const listen = async (stream: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of stream) log = (log + Buffer.from(chunk).toString('utf8')).slice(-16_000);
  };
  void listen(server.stdout).catch(() => undefined);
  void listen(server.stderr).catch(() => undefined);
  let address: PostgresAddress = { host: socket, port: PORT, user: users[0] ?? 'postgres' };
  let tried = 0;
  const state = { ended: false };
  void server.exit.then(() => (state.ended = true));
  const deadline = ports.clock.now() + readyMs;
  for (;;) {
    run.signal.throwIfAborted();
    try {
      const client = await connect(address, 'postgres');
      await client.end();
      break;
    } catch (error) {
      // The server answers, but has no such role: a restored one keeps its own superuser's name.
      if (error instanceof Error && 'code' in error && error.code === '28000') {
        const user = users[(tried += 1)];
        if (user === undefined)
          throw fault(
            `The restored server has none of the superusers ${users.join(', ')}; name its superuser as "pg1-user" in the backup's configuration.`,
            log,
          );
        address = { ...address, user };
        continue;
      }
      if (state.ended)
        throw fault(
          `PostgreSQL ${binaries.version} ended while it started: ${log.trim().split('\n').slice(-3).join(' ')}`,
          log,
        );
      if (ports.clock.now() > deadline)
        throw fault(
          `PostgreSQL ${binaries.version} did not answer within ${Math.round(readyMs / 1000)} s: ${error instanceof Error ? error.message : ''}`,
          log,
        );
    }
    await new Promise<void>((resolve) => ports.clock.after(20, resolve));
  }
  return {
    address,
    binaries,
    all,
    folder: run.folder,
    process: server,
    jobs: Math.max(1, Math.min(8, ports.machine.cpus)),
    databases: new Map(),
    superuser: true,
    isolation: isolated.words,
    log: () => log,
  };
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

/** The leading number of a version: `15`, `15.4`, `15.4-R2`. */
export function majorOf(version: string | undefined): number | undefined {
  const found = version === undefined ? null : /(\d+)(?:\.(\d+))?/u.exec(version);
  return found ? Number(found[1]) : undefined;
}

/** Free space for the backup's copy, what it unpacks to, and the cluster; within the quota where there is one. */
async function checkSpace(ports: EnginePorts, run: RunContext, found: readonly FoundBackup[]): Promise<void> {
  const stored = found.reduce((sum, each) => sum + (each.record.bytes ?? 0), 0);
  const staged = found.some((each) => each.record.uri.startsWith('s3:')) ? stored : 0;
  const needed = BASE_BYTES + staged + stored * 2;
  const quota = asText(run.plan.sandbox.raw['quota']);
  const limit = quota === undefined ? undefined : parseSize(quota);
  if (limit !== undefined && needed > limit) {
    throw new StageFault(
      'inconclusive',
      `The sandbox needs about ${megabytes(needed)}, its quota is ${quota ?? ''}; raise the quota.`,
      { sandbox: true, code: 'no-space' },
    );
  }
  const free = await ports.files.freeBytes(run.folder);
  if (free < needed) {
    throw new StageFault(
      'inconclusive',
      `There is not enough disk space for the sandbox at ${run.folder}: about ${megabytes(needed)} are needed, ${megabytes(free)} are free; free some, or set TMPDIR to a larger disk.`,
      { sandbox: true, code: 'no-space' },
    );
  }
}

/** Fetched binaries lie under the user's home, where an unprivileged user can't reach them: copied into the run's folder. */
async function reachable(ports: EnginePorts, run: RunContext, chosen: PostgresBinaries): Promise<PostgresBinaries> {
  if (!run.owner || chosen.from !== 'package') return chosen;
  const test = await runTool(ports, run, '/bin/sh', ['-c', '"$0" --version', join(chosen.folder, 'postgres')], {
    stage: 'provision',
    quiet: true,
  }).catch(() => undefined);
  if (test?.code === 0) return chosen;
  const target = join(run.folder, 'pg');
  const copied = await runTool(ports, run, 'cp', ['-R', join(chosen.folder, '..'), target], {
    stage: 'provision',
    asSelf: true,
  });
  if (copied.code !== 0)
    throw fault(`The server's programs could not be copied into the sandbox: ${lastWords(copied)}`, copied.stderr);
  await ports.files.setOwner(target, run.owner);
  return { ...chosen, folder: join(target, 'bin') };
}

function fault(message: string, output: string): StageFault {
  const full = /No space left on device|could not extend file|ENOSPC/u.test(message + output);
  return new StageFault('inconclusive', full ? `The sandbox ran out of disk space: ${message}` : message, {
    sandbox: true,
    output,
    ...(full ? { code: 'no-space' } : {}),
  });
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}
