/**
 * Runs everything that has to hold: `npm test`, or some of it: `npm test -- unit cli`; `npm test -- --list` names the
 * suites. Sets itself up first. The last line is `N passed, N failed`; any failure makes the status 1, and so does a
 * suite that could not run where CI is set.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode, setUpBuild, setUpPackages, setUpTools } from './setup.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const out = join(root, 'out');
const node = process.execPath;
const bin = (name) => join(root, 'node_modules', name);

/** Folders of test/ that are no unit tests; every other one is, so that a new one can't be forgotten. */
const NOT_UNIT = new Set([
  'support',
  'fixtures',
  'bench',
  'extension',
  'lsp',
  'cli',
  'platform',
  'live',
  'dryrun',
  'docs',
  'package',
]);
const unitFolders = () =>
  readdirSync(join(root, 'test'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NOT_UNIT.has(entry.name))
    .map((entry) => `test/${entry.name}`);

/** One row a suite. `mocha`: folders or files; `command`: counts as one test; `counted`: says `N passed, N failed` itself. */
const SUITES = [
  { name: 'typecheck', command: [bin('typescript/bin/tsc'), '-b'] },
  { name: 'lint', command: [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'] },
  { name: 'format', command: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { name: 'architecture', mocha: () => ['test/architecture.test.ts'] },
  { name: 'unit', mocha: unitFolders },
  { name: 'docs', mocha: () => ['test/docs'] },
  { name: 'protocol', mocha: () => ['test/lsp'] },
  { name: 'cli', mocha: () => ['test/cli', 'test/platform', 'test/package'] },
  { name: 'integration', mocha: () => ['test/live', 'test/dryrun'] },
  { name: 'extension', counted: [join(root, 'test/extension/run.mjs')] },
];
const SLOW_LIMIT_MS = 40 * 60_000;

const asked = process.argv.slice(2).filter((each) => !each.startsWith('-'));
if (process.argv.includes('--list')) {
  console.log(SUITES.map((suite) => suite.name).join('\n'));
  process.exit(0);
}
const unknown = asked.filter((name) => !SUITES.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}; there are ${SUITES.map((suite) => suite.name).join(', ')}.`);
  process.exit(2);
}
const inCi = (process.env['CI'] ?? '') !== '' && process.env['CI'] !== 'false';
const chosen = SUITES.filter((suite) => asked.length === 0 || asked.includes(suite.name));

checkNode();
setUpPackages();
setUpBuild();
const needTools = chosen.some((suite) => ['protocol', 'cli', 'integration', 'extension'].includes(suite.name));
const lacking = needTools ? await setUpTools() : [];
for (const { name, why } of lacking) console.error(`Not there: ${name}: ${why}.`);
mkdirSync(out, { recursive: true });

const results = [];
for (const suite of chosen) {
  console.log(`\n── ${suite.name} ${'─'.repeat(Math.max(2, 60 - suite.name.length))}`);
  const startedAt = Date.now();
  const result = await runSuite(suite);
  results.push({ name: suite.name, ms: Date.now() - startedAt, ...result });
}

console.log('\n── together ──────────────────────────────────────────────');
for (const { name, ms, passed, failed, notRun } of results) {
  const counts = notRun === undefined ? `${passed} passed, ${failed} failed` : `not run: ${notRun}`;
  console.log(`${name.padEnd(14)}${`${(ms / 1000).toFixed(1)} s`.padStart(9)}   ${counts}`);
}
const passed = results.reduce((sum, each) => sum + each.passed, 0);
const notRun = results.filter((each) => each.notRun !== undefined).length;
const failed = results.reduce((sum, each) => sum + each.failed, 0) + (inCi ? notRun : 0);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

async function runSuite(suite) {
  if (suite.command !== undefined) {
    const { status } = await run(suite.command);
    return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  }
  if (suite.counted !== undefined) return await runCounted(suite.counted);
  return await runMocha(suite);
}

/** Mocha with our reporter, which writes its counts only at its end: a run that broke off has none. */
async function runMocha(suite) {
  const specs = suite
    .mocha()
    .filter((spec) => existsSync(join(root, spec)) && (spec.endsWith('.ts') || hasTests(join(root, spec))));
  if (specs.length === 0) return { passed: 0, failed: 0, notRun: 'there is no test of it' };
  const counts = join(out, `counts-${suite.name}.json`);
  rmSync(counts, { force: true });
  const patterns = specs.map((spec) => (spec.endsWith('.ts') ? spec : `${spec}/**/*.test.ts`));
  const { status } = await run([
    bin('mocha/bin/mocha.js'),
    '--no-config',
    '--import=tsx',
    '--extension=ts',
    '--timeout=20000',
    '--exit',
    '--reporter',
    join(root, 'scripts/test/reporter.cjs'),
    '--reporter-option',
    `counts=${counts}`,
    ...patterns,
  ]);
  if (!existsSync(counts)) {
    console.log(`The suite ended with ${status} before its end.`);
    return { passed: 0, failed: 1 };
  }
  const { passes, failures, pending } = JSON.parse(readFileSync(counts, 'utf8'));
  if (pending > 0) console.log(`${pending} tests were skipped: they count as failed.`);
  return { passed: passes, failed: Math.max(failures + pending, status === 0 ? 0 : 1) };
}

function hasTests(folder) {
  return readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.test.ts'));
}

async function runCounted([script, ...args]) {
  if (!existsSync(script)) return { passed: 0, failed: 0, notRun: `${script} is missing` };
  const { status, output } = await run([script, ...args]);
  const said = [...output.matchAll(/^(\d+) passed, (\d+) failed\s*$/gm)].at(-1);
  if (said === undefined) return { passed: 0, failed: 1 };
  return { passed: Number(said[1]), failed: Math.max(Number(said[2]), status === 0 ? 0 : 1) };
}

function run(args) {
  return new Promise((done) => {
    const child = spawn(node, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        FORCE_COLOR: process.stdout.isTTY ? '1' : (process.env['FORCE_COLOR'] ?? ''),
        NODE_NO_WARNINGS: '1',
      },
    });
    let output = '';
    const limit = setTimeout(() => child.kill('SIGKILL'), SLOW_LIMIT_MS);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-200_000);
      process.stdout.write(text);
    });
    child.stderr.pipe(process.stderr, { end: false });
    child.once('close', (status, signal) => {
      clearTimeout(limit);
      done({ status: status ?? signal, output });
    });
  });
}
