/**
 * Measures what the product promises: `npm run bench`, or some of it: `npm run bench -- language drift`; sizes follow an
 * equals sign: `npm run bench -- dryrun=50,2000`; `--list` names the benchmarks; `--markdown docs/performance.md` puts the
 * tables of what was measured in their places there. Sets itself up first; prints a table and writes the rows to
 * out/bench.json. Run it on a machine that does nothing else. A missed target is said, and is no failure.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { markdownTable, oursOf, terminalLine, withTables } from './bench/figures.mjs';
import { checkNode, setUpBuild, setUpPackages, setUpTools } from './setup.mjs';
import { setUpBenchTools } from './setup/bench-tools.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');

/** One row a benchmark: its script, whether it needs the servers of the tests, and whether plain Node runs it. */
const BENCHES = [
  { name: 'start', script: 'start/run.mjs' },
  { name: 'document', script: 'document/run.mjs' },
  { name: 'language', script: 'language/run.mjs' },
  { name: 'edits', script: 'language/edits.mjs' },
  { name: 'workspace', script: 'language/workspace.mjs' },
  { name: 'rules', script: 'rules/run.mjs' },
  { name: 'evidence', script: 'evidence/run.mjs' },
  { name: 'drift', script: 'drift/run.mjs', tools: true },
  { name: 'dryrun', script: 'dryrun/run.mjs', tools: true },
  { name: 'fetch', script: 'dryrun/fetch.mjs', plain: true },
  { name: 'editor', script: 'editor/run.mjs', tools: true },
];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean' }, markdown: { type: 'string' } },
});
if (options.list === true) {
  console.log(BENCHES.map((bench) => bench.name).join('\n'));
  process.exit(0);
}
const asked = new Map(
  positionals.map((each) => {
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

const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, load ${loadavg()[0].toFixed(1)} at the start`;
console.log(machine);
if (loadavg()[0] > cpus().length * 0.75)
  console.log('The machine is busy with other work: the figures are worth little.');

const rows = [];
const tables = new Map([['machine', [`${machine}.`]]]);
let failed = 0;
for (const bench of chosen) {
  console.log(`\n── ${bench.name} ${'─'.repeat(Math.max(2, 60 - bench.name.length))}`);
  const startedAt = performance.now();
  const before = rows.length;
  const status = await run(bench, asked.get(bench.name) ?? []);
  if (status !== 0) {
    failed++;
    console.log(`${bench.name} broke off with ${status}.`);
  }
  if (rows.length > before) tables.set(bench.name, markdownTable(rows.slice(before)));
  console.log(`(${((performance.now() - startedAt) / 1000).toFixed(0)} s)`);
}
mkdirSync(join(root, 'out'), { recursive: true });
writeFileSync(join(root, 'out/bench.json'), `${JSON.stringify(rows, undefined, 2)}\n`);
if (options.markdown !== undefined) {
  const page = existsSync(options.markdown) ? readFileSync(options.markdown, 'utf8') : '';
  writeFileSync(options.markdown, withTables(page, tables));
  console.log(`\nThe tables of ${[...tables.keys()].join(', ')} are in ${options.markdown}.`);
}
const held = rows.filter((row) => row.met === true).length;
const missed = rows.filter((row) => row.met === false);
console.log(`\n${held} targets met, ${missed.length} missed${missed.length > 0 ? ':' : ''}`);
for (const row of missed) console.log(`  ${row.bench}: ${row.what}: ${oursOf(row)}, wanted ${row.target}`);
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
        console.log(terminalLine(row));
      }
    });
    child.once('close', (status, signal) => done(status ?? signal));
  });
}
