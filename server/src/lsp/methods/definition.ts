/** textDocument/definition. */
import type { DefinitionParams } from 'vscode-languageserver';
import { definition as definitionOf } from '../../language/definition.ts';
import { method, offsetOf } from '../feature.ts';

export const definition = method<DefinitionParams>({
  method: 'textDocument/definition',
  capabilities: () => ({ definitionProvider: true }),
  empty: null,
  answer: ({ session, context, params }) => {
    const links = definitionOf(context, offsetOf(context, params.position));
    if (session.client.textDocument?.definition?.linkSupport === true) return links;
    return links.map(({ targetUri, targetSelectionRange }) => ({ uri: targetUri, range: targetSelectionRange }));
  },
});
