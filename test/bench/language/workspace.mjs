/**
 * Measures a workspace of N runbooks of 100 lines: `check` cold, again, and after one change, beside the YAML library that only parses them on
 * every core; then the language server: until every finding is shown, edits meanwhile and afterwards, memory.
 */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { drillbook, program, root, sizesOr, timed } from '../support/processes.mjs';
import { report } from '../support/report.mjs';
import { startServer } from './client.mjs';
import { runbookOf } from './documents.mjs';

const [runbooks] = sizesOr(10_000);
const folder = mkdtempSync(join(tmpdir(), 'drillbook-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, '.git'));
for (let index = 0; index < runbooks; index++) {
  writeFileSync(join(folder, `r${index}.runbook.yaml`), runbookOf(100, `r${index}`));
}
const bench = 'workspace';
const many = `${runbooks.toLocaleString('en')} runbooks`;

/** Reads and parses every file with the library, a share on each core; only that. */
async function libraryAlone() {
  const cores = cpus().length;
  const script = join(folder, '.git/library.mjs');
  writeFileSync(
    script,
    `import { readFileSync } from 'node:fs';
import { parseDocument } from ${JSON.stringify(pathToFileURL(join(root, 'node_modules/yaml/dist/index.js')).href)};
const [folder, first, step, count] = process.argv.slice(2);
for (let index = Number(first); index < Number(count); index += Number(step))
  parseDocument(readFileSync(folder + '/r' + index + '.runbook.yaml', 'utf8'));
`,
  );
  const start = performance.now();
  await Promise.all(
    Array.from({ length: cores }, (_each, core) =>
      timed(process.execPath, [script, folder, String(core), String(cores), String(runbooks)]),
    ),
  );
  return performance.now() - start;
}

const library = [];
const cold = [];
const warm = [];
const changed = [];
let peakMB = 0;
for (let round = 0; round < 2; round++) {
  library.push(await libraryAlone());
  const caches = mkdtempSync(join(tmpdir(), 'drillbook-bench-cache-'));
  const options = { cwd: folder, memory: true, env: { ...process.env, XDG_CACHE_HOME: caches } };
  const first = await drillbook(['check', '--quiet'], options);
  cold.push(first.ms);
  peakMB = Math.max(peakMB, first.peakMB);
  warm.push((await drillbook(['check', '--quiet'], options)).ms);
  appendFileSync(join(folder, 'r1.runbook.yaml'), '# a word\n');
  changed.push((await drillbook(['check', '--quiet'], options)).ms);
  rmSync(caches, { recursive: true, force: true });
}
const beside = 'yaml library, every core, parse alone';
report({ bench, what: `${many} checked cold`, unit: 'ms', ours: cold, beside, theirs: library, mostRatio: 1.2 });
report({
  bench,
  what: `${many} checked again, unchanged`,
  unit: 'ms',
  ours: warm,
  beside,
  theirs: library,
  mostRatio: 0.12,
});
report({ bench, what: `${many} checked again, one changed`, unit: 'ms', ours: changed, beside, theirs: library });
report({ bench, what: `${many}: memory of check`, unit: 'MB', ours: peakMB });

const server = startServer([process.execPath, program, 'lsp'], folder);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
let shown = new Set();
let last = 0;
void server.next((message) => {
  if (message.method !== 'textDocument/publishDiagnostics') return false;
  shown.add(message.params.uri);
  last = performance.now();
  return false;
});
const uri = pathToFileURL(join(folder, 'r0.runbook.yaml')).toString();
const text = runbookOf(100, 'r0');
const line = text.split('\n').findIndex((each) => each.includes('timeout: 30s'));
let version = 1;

async function edits(count) {
  const times = [];
  for (let index = 0; index < count; index++) {
    const add = index % 2 === 0;
    const range = { start: { line, character: 15 }, end: { line, character: add ? 15 : 16 } };
    const wanted = ++version;
    const start = performance.now();
    const answered = server.next(
      (message) => message.method === 'textDocument/publishDiagnostics' && message.params.version === wanted,
    );
    server.notify('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ range, text: add ? '1' : '' }],
    });
    await answered;
    times.push(performance.now() - start);
    await wait(20);
  }
  return times;
}

try {
  await server.request('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).toString(),
    capabilities: { textDocument: { publishDiagnostics: { versionSupport: true } } },
  });
  const start = performance.now();
  server.notify('initialized', {});
  server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'drillbook', version, text } });
  const meanwhile = await edits(20);
  while (shown.size < runbooks || performance.now() - last < 1000) await wait(100);
  const after = await edits(40);
  report({ bench, what: `${many}: server, until every finding is shown`, unit: 'ms', ours: last - start });
  report({ bench, what: `${many}: edit to diagnostics meanwhile`, unit: 'ms', ours: meanwhile });
  report({ bench, what: `${many}: edit to diagnostics afterwards`, unit: 'ms', ours: after, most: 3 });
  report({ bench, what: `${many}: memory of the server`, unit: 'MB', ours: server.memory() });
} finally {
  await server.stop();
}
