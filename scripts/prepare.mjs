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
  const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: ['ignore', 2, 2], cwd: root });
  process.exitCode = built.status ?? 1;
}
