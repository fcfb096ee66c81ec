/**
 * Builds dist/ where there is none: npm runs it (`prepare`) after installing from a checkout or from git, so that
 * pre-commit and `npm install git+https://…` get a program that runs. Says everything on stderr: npm's stdout is read.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');

if (!existsSync(join(root, 'dist/main.js'))) {
  if (!existsSync(join(root, 'node_modules/esbuild'))) run(npmProgram(), ['ci', '--ignore-scripts']);
  run(join(root, 'scripts/build.mjs'), []);
}

/** Within `npm install --global git+…` npm prepares the clone as if it were global too: without what it is built with. */
function environment() {
  const ofTheOuter = /^npm_config_(?:global|prefix|location|include|omit|install_links|package_lock)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofTheOuter.test(name)));
}

function npmProgram() {
  const program = process.env['npm_execpath'];
  if (program === undefined) throw new Error('Run this with npm: npm run prepare.');
  return program;
}

function run(script, args) {
  const done = spawnSync(process.execPath, [script, ...args], {
    stdio: ['ignore', 2, 2],
    cwd: root,
    env: environment(),
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
