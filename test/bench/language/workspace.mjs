/**
 * Measures a workspace of many runbooks: time until every finding is shown, memory, and edits meanwhile and afterwards.
 * `node test/bench/language/workspace.mjs [RUNBOOKS]`. One JSON object on stdout.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startServer } from './client.mjs';
import { runbookOf } from './documents.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../../..');
const program = process.env.DRILLBOOK_PROGRAM ?? join(root, 'dist/main.js');
const runbooks = Number(process.argv[2] ?? 10_000);
const folder = mkdtempSync(join(tmpdir(), 'drillbook-bench-'));
mkdirSync(join(folder, '.git'));
for (let index = 0; index < runbooks; index++) {
  writeFileSync(join(folder, `r${index}.runbook.yaml`), runbookOf(100, `r${index}`));
}
const server = startServer([process.execPath, program, 'lsp'], folder);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const percentile = (values, share) =>
  Math.round([...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] * 10) / 10;
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
  console.log(
    JSON.stringify({
      runbooks,
      seconds: Math.round((last - start) / 100) / 10,
      editMeanwhile: percentile(meanwhile, 0.5),
      editMeanwhileWorst: percentile(meanwhile, 1),
      edit: percentile(after, 0.5),
      editWorst: percentile(after, 1),
      memory: Math.round(server.memory()),
    }),
  );
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
