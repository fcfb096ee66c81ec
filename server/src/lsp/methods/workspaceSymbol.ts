/** workspace/symbol. */
import type { CancellationToken, WorkspaceSymbolParams } from 'vscode-languageserver';
import { workspaceSymbols } from '../../language/workspaceSymbols.ts';
import { encodeResult, throwIfCancelled, type Method } from '../feature.ts';

export const workspaceSymbol: Method = {
  method: 'workspace/symbol',
  capabilities: () => ({ workspaceSymbolProvider: true }),
  register: (session) =>
    session.connection.onRequest('workspace/symbol', ({ query }: WorkspaceSymbolParams, token: CancellationToken) => {
      throwIfCancelled(token);
      const symbols = session.store.roots().flatMap((root) =>
        workspaceSymbols(
          root.workspace(),
          query,
          (file) => root.uriOf(file),
          () => token.isCancellationRequested,
        ),
      );
      return encodeResult(session, '', symbols);
    }),
};
