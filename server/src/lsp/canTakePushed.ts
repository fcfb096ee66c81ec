/** Push or pull: both at once would double every finding. */
import type { ClientCapabilities } from 'vscode-languageserver';

/** Diagnostics are pushed, unless the client says that it pulls and does not say that it takes pushed ones. */
export function canTakePushed(session: { readonly client: ClientCapabilities }): boolean {
  const { textDocument } = session.client;
  return textDocument?.publishDiagnostics !== undefined || textDocument?.diagnostic === undefined;
}
