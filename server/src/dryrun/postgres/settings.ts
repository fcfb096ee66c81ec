/** Settings of a PostgreSQL that is thrown away: what they leave out is durability and background work, never data. */
import type { Machine } from '../../core/ports.ts';
import type { RunContext } from '../../core/recovery/engine.ts';
import { asMap, asText } from '../../core/references/read.ts';

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
  work_mem: '16MB',
  max_wal_size: '16GB',
  checkpoint_timeout: '1d',
  bgwriter_lru_maxpages: '0',
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
const WORKERS = 'max_parallel_maintenance_workers';
const MOST_JOBS = 8;
const MOST_WORKERS = 4;
const MEGABYTE = 1024 * 1024;
/** PostgreSQL's own default is the least; more than this sorts no faster. */
const LEAST_SORT = 64 * MEGABYTE;
const MOST_SORT = 1024 * MEGABYTE;
/** All indexes that are built at once together may take this part of the memory that is free. */
const SORT_SHARE = 8;

/** The settings of a throw-away server on this machine, with those of the document that are harmless. */
export function settingsOf(run: RunContext, machine: Machine): Readonly<Record<string, string>> {
  const made: Record<string, string> = {
    ...THROW_AWAY,
    maintenance_work_mem: `${Math.floor(sortMemory(machine) / MEGABYTE)}MB`,
    [WORKERS]: String(workersOf(machine, 1)),
  };
  for (const [name, text] of given(run)) {
    if (!/^[a-z_][a-z0-9_.]*$/u.test(name) || REFUSED.test(name)) {
      run.note({
        severity: 'warning',
        message: `The setting "${name}" of the sandbox was left out: it could open the sandbox or run something.`,
      });
    } else made[name] = text;
  }
  return made;
}

/** How many jobs restore at once. */
export function jobsOf(machine: Machine): number {
  return Math.max(1, Math.min(MOST_JOBS, machine.cpus));
}

/**
 * `PGOPTIONS` of a restore by `jobs` that builds `indexes`: jobs that build indexes side by side leave no core for helpers of one
 * another. Undefined where the document sets it.
 */
export function restoreOptions(
  run: RunContext,
  machine: Machine,
  jobs: number,
  indexes: number,
): Readonly<Record<string, string>> {
  if (given(run).some(([name]) => name === WORKERS)) return {};
  return { PGOPTIONS: `-c ${WORKERS}=${workersOf(machine, Math.min(jobs, indexes))}` };
}

/** Helpers of one index, where so many are built at once. */
function workersOf(machine: Machine, builds: number): number {
  return Math.min(MOST_WORKERS, Math.max(0, Math.floor(machine.cpus / Math.max(1, builds)) - 1));
}

/** Bytes that one index build may sort in; it takes no more than it needs. */
function sortMemory(machine: Machine): number {
  const share = machine.freeMemory() / SORT_SHARE / jobsOf(machine);
  return Math.max(LEAST_SORT, Math.min(MOST_SORT, share));
}

function given(run: RunContext): readonly (readonly [string, string])[] {
  return Object.entries(asMap(run.plan.sandbox.raw['settings'])).flatMap(([name, value]) => {
    const text = asText(value);
    return text === undefined ? [] : [[name, text] as const];
  });
}
