/** A private MariaDB and a private Redis on loopback, for tests; a missing program fails the test, naming it. */
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unprivileged } from '../../scripts/services/postgres.mjs';
import { freePort, runTool, startService } from '../../scripts/services/processes.mjs';

export interface RunningDatabase {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

function program(...names: readonly string[]): string {
  const folders = [
    '/usr/sbin',
    '/usr/bin',
    '/usr/local/bin',
    '/usr/local/sbin',
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  throw new Error(`These tests need ${names.join(' or ')}: install it (Debian: mariadb-server, redis-server).`);
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'drill-db-'));
  const { uid, gid } = unprivileged();
  if (uid !== undefined && gid !== undefined) await chown(made, uid, gid);
  await chmod(made, 0o711);
  return made;
}

/** A MariaDB whose root has no password and who answers over TCP; `more` are options of the server. */
export async function startMariadb(...more: readonly string[]): Promise<RunningDatabase> {
  const server = program('mariadbd', 'mysqld');
  const home = await folder();
  const owner = unprivileged();
  const data = join(home, 'data');
  await runTool(
    program('mariadb-install-db', 'mysql_install_db'),
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ],
    { ...owner, env: { ...process.env, HOME: home } },
  );
  const port = await freePort();
  const service = await startService(
    server,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${join(home, 's')}`,
      `--pid-file=${join(home, 'pid')}`,
      '--bind-address=127.0.0.1',
      `--port=${String(port)}`,
      `--tmpdir=${home}`,
      '--skip-log-bin',
      '--innodb-buffer-pool-size=32M',
      ...more,
    ],
    { ...owner, name: 'mariadbd', ready: /ready for connections/, env: { ...process.env, HOME: home } },
  );
  return {
    host: '127.0.0.1',
    port,
    stop: async () => {
      await service.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A Redis with this password for its default user; `more` are options of the server. */
export async function startRedis(password: string, ...more: readonly string[]): Promise<RunningDatabase> {
  const home = await folder();
  const port = await freePort();
  const service = await startService(
    program('redis-server', 'valkey-server'),
    [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      home,
      '--save',
      '',
      '--requirepass',
      password,
      '--maxmemory-policy',
      'noeviction',
      ...more,
    ],
    { ...unprivileged(), name: 'redis-server', ready: /Ready to accept connections/ },
  );
  return {
    host: '127.0.0.1',
    port,
    stop: async () => {
      await service.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
