/**
 * Sets up the browser-hosted VS Code in .tools/editor-host: the npm package code-server (the real workbench and
 * extension host), the Node that it needs, and playwright-core to drive a Chromium that the machine has.
 *
 * Needs nothing but Node, npm and a package registry. `setUpEditorHost()` does nothing where the host stands already.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const host = join(root, '.tools/editor-host');

/** Exact versions: the selectors and switches that the tests use belong to this workbench. */
const PACKAGES = { 'code-server': '4.139.1', 'playwright-core': '1.65.1', 'axe-core': '4.14.1' };
const NODE_FOR_CODE_SERVER = '24';

/** Where Debian, Fedora, macOS and Windows keep a Chromium or Chrome. */
const BROWSERS = [
  process.env['DRILLBOOK_BROWSER'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/microsoft-edge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Runs one command to its end; a failure throws with the last of its output. */
export function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status !== 0) {
    const output = `${result.stdout ?? ''}${result.stderr ?? ''}`.slice(-3000);
    throw new Error(
      `${command} ${args.join(' ')} in ${cwd} ended with ${String(result.status ?? result.error)}:\n${output}`,
    );
  }
}

/** Name of the npm package that carries a Node binary for this machine. */
function nodePackage() {
  const system = { linux: 'linux', darwin: 'darwin', win32: 'win' }[process.platform];
  if (system === undefined)
    throw new Error(`No Node package is known for ${process.platform}; the editor tests need Linux, macOS or Windows.`);
  return `node-${system}-${process.arch}`;
}

/** The Chromium that drives the tests; where there is none and apt can be used, Debian's is installed. */
export function findBrowser({ install = true } = {}) {
  const found = BROWSERS.find((path) => path !== undefined && existsSync(path));
  if (found !== undefined) return found;
  if (install && process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('Installing chromium with apt for the editor tests…');
    const lock = ['-o', 'DPkg::Lock::Timeout=300'];
    run('apt-get', [...lock, 'update', '-q'], root);
    run('apt-get', [...lock, 'install', '-q', '-y', '--no-install-recommends', 'chromium'], root);
    return findBrowser({ install: false });
  }
  throw new Error(
    'No Chromium was found: install chromium (Debian: apt install chromium) or name one in DRILLBOOK_BROWSER.',
  );
}

/** Paths of the editor host: what the runners and `npm start -- --editor` start. */
export function editorHost() {
  const require = createRequire(join(host, 'package.json'));
  const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  return {
    folder: host,
    node: join(host, 'node_modules', nodePackage(), binary),
    entry: join(host, 'node_modules/code-server/out/node/entry.js'),
    axe: join(host, 'node_modules/axe-core/axe.min.js'),
    require,
  };
}

/** Installs the editor host where it is missing or of another version; returns {@link editorHost}. */
export function setUpEditorHost({ log = console.error } = {}) {
  const wanted = { ...PACKAGES, [nodePackage()]: NODE_FOR_CODE_SERVER };
  const stamp = join(host, 'ready.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === JSON.stringify(wanted)) return editorHost();
  log('Setting up the browser-hosted VS Code in .tools/editor-host (once; about 800 MB)…');
  mkdirSync(host, { recursive: true });
  rmSync(stamp, { force: true });
  const manifest = { private: true, description: 'The editor host of the tests', dependencies: wanted };
  writeFileSync(join(host, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const npmrc = join(root, '.npmrc');
  if (existsSync(npmrc)) copyFileSync(npmrc, join(host, '.npmrc'));
  // Scripts would compile native modules; without them two are missing (a logger, a watchdog) and nothing else.
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], host);
  const workbench = join(host, 'node_modules/code-server/lib/vscode');
  // Not `npm ci`: the shrinkwrap of the package is out of step with its manifest.
  run(
    'npm',
    ['install', '--omit=dev', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    workbench,
  );
  writeFileSync(stamp, JSON.stringify(wanted));
  return editorHost();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  setUpEditorHost();
  console.error(`The editor host stands in ${host}; its browser is ${findBrowser()}.`);
}
