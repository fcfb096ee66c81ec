/** What happens around the documents: folders, files on disk, configuration, trust, and the interval of look-ups. */
import type {
  DidChangeConfigurationParams,
  DidChangeWatchedFilesParams,
  DidChangeWorkspaceFoldersParams,
} from 'vscode-languageserver';
import { CONFIGURATION_SECTION, TRUST_CHANGED, type TrustChangedParams } from '../protocol.ts';
import { FRESH_MS } from './drift.ts';
import { isYaml, pathOf } from './paths.ts';
import type { Root } from './root.ts';
import type { Session } from './session.ts';
import { withOptions } from './settings.ts';
import { messageOf } from './signals.ts';

/** Files whose change may change what is shown: documents, evidence and Terraform states. */
const WATCHED = ['**/*.{yaml,yml}', '**/.drillbook/evidence/**', '**/*.tfstate', '**/.gitignore'];

/** Takes the workspace notifications of the protocol. */
export function registerWorkspace(session: Session): void {
  const { connection, store } = session;
  store.onIndexed = (root, files, done) => {
    // Before all files are known only what is open is checked: the rest would be checked twice.
    const open = files.filter((file) => root.openDocument(file));
    if (open.length > 0) session.checks.later(root, open);
    if (!done) return;
    session.checks.later(root);
    session.drift.showLastKnown(root, runbookFiles(root));
    session.drift.resume(root);
    session.refreshViews();
  };
  connection.onNotification('workspace/didChangeWatchedFiles', ({ changes }: DidChangeWatchedFilesParams) => {
    void filesChanged(
      session,
      changes.map((change) => change.uri),
    );
  });
  connection.onNotification('workspace/didCreateFiles', ({ files }: { files: { uri: string }[] }) => {
    void filesChanged(
      session,
      files.map((file) => file.uri),
    );
  });
  connection.onNotification('workspace/didDeleteFiles', ({ files }: { files: { uri: string }[] }) => {
    void filesChanged(
      session,
      files.flatMap((file) => below(session, file.uri)),
    );
  });
  connection.onNotification(
    'workspace/didRenameFiles',
    ({ files }: { files: { oldUri: string; newUri: string }[] }) => {
      const touched = files.flatMap(({ oldUri, newUri }) => [
        newUri,
        ...below(session, oldUri).flatMap((old) => [old, old.replace(oldUri, newUri)]),
      ]);
      void filesChanged(session, touched);
    },
  );
  connection.onNotification('workspace/didChangeConfiguration', ({ settings }: DidChangeConfigurationParams) => {
    const section = (settings as Record<string, unknown> | null | undefined)?.[CONFIGURATION_SECTION];
    if (section !== undefined) applyConfiguration(session, section);
    else void pullConfiguration(session);
  });
  connection.onNotification(TRUST_CHANGED, ({ trusted }: TrustChangedParams) => {
    session.settings = { ...session.settings, trusted };
    for (const root of session.store.roots()) {
      session.drift.trustChanged(root);
      session.drift.showLastKnown(root, runbookFiles(root));
    }
    lookUpOpen(session, FRESH_MS);
    session.sendStatus();
    session.refreshViews();
  });
}

/** Takes folders that come and go. */
export function registerFolders(session: Session): void {
  const { connection } = session;
  connection.onNotification('workspace/didChangeWorkspaceFolders', ({ event }: DidChangeWorkspaceFoldersParams) => {
    const removed = new Set(event.removed.map((folder) => pathOf(folder.uri)));
    session.folders = session.folders.filter((folder) => !removed.has(folder));
    session.folders.push(...event.added.map((folder) => pathOf(folder.uri)));
    void changeFolders(session);
  });
}

/** After `initialized`: watches, reads the configuration, indexes the folders, and starts the interval. */
export async function startWorkspace(session: Session): Promise<void> {
  const { connection, client } = session;
  if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration) {
    const watchers = WATCHED.map((globPattern) => ({ globPattern }));
    const registrations = [
      { id: 'watch', method: 'workspace/didChangeWatchedFiles', registerOptions: { watchers } },
      ...(client.workspace.didChangeConfiguration?.dynamicRegistration
        ? [
            {
              id: 'configuration',
              method: 'workspace/didChangeConfiguration',
              registerOptions: { section: CONFIGURATION_SECTION },
            },
          ]
        : []),
    ];
    connection.sendRequest('client/registerCapability', { registrations }).catch((error: unknown) => {
      session.dependencies.log.write('warning', `The client doesn't watch files: ${messageOf(error)}`);
    });
  }
  await pullConfiguration(session);
  await session.store.addFolders(session.folders);
  session.sendStatus();
  repeat(session);
}

/** Looks up what is open once an interval, where that is wanted. */
function repeat(session: Session): void {
  const { clock } = session.dependencies;
  clock.after(Math.max(60_000, session.settings.refreshMs), () => {
    if (session.settings.refreshMs > 0 && session.settings.liveOnOpen) lookUpOpen(session, session.settings.refreshMs);
    for (const root of session.store.roots()) session.checks.later(root);
    session.refreshViews();
    repeat(session);
  });
}

function runbookFiles(root: Root): readonly string[] {
  return [
    ...new Set(
      root
        .workspace()
        .byKind('Runbook')
        .map((entry) => entry.file),
    ),
  ];
}

/** Looks up what every open document names. */
function lookUpOpen(session: Session, maxAgeMs: number): void {
  for (const root of session.store.roots()) session.drift.request(root, root.openFiles(), maxAgeMs);
}

async function pullConfiguration(session: Session): Promise<void> {
  if (!session.client.workspace?.configuration) return;
  try {
    const [section] = await session.connection.sendRequest<unknown[]>('workspace/configuration', {
      items: [{ section: CONFIGURATION_SECTION }],
    });
    applyConfiguration(session, section);
  } catch (error) {
    session.dependencies.log.write('warning', `The configuration could not be read: ${messageOf(error)}`);
  }
}

function applyConfiguration(session: Session, section: unknown): void {
  session.settings = withOptions(session.settings, section, false);
  session.refreshViews();
}

async function changeFolders(session: Session): Promise<void> {
  await session.store.addFolders(session.folders);
  for (const root of await session.store.keepOnly(session.folders)) {
    for (const file of session.diagnostics.files(root)) session.diagnostics.forget(root, file);
  }
  session.sendStatus();
}

/** URIs of the known files at or below one: a folder that is renamed or deleted is told as one URI. */
function below(session: Session, uri: string): readonly string[] {
  const path = pathOf(uri);
  const inside = session.store
    .roots()
    .flatMap((root) =>
      [...root.index.files.keys()]
        .map((file) => root.uriOf(file))
        .filter((each) => pathOf(each).startsWith(`${path}/`)),
    );
  return inside.length > 0 ? inside : [uri];
}

async function filesChanged(session: Session, uris: readonly string[]): Promise<void> {
  const changed = new Map<Root, Set<string>>();
  const evidenceOf = new Set<Root>();
  const statesOf = new Set<Root>();
  const environmentsOf = new Map<Root, number>();
  for (const uri of new Set(uris)) {
    const located = session.store.locate(uri);
    if (!located) continue;
    const { root, file } = located;
    if (!environmentsOf.has(root)) environmentsOf.set(root, root.workspace().revision('Environment'));
    if (/(?:^|\/)\.drillbook\/evidence\//u.test(file)) evidenceOf.add(root);
    else if (file.endsWith('.tfstate')) statesOf.add(root);
    else if (isYaml(file) && !root.openDocument(file)) {
      await session.store.refresh(located);
      const files = changed.get(root) ?? new Set<string>();
      changed.set(root, files.add(file));
    }
  }
  for (const [root, files] of changed) {
    for (const file of files) {
      if (root.index.files.has(file)) continue;
      session.diagnostics.forget(root, file);
      session.drift.forget(root, file);
    }
    session.checks.later(root);
    // Live is somewhere else now, as after another branch was checked out.
    if (root.workspace().revision('Environment') !== environmentsOf.get(root))
      session.drift.lookUp(root, root.openFiles(), session.settings.liveOnOpen);
  }
  for (const root of statesOf) session.drift.request(root, root.openFiles(), 0);
  for (const root of evidenceOf) await refreshEvidence(session, root);
  if (changed.size > 0) session.refreshViews();
}

/** Reads a root's evidence anew; lenses, overdue layers and the views follow. */
export async function refreshEvidence(session: Session, root: Root): Promise<void> {
  try {
    await root.readEvidence((path) => session.dependencies.readEvidence(path));
  } catch (error) {
    session.dependencies.log.write('warning', `The evidence under ${root.path} could not be read: ${messageOf(error)}`);
    return;
  }
  session.checks.later(root);
  session.sendStatus();
  session.refreshViews();
}
