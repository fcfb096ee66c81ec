/** A real Postgres that plays production, a real dump of it, and a workspace with the runbook that is about them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './workbench.mjs';

export const PASSWORD = 'correct-horse-battery';

/** Folder of the newest Postgres on this machine with server and client tools. */
function findPostgres() {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(base, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')];
  const found = folders.find((folder) =>
    ['initdb', 'pg_ctl', 'pg_dump', 'psql'].every((tool) => existsSync(join(folder, tool))),
  );
  if (found === undefined) {
    throw new Error(
      'No Postgres with initdb, pg_ctl, pg_dump and psql was found: install postgresql (Debian: apt install postgresql).',
    );
  }
  return found;
}

/** Postgres refuses to run as root: the ids of an unprivileged user where we are root. */
function unprivileged() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = Number(spawnSync('id', ['-u', name], { encoding: 'utf8' }).stdout);
    const gid = Number(spawnSync('id', ['-g', name], { encoding: 'utf8' }).stdout);
    if (uid > 0) return { uid, gid };
  }
  throw new Error('Neither the user postgres nor nobody exists; Postgres cannot be started as root.');
}

/** Starts production, fills it and dumps it into `backups/` of a new workspace. */
export async function startProduction() {
  const bin = findPostgres();
  const user = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), 'dbprod-'));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  const port = await freePort();
  const run = (tool, args, input) => {
    const result = spawnSync(join(bin, tool), args, {
      ...user,
      cwd: folder,
      input,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], PGPASSWORD: PASSWORD, LC_ALL: 'C.UTF-8' },
    });
    if (result.status !== 0) throw new Error(`${tool} ended with ${result.status}: ${result.stdout}${result.stderr}`);
    return result.stdout;
  };
  writeFileSync(join(folder, 'pw'), PASSWORD, { mode: 0o644 });
  run('initdb', ['--no-sync', '-D', data, '-U', 'drillbook', '--auth=scram-sha-256', `--pwfile=${join(folder, 'pw')}`]);
  run('pg_ctl', [
    '-D',
    data,
    '-w',
    '-l',
    join(folder, 'log'),
    '-o',
    `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='${folder}' -c fsync=off`,
    'start',
  ]);
  const connection = ['-h', '127.0.0.1', '-p', String(port), '-U', 'drillbook'];
  const sql = (database, text) =>
    run('psql', [...connection, '-v', 'ON_ERROR_STOP=1', '-qAt', '-d', database, '-f', '-'], text);
  sql('postgres', 'create database orders');
  sql(
    'orders',
    `create table customers(id int primary key, name text not null);
     create table orders(id int primary key, customer int not null references customers(id), created_at timestamptz not null);
     insert into customers select n, 'customer ' || n from generate_series(1, 500) n;
     insert into orders select n, 1 + n % 500, now() - make_interval(secs => n) from generate_series(1, 5000) n;`,
  );
  const major = Number(sql('orders', 'show server_version_num').trim().slice(0, 2));
  return {
    port,
    major,
    folder,
    sql,
    /** Writes a custom-format dump of `orders` as that moment. */
    dump(file) {
      const staged = join(folder, 'orders.dump');
      run('pg_dump', [...connection, '-Fc', '-d', 'orders', '-f', staged]);
      spawnSync('cp', [staged, file]);
    },
    stop() {
      spawnSync(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop'], { ...user, cwd: '/' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `20261122T100000Z` of now. */
function stamp() {
  return new Date().toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
}

/** The runbook of the tests: production is a newer major than it says, so it drifted. */
export function runbookText(
  production,
  {
    name = 'orders-db',
    title = 'Restore the orders database',
    check = '>=1000',
    seconds = 0,
    scenarios = [],
    dependsOn = [],
  } = {},
) {
  return `apiVersion: drillbook/v1
kind: Runbook
metadata:
  name: ${name}
  title: ${title}
  owners:
    - { name: Payments on-call, contact: "#payments-oncall" }
    - { name: Data platform, contact: data-platform@example.com }
environment: production
dataClass: customer-critical
recovery: scripted

resources:
  primary:
    kind: database/postgres
    id: orders
    expect:
      version: "${production.major - 1}"
      databases: [orders]

backups:
  nightly:
    of: primary
    database: orders
    tool: pg_dump
    in: { folder: ../backups, match: "orders-*.dump", time: "orders-%Y%m%dT%H%M%SZ.dump" }
    schedule: "0 * * * *"
    takes: 10m
    retention: 35d

restore:
  rpo: 2h
  rto: 1h
  budget: { effort: 15m, cost: 500 USD }
${dependsOn.length > 0 ? `  dependsOn: [${dependsOn.join(', ')}]\n` : ''}  steps:
    - id: load
      run: pg_restore --exit-on-error --dbname "$TARGET" orders.dump
      timeout: 30m

dryRuns:
  orders:
    backup: nightly
    sandbox: { engine: postgres, version: "${production.major}" }
${scenarios.length > 0 ? `    scenarios: [${scenarios.join(', ')}]\n` : ''}    checks:
      - { name: orders came back, query: select count(*) from orders, expect: "${check}" }
      - { name: customers came back, query: select count(*) from customers, expect: ">=500" }
${seconds > 0 ? `      - { name: takes its time, query: select count(*) from pg_sleep(${seconds}), expect: 1 }\n` : ''}`;
}

/** A workspace on disk: runbook, environment, policy, a real backup, and other people's YAML. */
export function writeWorkspace(production, { runbooks = [{}], databases = [] } = {}) {
  const parent = mkdtempSync(join(tmpdir(), 'dbws-'));
  chmodSync(parent, 0o755);
  // Pictures show this name.
  const folder = join(parent, 'shop');
  mkdirSync(folder, { mode: 0o755 });
  const write = (path, text) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const options of runbooks) {
    write(
      `runbooks/${(options.name ?? 'orders-db').replace(/-db$/, '')}.runbook.yaml`,
      runbookText(production, options),
    );
  }
  write(
    'production.environment.yaml',
    `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
databases:
${['orders', ...databases].map((name) => `  ${name}: { engine: postgres, host: 127.0.0.1, port: ${production.port}, user: drillbook, password: { env: ORDERS_PW } }\n`).join('')}`,
  );
  write(
    'acme.policy.yaml',
    `apiVersion: drillbook/v1
kind: Policy
metadata: { name: acme }
classes:
  customer-critical:
    recovery: scripted
    rpo: 2h
    rto: 1h
    budget: { effort: 15m, cost: 500 USD }
    verify:
      restoreTest: { every: 30d, level: 3, proves: backup }
`,
  );
  write(
    'infra/ours.yaml',
    'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: staging }\nvars: { vault: acme }\n',
  );
  write('infra/deployment.yaml', 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n');
  write('infra/pods.policy.yaml', 'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata:\n  name: pods\n');
  mkdirSync(join(folder, 'backups'));
  production.dump(join(folder, 'backups', `orders-${stamp()}.dump`));
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
}
