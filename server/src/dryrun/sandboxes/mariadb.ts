/** A private MariaDB or MySQL in the run's folder: a Unix socket only, never as root, from binaries on the machine. */
import { dirname, join } from 'node:path';
import type { FoundBackup, RunContext, RunningSandbox } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { RunningProcess } from '../../core/ports.ts';
import { MARKER } from '../marker.ts';
import { checkMariadb } from '../mariadb/checks.ts';
import { withMariadb, type MariadbAddress } from '../mariadb/connection.ts';
import type { EnginePorts } from '../ports.ts';
import { findIsolation, type Isolation } from '../isolation.ts';
import { startServer } from '../serverProcess.ts';
import { lastWords, runTool, toolEnvironment } from '../tool.ts';
import { makePassage } from '../serverRoom.ts';
import { makeFolder, replaceFile } from '../writeFile.ts';
import type { Sandbox } from './sandbox.ts';

export interface MariadbHandle {
  readonly flavour: 'mariadb' | 'mysql';
  readonly server: string;
  readonly version: string;
  /** The client program, where there is one. */
  readonly client?: string;
  readonly data: string;
  address: MariadbAddress;
  process?: RunningProcess;
  /** Databases by backup name; on a server of the team's they are there from the start, and nothing else of it is touched. */
  readonly databases: Map<string, string>;
  /** A server of the team's. */
  readonly isShared?: boolean;
}

const FOLDERS = [
  '/usr/sbin',
  '/usr/libexec',
  '/usr/local/sbin',
  '/usr/local/mysql/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/usr/local/opt/mariadb/bin',
  '/usr/local/opt/mysql/bin',
];
const READY_MS = 60_000;
/** Nothing here needs to survive the machine. */
const NO_SYNC = '--innodb-flush-method=nosync';

/** Finds a server of the flavour and version that the document names. */
async function chooseMariadb(
  ports: EnginePorts,
  run: RunContext,
): Promise<Omit<MariadbHandle, 'data' | 'address' | 'databases'>> {
  const { engine, version: wanted } = run.plan.sandbox;
  const seen: string[] = [];
  for (const name of ['mariadbd', 'mysqld']) {
    const server = await ports.processes.find(name, FOLDERS);
    if (server === undefined) continue;
    const answer = await ports.processes
      .run(server, ['--no-defaults', '--version'], { env: toolEnvironment(ports, run), timeoutMs: 10_000 })
      .catch(() => undefined);
    const version = /Ver\s+([\d.]+)/u.exec(answer?.stdout ?? '')?.[1];
    if (version === undefined) continue;
    const flavour = /mariadb/iu.test(answer?.stdout ?? '') ? 'mariadb' : 'mysql';
    seen.push(`${flavour} ${version}`);
    const fits = wanted === undefined || version === wanted || version.startsWith(`${wanted.replace(/\.$/u, '')}.`);
    if (flavour !== engine || !fits) continue;
    const client = await clientOf(ports, flavour, dirname(server));
    return { flavour, server, version, ...(client === undefined ? {} : { client }) };
  }
  throw new StageFault(
    'inconclusive',
    `No ${engine === 'mysql' ? 'MySQL' : 'MariaDB'}${wanted === undefined ? '' : ` ${wanted}`} server is on this machine (found: ${[...new Set(seen)].join(', ') || 'none'}); install it, or name another version.`,
    { sandbox: true, code: 'no-binaries' },
  );
}

/** The client program of a flavour, where there is one. */
export async function clientOf(
  ports: EnginePorts,
  flavour: string,
  ...folders: readonly string[]
): Promise<string | undefined> {
  return (
    (await ports.processes.find(flavour === 'mariadb' ? 'mariadb' : 'mysql', [...folders, ...FOLDERS])) ??
    (await ports.processes.find('mysql'))
  );
}

/** Starts the server on `data`. `open` leaves the grant tables out: for physical restores whose passwords nobody knows. */
export async function startMariadb(
  ports: EnginePorts,
  run: RunContext,
  handle: MariadbHandle,
  open: boolean,
  isolation?: Isolation,
): Promise<void> {
  const socket = join(run.folder, 's', 'm.sock');
  await makePassage(ports, run, join(run.folder, 's'));
  await makeFolder(ports, run, join(run.folder, 'tmp'));
  const args = [
    '--no-defaults',
    `--datadir=${handle.data}`,
    `--socket=${socket}`,
    `--pid-file=${join(run.folder, 's', 'm.pid')}`,
    `--tmpdir=${join(run.folder, 'tmp')}`,
    `--secure-file-priv=${join(run.folder, 'tmp')}`,
    '--skip-networking',
    '--skip-log-bin',
    '--skip-slave-start',
    '--event-scheduler=OFF',
    '--local-infile=0',
    NO_SYNC,
    '--innodb-flush-log-at-trx-commit=0',
    '--skip-innodb-doublewrite',
    '--innodb-buffer-pool-size=128M',
    '--performance-schema=OFF',
    '--max-allowed-packet=1G',
    ...(handle.flavour === 'mariadb' ? ['--plugin-load-add='] : ['--mysqlx=OFF']),
    ...(open ? ['--skip-grant-tables'] : []),
  ];
  const server = await startServer(ports, run, handle.server, args, {
    name: handle.flavour,
    // What it would write down in an orderly end is thrown away.
    endSignal: 'SIGKILL',
    ...(isolation ? { isolation } : {}),
  });
  handle.process = server.process;
  handle.address = { socketPath: socket, user: 'root' };
  const deadline = ports.clock.now() + READY_MS;
  for (;;) {
    run.signal.throwIfAborted();
    try {
      await withMariadb(handle.address, undefined, async (connection) => await connection.query('select 1'));
      return;
    } catch (error) {
      if (server.hasEnded() || ports.clock.now() > deadline) {
        const log = server.log();
        const words =
          log
            .split('\n')
            .filter((line) => /ERROR/u.test(line))
            .slice(-2)
            .join(' ') || (error instanceof Error ? error.message : '');
        const full = /No space left|Disk (?:is )?full|errno: 28/iu.test(log);
        throw new StageFault(
          'inconclusive',
          `${handle.flavour} ${handle.version} did not start${full ? ': the disk is full' : ''}: ${words.slice(0, 300)}`,
          { sandbox: true, output: log, ...(full ? { code: 'no-space' } : {}) },
        );
      }
    }
    await new Promise<void>((resolve) => ports.clock.after(30, resolve));
  }
}

async function provision(ports: EnginePorts, run: RunContext, found: readonly FoundBackup[]): Promise<RunningSandbox> {
  const chosen = await chooseMariadb(ports, run);
  run.engine(chosen.flavour, chosen.version, dirname(chosen.server));
  const needed = 300 * 1024 * 1024 + found.reduce((sum, each) => sum + (each.record.bytes ?? 0), 0) * 3;
  const free = await ports.files.freeBytes(run.folder);
  if (free < needed)
    throw new StageFault(
      'inconclusive',
      `There is not enough disk space for the sandbox at ${run.folder}: about ${Math.ceil(needed / 1e6)} MB are needed, ${Math.ceil(free / 1e6)} MB are free; free some, or set TMPDIR to a larger disk.`,
      { sandbox: true, code: 'no-space' },
    );
  const data = join(run.folder, 'data');
  const handle: MariadbHandle = { ...chosen, data, address: { user: 'root' }, databases: new Map() };
  const isolation = await findIsolation(ports, run);
  const physical = found.some((each) => /backup$/u.test(each.plan.tool));
  if (!physical) {
    const installer =
      chosen.flavour === 'mariadb'
        ? await ports.processes.find('mariadb-install-db', [
            dirname(chosen.server),
            '/usr/bin',
            join(dirname(chosen.server), '..', 'bin'),
          ])
        : chosen.server;
    if (installer === undefined)
      throw new StageFault(
        'inconclusive',
        'mariadb-install-db is not on this machine; install the MariaDB server package.',
        { sandbox: true, code: 'no-binaries' },
      );
    const args =
      chosen.flavour === 'mariadb'
        ? [
            '--no-defaults',
            `--datadir=${data}`,
            '--auth-root-authentication-method=normal',
            '--skip-test-db',
            '--skip-name-resolve',
            NO_SYNC,
          ]
        : ['--no-defaults', '--initialize-insecure', `--datadir=${data}`, NO_SYNC];
    const made = await runTool(ports, run, installer, args, { stage: 'provision', quiet: true });
    if (made.code !== 0)
      throw new StageFault(
        'inconclusive',
        `The data folder of ${chosen.flavour} could not be made: ${lastWords(made)}`,
        { sandbox: true, output: made.stderr },
      );
    await replaceFile(ports, run, join(data, MARKER), await ports.files.readText(join(run.folder, MARKER)));
    await startMariadb(ports, run, handle, false, isolation);
  }
  return {
    kind: run.plan.sandbox.kind,
    engine: chosen.flavour,
    version: chosen.version,
    address: `unix socket in ${join(run.folder, 's')}`,
    isolation: isolation.words,
    handle,
  };
}

const stop: Sandbox['stop'] = async (_ports, _run, sandbox) => {
  await (sandbox.handle as MariadbHandle).process?.kill();
};

export const mariadb: Sandbox = { kind: 'mariadb', hasServer: true, provision, check: checkMariadb, stop };
export const mysql: Sandbox = { kind: 'mysql', hasServer: true, provision, check: checkMariadb, stop };
