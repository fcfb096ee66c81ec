/** textDocument/documentLink. */
import type { DocumentLinkParams } from 'vscode-languageserver';
import { documentLinks } from '../../language/documentLinks.ts';
import { method } from '../feature.ts';

export const documentLink = method<DocumentLinkParams>({
  method: 'textDocument/documentLink',
  capabilities: () => ({ documentLinkProvider: { resolveProvider: false } }),
  empty: [],
  answer: ({ session, context }) => documentLinks(context, session.dependencies.helpUri),
});
