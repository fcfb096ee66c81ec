/** Workspace symbols: every name that any document introduces, found by the letters that are typed. */
import { SymbolKind, type SymbolInformation } from 'vscode-languageserver-types';
import { rangeOf } from '../core/document/navigate.ts';
import type { Target } from '../core/references/places.ts';
import { declarationsOf } from '../core/references/references.ts';
import type { Workspace } from '../core/workspace.ts';

const KINDS: Readonly<Record<Target, SymbolKind>> = {
  runbook: SymbolKind.Module,
  resource: SymbolKind.Class,
  backup: SymbolKind.Struct,
  step: SymbolKind.Method,
  class: SymbolKind.Class,
  environment: SymbolKind.Module,
  policy: SymbolKind.Module,
  account: SymbolKind.Key,
  database: SymbolKind.Object,
  sandbox: SymbolKind.Object,
  variable: SymbolKind.Variable,
};
/** More than this nobody reads; the client asks again with more letters. */
const MOST = 500;

/** Names whose letters hold those of `query` in order, those that begin with it first. */
export function workspaceSymbols(
  workspace: Workspace,
  query: string,
  uriOf: (file: string) => string,
  isCancelled: () => boolean = () => false,
): SymbolInformation[] {
  const wanted = query.toLowerCase();
  const found: { readonly rank: number; readonly symbol: SymbolInformation }[] = [];
  for (const entry of workspace.entries) {
    if (isCancelled() || found.length >= MOST * 4) break;
    for (const { target, name, span } of declarationsOf(entry)) {
      const rank = rankOf(name.toLowerCase(), wanted);
      if (rank === undefined) continue;
      const location = { uri: uriOf(entry.file), range: rangeOf(entry.parsed, span) };
      const containerName =
        target === 'runbook' || target === 'policy' || target === 'environment'
          ? entry.file
          : (entry.name ?? entry.file);
      found.push({ rank, symbol: { name, kind: KINDS[target], location, containerName } });
    }
  }
  return found
    .sort((one, other) => one.rank - other.rank)
    .slice(0, MOST)
    .map(({ symbol }) => symbol);
}

function rankOf(name: string, wanted: string): number | undefined {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.includes(wanted)) return 2;
  let at = 0;
  for (const letter of wanted) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return undefined;
  }
  return 3;
}
