/** textDocument/diagnostic and workspace/diagnostic: answered always, announced only to a client that can't take pushed ones. */
import type {
  CancellationToken,
  DocumentDiagnosticParams,
  DocumentDiagnosticReport,
  WorkspaceDiagnosticParams,
  WorkspaceDiagnosticReport,
} from 'vscode-languageserver';
import { canTakePushed } from '../canTakePushed.ts';
import { throwIfCancelled, type Method } from '../feature.ts';

export const documentDiagnostics: Method = {
  method: 'textDocument/diagnostic',
  capabilities: (session) =>
    canTakePushed(session)
      ? {}
      : { diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: true, identifier: 'drillbook' } },
  register: (session) =>
    session.connection.onRequest<DocumentDiagnosticReport, unknown>(
      'textDocument/diagnostic',
      (params: DocumentDiagnosticParams, token: CancellationToken): DocumentDiagnosticReport => {
        throwIfCancelled(token);
        const located = session.store.locate(params.textDocument.uri);
        if (!located) return { kind: 'full', items: [] };
        session.checks.flush();
        const { root, file } = located;
        const resultId = resultIdOf(root.openDocument(file)?.version, session.diagnostics.revision(root, file));
        if (params.previousResultId === resultId) return { kind: 'unchanged', resultId };
        return { kind: 'full', resultId, items: session.diagnostics.diagnostics(root, file) };
      },
    ),
};

export const workspaceDiagnostics: Method = {
  method: 'workspace/diagnostic',
  capabilities: () => ({}),
  register: (session) =>
    session.connection.onRequest(
      'workspace/diagnostic',
      (params: WorkspaceDiagnosticParams, token: CancellationToken): WorkspaceDiagnosticReport => {
        throwIfCancelled(token);
        session.checks.flush();
        const known = new Map(params.previousResultIds.map((each) => [each.uri, each.value]));
        const items = session.store.roots().flatMap((root) =>
          session.diagnostics.files(root).map((file) => {
            const uri = root.uriOf(file);
            const open = root.openDocument(file);
            const version = open?.version ?? null;
            const resultId = resultIdOf(open?.version, session.diagnostics.revision(root, file));
            if (known.get(uri) === resultId) return { kind: 'unchanged' as const, uri, version, resultId };
            return {
              kind: 'full' as const,
              uri,
              version,
              resultId,
              items: session.diagnostics.diagnostics(root, file),
            };
          }),
        );
        return { items };
      },
    ),
};

function resultIdOf(version: number | undefined, revision: number): string {
  return `${version ?? 'disk'}.${revision}`;
}
