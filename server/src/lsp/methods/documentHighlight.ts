/** textDocument/documentHighlight. */
import type { DocumentHighlightParams } from 'vscode-languageserver';
import { documentHighlight as highlightsAt } from '../../language/documentHighlight.ts';
import { method, offsetOf } from '../feature.ts';

export const documentHighlight = method<DocumentHighlightParams>({
  method: 'textDocument/documentHighlight',
  capabilities: () => ({ documentHighlightProvider: true }),
  empty: null,
  answer: ({ context, params }) => highlightsAt(context, offsetOf(context, params.position)),
});
