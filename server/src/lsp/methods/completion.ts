/** textDocument/completion and completionItem/resolve. */
import type { CompletionItem, CompletionParams } from 'vscode-languageserver';
import { complete, resolveCompletion } from '../../language/completion/complete.ts';
import { method, offsetOf, type Method } from '../feature.ts';

export const completion = method<CompletionParams>({
  method: 'textDocument/completion',
  capabilities: () => ({
    completionProvider: { resolveProvider: true, triggerCharacters: [':', ' ', '.', '{', '[', '-', '"', '/'] },
  }),
  empty: [],
  answer: ({ session, context, params }) =>
    complete(context, offsetOf(context, params.position), {
      snippets: session.client.textDocument?.completion?.completionItem?.snippetSupport ?? false,
    }),
});

export const completionResolve: Method = {
  method: 'completionItem/resolve',
  capabilities: () => ({}),
  register: (session) =>
    session.connection.onRequest('completionItem/resolve', (item: CompletionItem) => resolveCompletion(item)),
};
