/** A language client for tests: real JSON-RPC over in-memory streams, with what the server pushed kept and awaited. */
import { PassThrough } from 'node:stream';
import {
  createConnection,
  createMessageConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
  type Diagnostic,
  type InitializeParams,
  type InitializeResult,
  type MessageConnection,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver/node';
import type { ServerDependencies } from '../../server/src/lsp/dependencies.ts';
import { NO_EVIDENCE } from '../../server/src/lsp/root.ts';
import { createServer } from '../../server/src/lsp/server.ts';
import type { Session } from '../../server/src/lsp/session.ts';

export interface TestClient {
  readonly connection: MessageConnection;
  readonly session: Session;
  readonly initialized: InitializeResult;
  /** Everything pushed, in order. */
  readonly pushed: readonly PublishDiagnosticsParams[];
  /** Requests and notifications that the server sent, by method. */
  readonly received: readonly { readonly method: string; readonly params: unknown }[];
  /** Lines of the server's log. */
  readonly logged: readonly string[];
  open(uri: string, text: string, version?: number): void;
  /** Replaces the whole text. */
  change(uri: string, text: string, version: number): void;
  /** The next push for `uri` that `accept` takes; those already there count. */
  diagnostics(uri: string, accept?: (params: PublishDiagnosticsParams) => boolean): Promise<readonly Diagnostic[]>;
  /** Resolves with the first message of `method` that `accept` takes; those already there count. */
  message(method: string, accept?: (params: never) => boolean): Promise<unknown>;
  request<R>(method: string, params: unknown): Promise<R>;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly root?: string;
  readonly initialize?: Partial<InitializeParams>;
  readonly dependencies?: Partial<ServerDependencies>;
  /** Answers to requests of the server by method; others are answered with null. */
  readonly answers?: Readonly<Record<string, (params: never) => unknown>>;
}

/** The time that the tests' server reads; it stands still. */
export const TEST_NOW = Date.parse('2026-11-22T12:00:00Z');

/** Dependencies over files in memory, by absolute path. */
export function testDependencies(
  files: Map<string, string>,
  root: string,
  logged: string[],
  more: Partial<ServerDependencies> = {},
): ServerDependencies {
  return {
    version: '0.0.0-test',
    clock: { now: () => TEST_NOW, after: () => () => undefined },
    log: { write: (level, message) => void logged.push(`${level}: ${message}`) },
    soon: (callback) => {
      const handle = setImmediate(callback);
      return () => clearImmediate(handle);
    },
    files: {
      rootOf: (path) => Promise.resolve(path.startsWith(root) ? root : path),
      list: (folder) =>
        Promise.resolve(
          [...files.keys()]
            .filter((path) => path.startsWith(`${folder}/`))
            .map((path) => path.slice(folder.length + 1)),
        ),
      readText: (path) => {
        const text = files.get(path);
        return text === undefined ? Promise.reject(new Error(`ENOENT ${path}`)) : Promise.resolve(text);
      },
    },
    helpUri: (code) => `https://example.test/rules/${code}.md`,
    readEvidence: () => Promise.resolve(NO_EVIDENCE),
    ...more,
  };
}

/** Starts a server over in-memory streams and initializes it. */
export async function startClient(options: ClientOptions = {}): Promise<TestClient> {
  const root = options.root ?? '/work space';
  const files = new Map(Object.entries(options.files ?? {}).map(([file, text]) => [`${root}/${file}`, text]));
  const logged: string[] = [];
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const served = createConnection(
    ProposedFeatures.all,
    new StreamMessageReader(toServer),
    new StreamMessageWriter(toClient),
  );
  const session = createServer(served, testDependencies(files, root, logged, options.dependencies));
  served.listen();
  const connection = createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  const pushed: PublishDiagnosticsParams[] = [];
  const received: { method: string; params: unknown }[] = [];
  const waiting = new Set<() => void>();
  const note = (method: string, params: unknown): void => {
    received.push({ method, params });
    if (method === 'textDocument/publishDiagnostics') pushed.push(params as PublishDiagnosticsParams);
    for (const check of [...waiting]) check();
  };
  connection.onNotification((method: string, params: unknown) => note(method, params));
  connection.onUnhandledProgress((params) => note('$/progress', params));
  connection.onRequest((method: string, params: unknown) => {
    note(method, params);
    return options.answers?.[method]?.(params as never) ?? null;
  });
  connection.listen();
  const initialized = await connection.sendRequest<InitializeResult>('initialize', {
    processId: null,
    rootUri: null,
    capabilities: {
      textDocument: { publishDiagnostics: {} },
      window: { workDoneProgress: true, showDocument: { support: true } },
    },
    workspaceFolders: [{ uri: `file://${encodeURI(root)}`, name: 'test' }],
    ...options.initialize,
  });
  await connection.sendNotification('initialized', {});
  const waitFor = <T>(find: () => T | undefined, what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        waiting.delete(check);
        const last = received.slice(-5).map((each) => JSON.stringify(each).slice(0, 600));
        reject(new Error(`No ${what} came. Last received:\n${last.join('\n')}\nLog:\n${logged.join('\n')}`));
      }, 8000);
      const check = (): void => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(check);
        clearTimeout(limit);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  return {
    connection,
    session,
    initialized,
    pushed,
    received,
    logged,
    open: (uri, text, version = 1) =>
      void connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'drillbook', version, text },
      }),
    change: (uri, text, version) =>
      void connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      }),
    diagnostics: async (uri, accept = () => true) =>
      (await waitFor(() => pushed.findLast((each) => each.uri === uri && accept(each)), `diagnostics of ${uri}`))
        .diagnostics,
    message: (method, accept = () => true) =>
      waitFor(() => {
        const found = received.find((each) => each.method === method && accept(each.params as never));
        return found && { params: found.params };
      }, method).then((found) => found.params),
    request: (method, params) => connection.sendRequest(method, params),
    close: async () => {
      await connection.sendRequest('shutdown');
      connection.dispose();
      served.dispose();
      toServer.destroy();
      toClient.destroy();
    },
  };
}

/** A diagnostic's message as text: the protocol also allows Markdown there. */
export function messageOf(diagnostic: Diagnostic | undefined): string {
  const message = diagnostic?.message ?? '';
  return typeof message === 'string' ? message : message.value;
}
