/** The language server over any connection: sync, checks, live comparison and features wired together. No I/O of its own. */
import {
  TextDocumentSyncKind,
  type Connection,
  type InitializeResult,
  type ServerCapabilities,
} from 'vscode-languageserver';
import { SERVER_NAME, STATUS_CHANGED, type StatusParams } from '../protocol.ts';
import { canTakePushed } from './canTakePushed.ts';
import { Checks } from './checks.ts';
import type { ServerDependencies } from './dependencies.ts';
import { Diagnostics } from './diagnostics.ts';
import { Drift } from './drift.ts';
import { negotiateEncoding } from './encoding.ts';
import { METHODS } from './methods/table.ts';
import { pathOf } from './paths.ts';
import type { Session } from './session.ts';
import { DEFAULT_SETTINGS, withOptions } from './settings.ts';
import { createRest } from './rest.ts';
import { registerSync } from './sync.ts';
import { WorkspaceStore } from './workspaceStore.ts';
import { registerFolders, registerWorkspace, startWorkspace } from './workspaceEvents.ts';
import { registerProgressCancel } from './progress.ts';
import { say } from './say.ts';

/**
 * Wires a server to `connection` (not yet listening). It holds no process and no file itself: all that comes through
 * `dependencies`, so that tests drive it over in-memory streams.
 */
export function createServer(connection: Connection, dependencies: ServerDependencies): Session {
  const session = createSession(connection, dependencies);
  connection.onInitialize((params): InitializeResult => {
    session.client = params.capabilities;
    session.encoding = negotiateEncoding(params.capabilities.general?.positionEncodings);
    session.settings = withOptions(DEFAULT_SETTINGS, params.initializationOptions, true);
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- clients older than workspace folders send only these
    const single = params.rootUri ?? (params.rootPath ? `file://${params.rootPath}` : undefined);
    const folders = params.workspaceFolders?.map((folder) => folder.uri) ?? (single === undefined ? [] : [single]);
    session.folders = folders.map(pathOf);
    return {
      serverInfo: { name: SERVER_NAME, version: dependencies.version },
      capabilities: capabilitiesOf(session),
    };
  });
  registerSync(session);
  registerWorkspace(session);
  connection.onInitialized(() => {
    // Here, because the library takes these two for itself while it initializes.
    registerProgressCancel(session);
    registerFolders(session);
    void startWorkspace(session);
  });
  for (const each of METHODS) each.register(session);
  connection.onShutdown(async () => {
    session.checks.stop();
    session.drift.stop();
    session.store.dispose();
    await dependencies.dispose?.();
  });
  return session;
}

function capabilitiesOf(session: Session): ServerCapabilities {
  return Object.assign(
    {
      positionEncoding: session.encoding,
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
      workspace: {
        workspaceFolders: { supported: true, changeNotifications: true },
        fileOperations: {
          didCreate: { filters: [YAML_FILES] },
          didRename: { filters: [YAML_FILES, FOLDERS] },
          didDelete: { filters: [YAML_FILES, FOLDERS] },
        },
      },
    },
    ...METHODS.map((each) => each.capabilities(session)),
  ) as ServerCapabilities;
}

const YAML_FILES = { pattern: { glob: '**/*.{yaml,yml}', matches: 'file' as const } };
const FOLDERS = { pattern: { glob: '**', matches: 'folder' as const } };

/** A look-up that takes longer is told of in the lenses while it runs, milliseconds. */
const LASTING_MS = 400;

function createSession(connection: Connection, dependencies: ServerDependencies): Session {
  const diagnostics = new Diagnostics(connection, dependencies, {
    push: () => canTakePushed(session),
    encoding: () => session.encoding,
    refresh: () => {
      if (session.client.workspace?.diagnostics?.refreshSupport) void connection.languages.diagnostics.refresh();
    },
  });
  const checks = new Checks(dependencies, diagnostics);
  const drift = new Drift(dependencies, diagnostics, () => session.settings);
  let refreshing: (() => void) | undefined;
  const stale = { lenses: false, hints: false };
  const refresh = (what: Partial<typeof stale>): void => {
    Object.assign(stale, what);
    refreshing?.();
    refreshing = dependencies.soon(() => {
      refreshing = undefined;
      const { workspace } = session.client;
      const asked: Promise<unknown>[] = [];
      if (stale.lenses && workspace?.codeLens?.refreshSupport)
        asked.push(connection.sendRequest('workspace/codeLens/refresh'));
      if (stale.hints && workspace?.inlayHint?.refreshSupport)
        asked.push(connection.sendRequest('workspace/inlayHint/refresh'));
      Object.assign(stale, { lenses: false, hints: false });
      void Promise.allSettled(asked);
    });
  };
  const session: Session = {
    connection,
    dependencies,
    store: new WorkspaceStore(dependencies),
    diagnostics,
    checks,
    drift,
    client: {},
    encoding: 'utf-16',
    settings: DEFAULT_SETTINGS,
    folders: [],
    progress: new Map(),
    progressCount: 0,
    uncovered: new Map(),
    refreshViews: () => {
      refresh({ lenses: true, hints: true });
    },
    refreshLenses: () => {
      refresh({ lenses: true });
    },
    sendStatus: () => {
      // Another client would warn of a message that it never asked for.
      if (!session.settings.showsReports) return;
      const { checkedAtMs, ...totals } = drift.totals();
      const checkedAt = checkedAtMs === undefined ? {} : { checkedAt: new Date(checkedAtMs).toISOString() };
      void connection.sendNotification(STATUS_CHANGED, { ...totals, ...checkedAt } satisfies StatusParams);
    },
  };
  checks.onFailed = (message) => {
    say(connection, 'warning', message);
  };
  const worked = createRest(dependencies);
  // What loading left behind is taken in the first pause: the editor waits for its first findings now.
  worked();
  checks.onChecked = (root, file) => {
    worked();
    drift.reapply(root, file);
  };
  drift.onFailed = checks.onFailed;
  drift.isTyping = () => checks.urgent;
  let tellOfRunning = (): void => undefined;
  drift.onBegun = () => {
    session.sendStatus();
    tellOfRunning();
    // One that is over at once need not be told of: the lenses are fetched when it is over.
    tellOfRunning = dependencies.clock.after(LASTING_MS, session.refreshLenses);
  };
  drift.onChanged = () => {
    tellOfRunning();
    session.sendStatus();
    session.refreshViews();
  };
  return session;
}
