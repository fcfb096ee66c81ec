/** A private MariaDB for tests, as an unprivileged user, on a Unix socket. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import * as path from 'node:path';

export interface TestMariadb {
  readonly folder: string;
  readonly socket: string;
  readonly data: string;
  /** Runs SQL by the client. */
  sql(text: string, database?: string): string;
  /** Runs a tool of MariaDB against it and answers with what it wrote. */
  tool(name: string, args: readonly string[]): Buffer;
  stop(): Promise<void>;
}

/** @throws Error that names the tool where MariaDB is missing. */
export async function startMariadb(): Promise<TestMariadb> {
  if (!['/usr/sbin/mariadbd', '/usr/libexec/mariadbd', '/opt/homebrew/bin/mariadbd'].some((each) => existsSync(each)))
    throw new Error('mariadbd is missing: install mariadb-server and mariadb-backup.');
  const folder = mkdtempSync('/tmp/dbm-');
  const owner: { readonly uid?: number; readonly gid?: number } =
    process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const give = (target: string): void => {
    if (owner.uid !== undefined && owner.gid !== undefined) chownSync(target, owner.uid, owner.gid);
  };
  chmodSync(folder, 0o711);
  mkdirSync(path.join(folder, 'tmp'));
  for (const each of [folder, path.join(folder, 'tmp')]) give(each);
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`, HOME: folder, LC_ALL: 'C' };
  const data = path.join(folder, 'data');
  const socket = path.join(folder, 'm.sock');
  execFileSync(
    'mariadb-install-db',
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ],
    { env, stdio: 'ignore', ...owner },
  );
  const child = spawn(
    'mariadbd',
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--pid-file=${folder}/m.pid`,
      `--tmpdir=${folder}/tmp`,
      '--skip-networking',
      '--skip-log-bin',
      '--innodb-buffer-pool-size=32M',
      '--performance-schema=OFF',
      '--plugin-load-add=',
    ],
    { env, stdio: 'ignore', ...owner },
  );
  const tool = (name: string, args: readonly string[]): Buffer =>
    execFileSync(name, ['--no-defaults', `--socket=${socket}`, '--user=root', ...args], {
      env,
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  for (let attempt = 0; ; attempt++) {
    try {
      tool('mariadb-admin', ['ping']);
      break;
    } catch (error) {
      if (attempt > 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return {
    folder,
    socket,
    data,
    tool,
    sql: (text, database) =>
      tool('mariadb', ['-N', ...(database === undefined ? [] : [database]), '-e', text]).toString('utf8'),
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
