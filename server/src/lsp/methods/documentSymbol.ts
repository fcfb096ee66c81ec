/** textDocument/documentSymbol. */
import type { DocumentSymbol, DocumentSymbolParams, SymbolInformation } from 'vscode-languageserver';
import { documentSymbols } from '../../language/documentSymbols.ts';
import { method } from '../feature.ts';

export const documentSymbol = method<DocumentSymbolParams>({
  method: 'textDocument/documentSymbol',
  capabilities: () => ({ documentSymbolProvider: true }),
  empty: [],
  answer: ({ session, context }) => {
    const symbols = documentSymbols(context);
    const { documentSymbol: can } = session.client.textDocument ?? {};
    return can?.hierarchicalDocumentSymbolSupport === true ? symbols : flat(symbols, context.uri);
  },
});

/** For clients that know no outline but a list. */
function flat(symbols: readonly DocumentSymbol[], uri: string, containerName?: string): SymbolInformation[] {
  return symbols.flatMap(({ name, kind, range, children }) => [
    { name, kind, location: { uri, range }, ...(containerName === undefined ? {} : { containerName }) },
    ...flat(children ?? [], uri, name),
  ]);
}
