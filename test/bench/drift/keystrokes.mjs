/** Types into a runbook in the language server, with and without refreshes of drift going on all the while. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startServer } from '../language/client.mjs';
import { program } from '../support/processes.mjs';

const EDITS = 60;

/** Milliseconds that a process's first thread, the one that answers the editor, has run; undefined where that isn't told. */
function ranMs(pid) {
  const path = `/proc/${pid}/task/${pid}/schedstat`;
  return existsSync(path) ? Number(readFileSync(path, 'utf8').split(' ')[0]) / 1e6 : undefined;
}

/**
 * Milliseconds an edit, and what the editor's thread of the server ran for one: with no refresh the whole of it, during
 * refreshes also what they cost that thread.
 * @returns {Promise<{ without: { times: number[], ran?: number }, during: { times: number[], ran?: number }, refreshes: number }>}
 */
export async function typingDuring(texts, file) {
  const folder = mkdtempSync(join(tmpdir(), 'drillbook-bench-'));
  process.env.XDG_CACHE_HOME = join(folder, '.git/cache');
  mkdirSync(process.env.XDG_CACHE_HOME, { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  const server = startServer([process.execPath, program, 'lsp'], folder);
  try {
    const root = pathToFileURL(folder).toString();
    await server.request('initialize', {
      processId: process.pid,
      rootUri: root,
      workspaceFolders: [{ uri: root, name: 'bench' }],
      initializationOptions: { trusted: true, liveOnOpen: false, refreshMinutes: 0 },
      capabilities: { textDocument: { publishDiagnostics: { versionSupport: true } } },
    });
    server.notify('initialized', {});
    const uri = pathToFileURL(join(folder, file)).toString();
    const text = texts[file];
    const document = { uri, version: 1 };
    const line = text.split('\n').findIndex((each) => each.startsWith('metadata:'));
    const character = text.split('\n')[line].indexOf('bench') + 5;
    const shown = (version) =>
      server.next(
        (message) =>
          message.method === 'textDocument/publishDiagnostics' &&
          message.params.uri === uri &&
          message.params.version === version,
      );
    const opened = shown(1);
    server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'drillbook', version: 1, text } });
    await opened;
    const type = async (isDone) => {
      const times = [];
      const began = ranMs(server.pid);
      for (let index = 0; index < EDITS || index % 2 === 1 || !isDone(); index++) {
        const add = index % 2 === 0;
        const range = { start: { line, character }, end: { line, character: add ? character : character + 1 } };
        const start = performance.now();
        const answered = shown(++document.version);
        server.notify('textDocument/didChange', {
          textDocument: document,
          contentChanges: [{ range, text: add ? 'x' : '' }],
        });
        await answered;
        times.push(performance.now() - start);
        await new Promise((done) => setTimeout(done, 30));
      }
      const ended = ranMs(server.pid);
      return { times, ...(began === undefined ? {} : { ran: (ended - began) / times.length }) };
    };
    const refresh = async () => {
      const answer = await server.request('workspace/executeCommand', {
        command: 'drillbook.refreshDrift',
        arguments: [{ uri }],
      });
      if (answer?.status !== 'checked') throw new Error(`The refresh said ${JSON.stringify(answer)}.`);
    };
    // One of each first: compiled code, the worker and its clients stay.
    await refresh();
    await type(() => true);
    const without = await type(() => true);
    let isOver = false;
    let refreshes = 0;
    const refreshing = (async () => {
      while (!isOver) {
        await refresh();
        refreshes++;
      }
    })();
    const during = await type(() => refreshes >= 3);
    isOver = true;
    await refreshing;
    return { without, during, refreshes };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
