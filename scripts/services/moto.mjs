/** An emulated AWS (moto) in a private virtual environment below .tools/, on the loopback. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, runTool, startService } from './processes.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const venv = join(root, '.tools/moto');
const VERSION = '5.2.5';
const bin = process.platform === 'win32' ? 'Scripts' : 'bin';
const exe = process.platform === 'win32' ? '.exe' : '';

/** The Python 3 of this machine, or undefined. */
export function findPython() {
  for (const name of ['python3', 'python']) {
    const said = spawnSync(name, ['-c', 'import sys; print(sys.version_info >= (3, 9))'], { encoding: 'utf8' });
    if (said.status === 0 && said.stdout.trim() === 'True') return name;
  }
  return undefined;
}

/**
 * Path of moto's server, installed where it is missing; undefined where there is no Python 3.
 * @returns {Promise<string | undefined>}
 */
export async function setUpMoto(log = console.error) {
  const named = process.env['DRILLBOOK_MOTO_SERVER'];
  if (named !== undefined && existsSync(named)) return named;
  const server = join(venv, bin, `moto_server${exe}`);
  const stamp = join(venv, `ready-${VERSION}`);
  if (existsSync(stamp)) return server;
  const python = findPython();
  if (python === undefined) return undefined;
  log('Setting up an emulated AWS (moto) in .tools/moto (once; about a minute)…');
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(join(root, '.tools'), { recursive: true });
  await makeEnvironment(python);
  await runTool(join(venv, bin, `python${exe}`), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    `moto[server]==${VERSION}`,
  ]);
  mkdirSync(stamp);
  return server;
}

/** Debian splits the virtual environments off Python; as root they can be had. */
async function makeEnvironment(python) {
  try {
    await runTool(python, ['-m', 'venv', venv]);
  } catch (error) {
    if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw error;
    await runTool('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'install', '-q', '-y', 'python3-venv']);
    await runTool(python, ['-m', 'venv', venv]);
  }
}

/**
 * Starts it on a free port.
 * @param {string} server path from `setUpMoto`
 */
export async function startMoto(server) {
  const port = await freePort();
  const service = await startService(server, ['-H', '127.0.0.1', '-p', String(port)], {
    name: 'moto',
    ready: /Running on http:\/\/127\.0\.0\.1/,
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_DEFAULT_REGION: 'eu-west-1',
    },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    port,
    pid: service.pid,
    reset: async () => {
      await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
    },
    stop: service.stop,
  };
}
