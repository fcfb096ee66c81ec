/** Starts a physically restored PostgreSQL cut off from the world it came from: no listener, no archive, no upstream, no scheduler. */
import { join } from 'node:path';
import type { RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { MARKER } from '../marker.ts';
import type { EnginePorts } from '../ports.ts';
import { runTool } from '../tool.ts';
import { replaceFile } from '../writeFile.ts';
import { makePassage } from '../serverRoom.ts';
import { queryValue, withClient } from './connection.ts';
import type { PostgresHandle } from './handle.ts';
import { startPostgres, whyEnded } from './start.ts';

const REPLAY_MS = 3_600_000;

/** Starts the server on `data`, replays from `wal`, waits for the end of recovery; `handle` is then that server's. */
export async function startPhysical(
  ports: EnginePorts,
  run: RunContext,
  handle: PostgresHandle,
  data: string,
  wal: string,
  users: readonly string[],
): Promise<void> {
  const hba = join(run.folder, 'hba.conf');
  await replaceFile(ports, run, hba, 'local all all trust\n');
  // The old configuration belongs to another machine: files, libraries, upstreams and commands of it are left out.
  const conf = join(data, 'postgresql.conf');
  await replaceFile(ports, run, conf, '# Made for a dry run.\n');
  const auto = join(data, 'postgresql.auto.conf');
  const before = await ports.files.readText(auto).catch(() => '');
  await replaceFile(
    ports,
    run,
    auto,
    before
      .split('\n')
      .filter((line) => /^recovery_target(?:_\w+)?\s*=/u.test(line))
      .join('\n') + '\n',
  );
  await replaceFile(ports, run, join(data, MARKER), await ports.files.readText(join(run.folder, MARKER)));
  await ports.files.setMode(data, 0o700);
  const socket = join(run.folder, 's');
  await makePassage(ports, run, socket);
  const started = await startPostgres(
    ports,
    run,
    handle.binaries,
    handle.all,
    data,
    socket,
    {
      ...(await limitsOf(ports, run, handle, data)),
      listen_addresses: '',
      hba_file: hba,
      archive_mode: 'off',
      archive_command: '',
      restore_command: `cp "${wal}/%f" "%p"`,
      primary_conninfo: '',
      primary_slot_name: '',
      shared_preload_libraries: '',
      max_logical_replication_workers: '0',
      fsync: 'off',
      hot_standby: 'on',
      ssl: 'off',
      autovacuum: 'off',
      log_min_messages: 'warning',
      logging_collector: 'off',
    },
    { readyMs: REPLAY_MS, users },
  ).catch((error: unknown) => {
    // The server itself is sound: what it can't start from is the backup.
    if (
      error instanceof StageFault &&
      error.code !== 'no-space' &&
      /recovery|WAL|checkpoint|invalid|corrupt|backup_label|requested/iu.test(error.message)
    )
      throw new StageFault(
        'failed',
        `The restored server does not come up: ${error.message}`,
        error.output === undefined ? {} : { output: error.output },
      );
    throw error;
  });
  Object.assign(handle, { address: started.address, process: started.process, log: started.log });
  const deadline = ports.clock.now() + REPLAY_MS;
  for (;;) {
    run.signal.throwIfAborted();
    const replaying = await withClient(
      handle.address,
      'postgres',
      async (client) => await queryValue(client, 'select pg_is_in_recovery()'),
    ).catch((error: unknown) => {
      throw new StageFault(
        'failed',
        `The restored server ended while it replayed its log: ${whyEnded(started.log()) || (error instanceof Error ? error.message : '')}`,
        { output: started.log() },
      );
    });
    if (replaying !== true) return;
    if (ports.clock.now() > deadline)
      throw new StageFault('failed', 'The restored server did not end its replay within an hour.');
    await new Promise<void>((resolve) => ports.clock.after(100, resolve));
  }
}

/** A standby needs at least the limits of its primary; the control file remembers them. */
async function limitsOf(
  ports: EnginePorts,
  run: RunContext,
  handle: PostgresHandle,
  data: string,
): Promise<Readonly<Record<string, string>>> {
  const made: Record<string, string> = { max_connections: '100' };
  const result = await runTool(ports, run, join(handle.binaries.folder, 'pg_controldata'), ['-D', data], {
    stage: 'restore',
    quiet: true,
  }).catch(() => undefined);
  for (const found of (result?.stdout ?? '').matchAll(/^(max_\w+) setting:\s*(\d+)/gmu)) {
    const name =
      { max_prepared_xacts: 'max_prepared_transactions', max_locks_per_xact: 'max_locks_per_transaction' }[
        found[1] ?? ''
      ] ??
      found[1] ??
      '';
    made[name] = found[2] ?? '';
  }
  return made;
}
