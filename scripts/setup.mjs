/**
 * Makes a fresh checkout ready, with nothing but Node, npm and git there before: packages, generated files, build, and
 * the servers and tools that the tests and `npm start` use. Says plainly what it could not get.
 *
 * `node scripts/setup.mjs [--tools] [--editor]`. Only `node:*` is imported until the packages are installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setUpMoto } from './services/moto.mjs';
import { setUpS3rver } from './services/s3rver.mjs';
import { findPostgres, npmCommand, npmPrefix } from './services/postgres.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const exe = process.platform === 'win32' ? '.exe' : '';

/** Programs that the tests use, and the Debian packages of each. */
const TOOLS = [
  ['postgres', 'postgresql'],
  ['pg_dump', 'postgresql-client'],
  ['mariadbd', 'mariadb-server'],
  ['mariadb-backup', 'mariadb-backup'],
  ['redis-server', 'redis-server'],
  ['restic', 'restic'],
  ['pgbackrest', 'pgbackrest'],
  ['podman', 'podman runc'],
  ['sqlite3', 'sqlite3'],
  ['age', 'age'],
  ['gpg', 'gnupg'],
  ['openssl', 'openssl'],
  ['ssh-agent', 'openssh-client'],
  ['zstd', 'zstd'],
  ['lz4', 'lz4'],
  ['nvim', 'neovim'],
  ['emacs', 'emacs-nox elpa-eglot'],
  ['chromium', 'chromium'],
  ['zsh', 'zsh'],
  ['fish', 'fish'],
];
const FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin', '/usr/libexec'];

/** Stops a Node that is too old with a sentence rather than a syntax error further on. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  // 21 and the first of 22 lack `process.getBuiltinModule`.
  if (major > 22 || (major === 22 && minor >= 3) || (major === 20 && minor >= 19)) return;
  console.error(
    `Drillbook needs Node 20.19 or later, and of the newer ones 22.3 or later; this is ${process.versions.node}.`,
  );
  process.exit(2);
}

/** `npm ci` where the packages are missing or older than the lock file. */
export function setUpPackages() {
  const installed = join(root, 'node_modules/.package-lock.json');
  const lock = join(root, 'package-lock.json');
  // `npm install` writes both, a little apart.
  if (existsSync(installed) && statSync(installed).mtimeMs + 60_000 > statSync(lock).mtimeMs) return;
  console.error('Installing packages (npm ci)…');
  runOrExit(npmCommand(), [...npmPrefix(), 'ci', '--no-audit', '--no-fund']);
}

/** Builds dist/ where it is missing or older than a source. */
export function setUpBuild({ always = false } = {}) {
  const built = join(root, 'dist/main.js');
  if (!always && existsSync(built)) {
    const at = statSync(built).mtimeMs;
    const sources = ['server/src', 'client/src', 'schemas', 'scripts/build', 'docs/rules', 'package.json'];
    if (sources.every((source) => newest(join(root, source)) <= at)) return;
  }
  console.error('Building…');
  runOrExit(process.execPath, [join(root, 'scripts/build.mjs')]);
}

function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(
    0,
    ...readdirSync(path)
      .filter((name) => name !== 'generated')
      .map((name) => newest(join(path, name))),
  );
}

/**
 * The tools and servers of the tests: Debian packages where we are root, an emulated AWS where there is Python.
 * @returns {Promise<{ name: string, why: string }[]>} what could not be had
 */
export async function setUpTools() {
  const lacking = [];
  const missing = () => TOOLS.filter(([name]) => !hasTool(name));
  const wanted = missing();
  if (wanted.length > 0 && canInstall()) {
    const packages = wanted.flatMap(([, debian]) => debian.split(' '));
    console.error(`Installing ${packages.join(', ')} with apt…`);
    const apt = (...args) =>
      spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    apt('update', '-q');
    if (apt('install', '-q', '-y', '--no-install-recommends', ...packages).status !== 0) {
      // One that is not to be had must not keep the others out.
      for (const each of packages) apt('install', '-q', '-y', '--no-install-recommends', each);
    }
  }
  for (const [name, debian] of missing()) {
    lacking.push({ name, why: canInstall() ? `apt could not install ${debian}` : `install it (Debian: ${debian})` });
  }
  try {
    if ((await setUpMoto()) === undefined)
      lacking.push({ name: 'moto', why: 'the emulated AWS needs Python 3.9 or later' });
  } catch (error) {
    lacking.push({ name: 'moto', why: error.message.split('\n')[0] });
  }
  try {
    await setUpS3rver();
  } catch (error) {
    lacking.push({ name: 's3rver', why: error.message.split('\n')[0] });
  }
  return lacking;
}

function hasTool(name) {
  if (name === 'postgres') return findPostgres().length > 0;
  if (name === 'chromium') {
    const others = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
    return process.env['DRILLBOOK_BROWSER'] !== undefined || process.platform !== 'linux' || others.some(isOnPath);
  }
  return isOnPath(name);
}

function isOnPath(name) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...FOLDERS].filter((each) => each !== '');
  return folders.some((folder) => existsSync(join(folder, name + exe)));
}

function canInstall() {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

function runOrExit(command, args) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (done.status !== 0) {
    console.error(`${[command, ...args].join(' ')} ended with ${done.status ?? done.error?.message}.`);
    process.exit(2);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  checkNode();
  setUpPackages();
  setUpBuild();
  const lacking = process.argv.includes('--tools') ? await setUpTools() : [];
  if (process.argv.includes('--editor')) {
    const { setUpEditorHost } = await import('./setup/editor-host.mjs');
    setUpEditorHost();
  }
  for (const { name, why } of lacking) console.error(`Not there: ${name}: ${why}.`);
}
