/** Documents as the client opens, changes, saves and closes them. */
import type {
  DidChangeTextDocumentParams,
  DidCloseTextDocumentParams,
  DidOpenTextDocumentParams,
  DidSaveTextDocumentParams,
} from 'vscode-languageserver';
import { OpenDocument } from './openDocument.ts';
import { pathOf, relativePath } from './paths.ts';
import { mayBeOurs } from './root.ts';
import type { Session } from './session.ts';

/** Takes the document notifications of the protocol. */
export function registerSync(session: Session): void {
  const { connection, store } = session;
  connection.onNotification('textDocument/didOpen', ({ textDocument }: DidOpenTextDocumentParams) => {
    const { uri, languageId, version, text } = textDocument;
    session.dependencies.makeRoom?.(text.length);
    const document = new OpenDocument(uri, languageId, version, text);
    const { root, file } = store.open(document);
    session.checks.changed(root, file);
    // A document that comes before its folder was looked into belongs to the folder, not to a root of its own.
    const folder = session.folders.find((each) => relativePath(each, pathOf(uri)) !== undefined);
    const placed: Promise<unknown> = folder === undefined ? store.settle(document) : store.addFolder(folder);
    void placed.then(() => {
      const located = store.locate(uri);
      if (!located || store.document(uri) !== document) return;
      if (located.root !== root) session.checks.changed(located.root, located.file);
      if (mayBeOurs(located.file, document.text)) lookUp(session, uri);
    });
  });
  connection.onNotification(
    'textDocument/didChange',
    ({ textDocument, contentChanges }: DidChangeTextDocumentParams) => {
      const document = store.document(textDocument.uri);
      const located = store.locate(textDocument.uri);
      if (!document || !located) return;
      document.apply(contentChanges, textDocument.version, session.encoding);
      session.dependencies.makeRoom?.(document.text.length);
      located.root.open(located.file, document);
      session.checks.changed(located.root, located.file);
    },
  );
  connection.onNotification('textDocument/didSave', ({ textDocument }: DidSaveTextDocumentParams) => {
    const located = store.locate(textDocument.uri);
    if (!located) return;
    lookUp(session, textDocument.uri);
    session.checks.later(located.root);
  });
  connection.onNotification('textDocument/didClose', ({ textDocument }: DidCloseTextDocumentParams) => {
    const located = store.close(textDocument.uri);
    if (!located) return;
    session.diagnostics.closed(located.root, located.file);
    void store.refresh(located).then(() => {
      if (store.document(textDocument.uri)) return;
      if (!located.root.index.files.has(located.file)) session.diagnostics.forget(located.root, located.file);
      session.checks.reread(located.root, located.file);
    });
  });
}

/** On open and on save: what was last seen at once, then a look-up behind, where the person lets that happen. */
function lookUp(session: Session, uri: string): void {
  const located = session.store.locate(uri);
  if (!located) return;
  const { root, file } = located;
  // An environment says where live is: every runbook that is open may look there.
  const isEnvironment = root
    .workspace()
    .byFile(file)
    .some((entry) => entry.kind === 'Environment');
  session.drift.lookUp(root, isEnvironment ? root.openFiles() : [file], session.settings.liveOnOpen);
}
