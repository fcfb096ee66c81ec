/**
 * Measures a whole dry run by the command line, process start and evidence included, beside what one would do by hand with
 * the same dump: make and start a cluster, then `pg_restore --jobs`, or a pipe into `pg_restore`. Sizes are megabytes of
 * database. `DRILLBOOK_BENCH_STAGES=1` says what each stage took.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { unprivileged } from '../../../scripts/services/postgres.mjs';
import { folderRunbook } from '../../support/dryRun.ts';
import { startTestPostgres } from '../../support/servers.ts';
import { drillbook, sizesOr } from '../support/processes.mjs';
import { report } from '../support/report.mjs';

const TABLES = ['orders', 'lines'];
const jobs = cpus().length;
const owner = unprivileged();

for (const megabytes of sizesOr(50, 200, 500)) await measure(megabytes);

async function measure(megabytes) {
  const folder = mkdtempSync('/tmp/drillbook-bench-');
  const scratch = mkdtempSync('/tmp/dbb-');
  try {
    for (const each of [folder, scratch]) chmodSync(each, 0o755);
    const made = await makeDump(folder, megabytes);
    const rounds = megabytes > 1000 ? 1 : megabytes > 300 ? 3 : 5;
    const whole = [];
    const bare = [];
    const pipe = [];
    let peakMB = 0;
    const env = { ...process.env, TMPDIR: scratch, XDG_CACHE_HOME: join(folder, '.git/cache') };
    for (let round = 0; round < rounds; round++) {
      bare.push(byHand(made, scratch, false));
      const run = await drillbook(
        ['dry-run', 'orders', '--yes', '--format', 'json'],
        { cwd: folder, env, memory: true },
        [0],
      );
      whole.push(run.ms);
      peakMB = Math.max(peakMB, run.peakMB);
      if (process.env.DRILLBOOK_BENCH_STAGES === '1') say(run.stdout);
      if (round < 2) pipe.push(byHand(made, scratch, true));
    }
    const bench = 'dryrun';
    const size = `${made.megabytes} MB database`;
    report({
      bench,
      what: `${size}: whole dry run`,
      unit: 'ms',
      ours: whole,
      beside: `cluster and pg_restore --jobs ${jobs}`,
      theirs: bare,
      ...(megabytes >= 500 ? { mostRatio: 1.05 } : megabytes >= 200 ? { mostRatio: 1.15 } : {}),
      note: `a dump of ${Math.round(statSync(made.dump).size / 2 ** 20)} MB`,
    });
    report({
      bench,
      what: `${size}: whole dry run`,
      unit: 'ms',
      ours: whole,
      beside: 'cluster and a pipe into pg_restore',
      theirs: pipe,
    });
    report({ bench, what: `${size}: memory of our process`, unit: 'MB', ours: peakMB, most: 200 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(scratch, { recursive: true, force: true });
  }
}

function say(record) {
  const { stages } = JSON.parse(record);
  console.error(stages.map((stage) => `${stage.stage} ${stage.durationMs ?? 0}`).join(', '));
}

/** A database of about so many megabytes and its dump, in the workspace `folder`. */
async function makeDump(folder, megabytes) {
  const server = await startTestPostgres();
  const run = (name, args, database = 'orders') =>
    execFileSync(join(server.bin, name), args, {
      env: server.environment(database),
      maxBuffer: 1 << 20,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  try {
    run('createdb', ['orders'], 'postgres');
    const rows = Math.round((megabytes * 1024 * 1024) / TABLES.length / 190);
    for (const table of TABLES)
      run('psql', [
        '-qc',
        `create table ${table} as select i id, md5(i::text) || md5((i + 1)::text) || md5((i + 2)::text) note, now() - i * interval '1 second' created_at, i % 1000 customer from generate_series(1, ${rows}) i; alter table ${table} add primary key (id); create index on ${table} (customer)`,
      ]);
    const bytes = Number(run('psql', ['-Atc', "select pg_database_size('orders')"]));
    mkdirSync(join(folder, '.git'));
    mkdirSync(join(folder, 'backups'));
    const dump = join(folder, 'backups/orders.dump');
    run('pg_dump', ['-Fc', '-Z', '1', '-f', dump]);
    writeFileSync(
      join(folder, 'a.runbook.yaml'),
      folderRunbook({ sandbox: `{ engine: postgres, version: "${server.major ?? 15}" }` }),
    );
    return { dump, bin: server.bin, user: server.user, megabytes: Math.round(bytes / 2 ** 20) };
  } finally {
    await server.stop();
  }
}

/** What a person would do by hand; settings are the server's own, but that nothing is synced to disk. */
function byHand({ dump, bin, user }, scratch, asPipe) {
  const folder = mkdtempSync(join(scratch, 'hand-'));
  if (owner.uid !== undefined) execFileSync('chown', [`${owner.uid}:${owner.gid}`, folder]);
  const at = (name, args) => {
    const result = spawnSync(name.startsWith('/') ? name : join(bin, name), args, {
      env: { PATH: `${bin}:${process.env.PATH ?? ''}`, LC_ALL: 'C', HOME: folder },
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      ...owner,
    });
    if (result.status !== 0) throw new Error(`${name} failed: ${result.stderr}`);
  };
  const started = performance.now();
  at('initdb', ['-D', `${folder}/d`, '-U', 'postgres', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8']);
  const settings = `-k ${folder} -c listen_addresses= -c fsync=off`;
  // Its output would hold our pipe open as long as the server lives.
  at('/bin/sh', ['-c', `pg_ctl -D ${folder}/d -w -l ${folder}/log -o '${settings}' start >/dev/null 2>&1`]);
  const login = ['-h', folder, '-U', 'postgres'];
  at('createuser', [...login, '-L', user]);
  at('createdb', [...login, 'orders']);
  if (asPipe) at('/bin/sh', ['-c', `cat "$0" | pg_restore --exit-on-error -h ${folder} -U postgres -d orders`, dump]);
  else at('pg_restore', ['--exit-on-error', '--jobs', String(jobs), ...login, '-d', 'orders', dump]);
  const took = performance.now() - started;
  at('pg_ctl', ['-D', `${folder}/d`, '-m', 'immediate', 'stop']);
  rmSync(folder, { recursive: true });
  return took;
}
