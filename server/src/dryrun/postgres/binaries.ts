/** Finds PostgreSQL on this machine by major: Debian, Red Hat, Homebrew, Postgres.app, PATH, and the cached packages. */
import { join } from 'node:path';
import type { EnginePorts } from '../ports.ts';

export interface PostgresBinaries {
  readonly major: number;
  readonly version: string;
  /** Folder of the programs. */
  readonly folder: string;
  readonly server: boolean;
  readonly client: boolean;
  /** `machine` or `package`. */
  readonly from: string;
}

const PARENTS = [
  '/usr/lib/postgresql',
  '/usr/local/lib/postgresql',
  '/opt/postgresql',
  '/Library/PostgreSQL',
  '/Applications/Postgres.app/Contents/Versions',
  '/opt/local/lib',
];
const BREWS = ['/opt/homebrew/opt', '/usr/local/opt', '/home/linuxbrew/.linuxbrew/opt'];

/** Every installation that can be found, newest major first; each is asked for its version. */
export async function findPostgres(ports: EnginePorts): Promise<readonly PostgresBinaries[]> {
  const folders = new Set<string>();
  const named = ports.machine.variable('DRILLBOOK_POSTGRES_BIN');
  const only = ports.machine.variable('DRILLBOOK_POSTGRES_ONLY') === '1';
  if (named !== undefined && named !== '') for (const each of named.split(':')) folders.add(each);
  if (!only) {
    for (const parent of PARENTS) for (const name of await list(ports, parent)) folders.add(join(parent, name, 'bin'));
    for (const name of await list(ports, '/usr')) if (/^pgsql-\d+$/u.test(name)) folders.add(join('/usr', name, 'bin'));
    for (const brew of BREWS) {
      for (const name of await list(ports, brew))
        if (/^(?:postgresql|libpq)/u.test(name)) folders.add(join(brew, name, 'bin'));
    }
    folders.add('/usr/local/pgsql/bin');
    for (const program of ['postgres', 'pg_restore', 'psql']) {
      const found = await ports.processes.find(program);
      // Debian's programs on PATH are wrappers around those in /usr/lib/postgresql, and slow to ask.
      const wrapped =
        found?.startsWith('/usr/bin/') === true && [...folders].some((each) => each.startsWith('/usr/lib/postgresql/'));
      if (found !== undefined && !wrapped) folders.add(join(found, '..'));
    }
  }
  const cached = packagesFolder(ports);
  const packaged = new Set<string>();
  for (const major of await list(ports, cached)) {
    const folder = join(cached, major, 'native', 'bin');
    folders.add(folder);
    packaged.add(folder);
  }
  const found = await Promise.all(
    [...folders].map(async (folder) => await inspect(ports, folder, packaged.has(folder) ? 'package' : 'machine')),
  );
  const seen = found.filter((each) => each !== undefined);
  return seen.sort(
    (left, right) => right.major - left.major || (left.from === right.from ? 0 : left.from === 'machine' ? -1 : 1),
  );
}

/** Where fetched packages are kept, a folder a major. */
export function packagesFolder(ports: EnginePorts): string {
  return join(ports.machine.cacheFolder, 'postgres');
}

async function list(ports: EnginePorts, folder: string): Promise<readonly string[]> {
  return await ports.files.list(folder).catch(() => []);
}

async function inspect(ports: EnginePorts, folder: string, from: string): Promise<PostgresBinaries | undefined> {
  const suffix = ports.machine.platform === 'win32' ? '.exe' : '';
  const has = async (name: string): Promise<boolean> =>
    (await ports.files.info(join(folder, name + suffix)).catch(() => undefined)) !== undefined;
  const server = (await has('postgres')) && (await has('initdb'));
  const client = await has('pg_restore');
  const program = server ? 'postgres' : client ? 'pg_restore' : undefined;
  if (program === undefined) return undefined;
  try {
    const answer = await ports.processes.run(join(folder, program + suffix), ['--version'], {
      env: ports.processes.cleanEnvironment({ LC_ALL: 'C' }),
      timeoutMs: 10_000,
    });
    const version = /(\d+(?:\.\d+)*)/u.exec(answer.stdout)?.[1];
    if (version === undefined) return undefined;
    return {
      major: Number(version.split('.')[0]),
      version,
      folder,
      server,
      client: client && (await has('psql')) ? true : client,
      from,
    };
  } catch {
    return undefined;
  }
}
