/** Whole dry run against a bare cluster start and `pg_restore --jobs` of the same dump, and memory: `dryRun.bench.ts [MB]`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { folderRunbook, makeBench } from '../support/dryRun.ts';
import { startTestPostgres } from '../support/servers.ts';

const megabytes = Number(process.argv[2] ?? 200);
const server = await startTestPostgres();
const owner = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const run = (name: string, args: readonly string[], database = 'orders'): Buffer =>
  execFileSync(path.join(server.bin, name), args, {
    env: server.environment(database),
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
run('createdb', ['orders'], 'postgres');
const rows = Math.round((megabytes * 1024 * 1024) / 2 / 170);
for (const table of ['orders', 'lines'])
  run('psql', [
    '-qc',
    `create table ${table} as select i id, md5(i::text) || md5((i + 1)::text) || md5((i + 2)::text) note, now() - i * interval '1 second' created_at, i % 1000 customer from generate_series(1, ${rows}) i; alter table ${table} add primary key (id); create index on ${table} (customer)`,
  ]);
const size = Number(
  run('psql', [
    '-Atc',
    "select sum(pg_total_relation_size(oid)) from pg_class where relname in ('orders', 'lines')",
  ]).toString(),
);
const bench = await makeBench();
chmodSync(bench.root, 0o755);
const dump = await bench.write('backups/orders.dump', run('pg_dump', ['-Fc', '-Z', '1']));
await bench.write('a.runbook.yaml', folderRunbook());
await server.stop();

/** What a person would do by hand: make a cluster, start it, restore, stop it. Settings are the server's own. */
function bare(): number {
  const folder = mkdtempSync('/tmp/dbb-');
  if ('uid' in owner) execFileSync('chown', ['65534:65534', folder]);
  const started = performance.now();
  const at = (name: string, args: readonly string[]): void => {
    const result = spawnSync(path.join(server.bin, name), args, {
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', HOME: folder },
      cwd: folder,
      stdio: 'ignore',
      ...owner,
    });
    if (result.status !== 0) throw new Error(`${name} failed`);
  };
  at('initdb', ['-D', `${folder}/d`, '-U', 'postgres', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8']);
  at('pg_ctl', [
    '-D',
    `${folder}/d`,
    '-w',
    '-l',
    `${folder}/log`,
    '-o',
    `-k ${folder} -c listen_addresses= -c fsync=off`,
    'start',
  ]);
  at('createuser', ['-h', folder, '-U', 'postgres', '-L', server.user]);
  at('createdb', ['-h', folder, '-U', 'postgres', 'orders']);
  at('pg_restore', ['--exit-on-error', '--jobs', '2', '-h', folder, '-U', 'postgres', '-d', 'orders', dump]);
  const took = performance.now() - started;
  at('pg_ctl', ['-D', `${folder}/d`, '-m', 'immediate', 'stop']);
  rmSync(folder, { recursive: true });
  return took;
}

const whole: number[] = [];
const bares: number[] = [];
let peak = 0;
for (let round = 0; round < 3; round++) {
  bares.push(bare());
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
  const started = performance.now();
  const { record } = await bench.run();
  whole.push(performance.now() - started);
  clearInterval(timer);
  if (record.result !== 'passed') throw new Error(record.summary);
  if (process.argv[3] === 'stages')
    writeFileSync(
      process.stderr.fd,
      `${record.stages.map((stage) => `${stage.stage} ${stage.durationMs ?? 0}`).join(', ')}\n`,
    );
}
await bench.remove();
const least = (times: readonly number[]): number => Math.min(...times);
const result = {
  databaseMB: Math.round(size / 1024 / 1024),
  bareMs: Math.round(least(bares)),
  dryRunMs: Math.round(least(whole)),
  ratio: Number((least(whole) / least(bares)).toFixed(3)),
  peakMB: Math.round(peak / 1024 / 1024),
};
writeFileSync(process.stdout.fd, `${JSON.stringify(result)}\n`);
