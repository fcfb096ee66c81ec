/**
 * Measures what the product promises: `npm run bench`, or some of it: `npm run bench -- language drift`; sizes follow an
 * equals sign: `npm run bench -- dryrun=50,2000`; `--list` names the benchmarks. Sets itself up first; prints a table and
 * writes the rows to out/bench.json. Run it on a machine that does nothing else. A missed target is said, and is no failure.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode, setUpBuild, setUpPackages, setUpTools } from './setup.mjs';
import { setUpBenchTools } from './setup/bench-tools.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');

/** One row a benchmark: its script, whether it needs the servers of the tests, and whether plain Node runs it. */
const BENCHES = [
  { name: 'start', script: 'start/run.mjs' },
  { name: 'document', script: 'document/run.mjs' },
  { name: 'language', script: 'language/run.mjs' },
  { name: 'workspace', script: 'language/workspace.mjs' },
  { name: 'rules', script: 'rules/run.mjs' },
  { name: 'evidence', script: 'evidence/run.mjs' },
  { name: 'drift', script: 'drift/run.mjs', tools: true },
  { name: 'dryrun', script: 'dryrun/run.mjs', tools: true },
  { name: 'fetch', script: 'dryrun/fetch.mjs', plain: true },
  { name: 'editor', script: 'editor/run.mjs', tools: true },
];

if (process.argv.includes('--list')) {
  console.log(BENCHES.map((bench) => bench.name).join('\n'));
  process.exit(0);
}
const asked = new Map(
  process.argv
    .slice(2)
    .filter((each) => !each.startsWith('-'))
    .map((each) => {
      const [name, sizes = ''] = each.split('=');
      return [name, sizes.split(',').filter((size) => size !== '')];
    }),
);
const unknown = [...asked.keys()].filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}; there are ${BENCHES.map((each) => each.name).join(', ')}.`,
  );
  process.exit(2);
}
const chosen = BENCHES.filter((bench) => asked.size === 0 || asked.has(bench.name));

checkNode();
setUpPackages();
setUpBuild();
const lacking = [...setUpBenchTools(), ...(chosen.some((bench) => bench.tools === true) ? await setUpTools() : [])];
for (const { name, why } of lacking) console.error(`Not there: ${name}: ${why}.`);

console.log(
  `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, load ${loadavg()[0].toFixed(1)} at the start`,
);
if (loadavg()[0] > cpus().length * 0.75)
  console.log('The machine is busy with other work: the figures are worth little.');

const rows = [];
let failed = 0;
for (const bench of chosen) {
  console.log(`\n── ${bench.name} ${'─'.repeat(Math.max(2, 60 - bench.name.length))}`);
  const startedAt = performance.now();
  const status = await run(bench, asked.get(bench.name) ?? []);
  if (status !== 0) {
    failed++;
    console.log(`${bench.name} broke off with ${status}.`);
  }
  console.log(`(${((performance.now() - startedAt) / 1000).toFixed(0)} s)`);
}
mkdirSync(join(root, 'out'), { recursive: true });
writeFileSync(join(root, 'out/bench.json'), `${JSON.stringify(rows, undefined, 2)}\n`);
const held = rows.filter((row) => row.met === true).length;
const missed = rows.filter((row) => row.met === false);
console.log(`\n${held} targets met, ${missed.length} missed${missed.length > 0 ? ':' : ''}`);
for (const row of missed) console.log(`  ${row.bench}: ${row.what}: ${ourText(row)}, wanted ${row.target}`);
process.exit(failed === 0 ? 0 : 1);

/** Runs one; its rows are printed as they come. */
function run(bench, sizes) {
  return new Promise((done) => {
    const script = join(root, 'test/bench', bench.script);
    const child = spawn(
      process.execPath,
      ['--expose-gc', ...(bench.plain === true ? [] : ['--import', 'tsx']), script, ...sizes],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, NODE_NO_WARNINGS: '1' },
      },
    );
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (!line.startsWith('{')) {
          console.log(line);
          continue;
        }
        const row = JSON.parse(line);
        rows.push(row);
        console.log(tableRow(row));
      }
    });
    child.once('close', (status, signal) => done(status ?? signal));
  });
}

function tableRow(row) {
  if (row.skipped !== undefined) return `${row.what.padEnd(52)} not measured: ${row.skipped}`;
  const beside = row.theirs === undefined ? '' : `${row.beside} ${amount(row.theirs)} ${row.unit}`;
  const ratio = row.ratio === undefined ? '' : `${amountOf(row.ratio)}×`;
  const met = row.met === undefined ? '' : row.met ? 'met' : 'MISSED';
  return [
    row.what.padEnd(52),
    ourText(row).padStart(26),
    beside.padEnd(40),
    ratio.padStart(8),
    row.target.padEnd(16),
    met,
    row.note === undefined ? '' : `(${row.note})`,
  ]
    .join('  ')
    .trimEnd();
}

function ourText(row) {
  return `${amount(row.ours)} ${row.unit}`;
}

/** Median, and in brackets the tenth and the ninetieth percentile. */
function amount({ median, low, high, runs }) {
  return runs > 1 ? `${amountOf(median)} (${amountOf(low)}–${amountOf(high)})` : amountOf(median);
}

function amountOf(value) {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
