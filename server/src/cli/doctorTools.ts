/** The programs that dry runs and readers can use, how each tells its version, and what it is for. */

export interface ToolRow {
  readonly name: string;
  readonly purpose: string;
  readonly versionArguments: readonly string[];
  /** Folders beside PATH where packages put it. */
  readonly folders?: readonly string[];
  /** Name of the Debian package, for the hint. */
  readonly debian: string;
}

const VERSION = ['--version'];

export const TOOLS: readonly ToolRow[] = [
  { name: 'git', purpose: 'commits in evidence, --since', versionArguments: VERSION, debian: 'git' },
  { name: 'pg_dump', purpose: 'PostgreSQL backups', versionArguments: VERSION, debian: 'postgresql-client' },
  { name: 'pg_restore', purpose: 'PostgreSQL restores', versionArguments: VERSION, debian: 'postgresql-client' },
  { name: 'psql', purpose: 'runbooks’ own steps', versionArguments: VERSION, debian: 'postgresql-client' },
  { name: 'pgbackrest', purpose: 'physical PostgreSQL restores', versionArguments: ['version'], debian: 'pgbackrest' },
  {
    name: 'mariadbd',
    purpose: 'MariaDB sandbox',
    versionArguments: VERSION,
    folders: ['/usr/sbin', '/usr/libexec'],
    debian: 'mariadb-server',
  },
  { name: 'mariadb-dump', purpose: 'MariaDB backups', versionArguments: VERSION, debian: 'mariadb-client' },
  { name: 'mariadb-backup', purpose: 'physical MariaDB restores', versionArguments: VERSION, debian: 'mariadb-backup' },
  {
    name: 'mysqld',
    purpose: 'MySQL sandbox',
    versionArguments: VERSION,
    folders: ['/usr/sbin', '/usr/libexec'],
    debian: 'mysql-server',
  },
  { name: 'redis-server', purpose: 'Redis sandbox', versionArguments: VERSION, debian: 'redis-server' },
  { name: 'restic', purpose: 'restic repositories', versionArguments: ['version'], debian: 'restic' },
  { name: 'sqlite3', purpose: 'SQLite checks', versionArguments: VERSION, debian: 'sqlite3' },
  { name: 'zstd', purpose: 'zstd-compressed backups', versionArguments: VERSION, debian: 'zstd' },
  { name: 'lz4', purpose: 'lz4-compressed backups', versionArguments: VERSION, debian: 'lz4' },
  { name: 'age', purpose: 'age-encrypted backups', versionArguments: VERSION, debian: 'age' },
  { name: 'gpg', purpose: 'gpg-encrypted backups', versionArguments: VERSION, debian: 'gnupg' },
  { name: 'openssl', purpose: 'openssl-encrypted backups', versionArguments: ['version'], debian: 'openssl' },
  { name: 'docker', purpose: 'container sandbox', versionArguments: VERSION, debian: 'docker.io' },
  { name: 'podman', purpose: 'container sandbox', versionArguments: VERSION, debian: 'podman' },
  {
    name: 'kubectl',
    purpose: 'Kubernetes sandbox',
    versionArguments: ['version', '--client'],
    debian: 'kubernetes-client',
  },
];

/** Where packages put whole PostgreSQL installations, one folder a major. */
export const POSTGRES_HOMES: readonly { readonly folder: string; readonly bin: string }[] = [
  { folder: '/usr/lib/postgresql', bin: 'bin' },
  { folder: '/opt/homebrew/opt', bin: 'bin' },
  { folder: '/usr/local/opt', bin: 'bin' },
  { folder: '/Library/PostgreSQL', bin: 'bin' },
  { folder: 'C:/Program Files/PostgreSQL', bin: 'bin' },
];
