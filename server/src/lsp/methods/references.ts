/** textDocument/references. */
import type { ReferenceParams } from 'vscode-languageserver';
import { references as referencesTo } from '../../language/references.ts';
import { method, offsetOf } from '../feature.ts';

export const references = method<ReferenceParams>({
  method: 'textDocument/references',
  capabilities: () => ({ referencesProvider: true }),
  empty: null,
  answer: ({ context, params }) =>
    referencesTo(context, offsetOf(context, params.position), params.context.includeDeclaration),
});
