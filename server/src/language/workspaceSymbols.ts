/** Workspace symbols: every name that any document introduces, found by the letters that are typed. */
import { SymbolKind, type SymbolInformation } from 'vscode-languageserver-types';
import { nodeAt, rangeOf, resolved } from '../core/document/navigate.ts';
import type { Span } from '../core/document/node.ts';
import { keyText } from '../core/document/value.ts';
import type { Target } from '../core/references/places.ts';
import { contentSpan, declarationsOf } from '../core/references/references.ts';
import type { Entry, Workspace } from '../core/workspace.ts';

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
const DOCUMENTS: ReadonlySet<Target> = new Set(['runbook', 'policy', 'environment']);
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
    const add = (name: string, kind: SymbolKind, span: Span, containerName: string): void => {
      const rank = rankOf(name.toLowerCase(), wanted);
      if (rank === undefined) return;
      const location = { uri: uriOf(entry.file), range: rangeOf(entry.parsed, span) };
      found.push({ rank, symbol: { name, kind, location, containerName } });
    };
    const within = entry.name ?? entry.file;
    for (const { target, name, span } of declarationsOf(entry))
      add(name, KINDS[target], span, DOCUMENTS.has(target) ? entry.file : within);
    for (const { name, span } of dryRunNames(entry)) add(name, SymbolKind.Event, span, within);
  }
  return found
    .sort((one, other) => one.rank - other.rank)
    .slice(0, MOST)
    .map(({ symbol }) => symbol);
}

/** Dry runs: nothing refers to them, but people look for them. */
function dryRunNames(entry: Entry): readonly { readonly name: string; readonly span: Span }[] {
  const runs = entry.kind === 'Runbook' ? resolved(nodeAt(entry.document, ['dryRuns'])) : undefined;
  if (runs?.kind !== 'map') return [];
  return runs.pairs.flatMap(({ key }) =>
    key.kind === 'scalar' && keyText(key) !== '' ? [{ name: keyText(key), span: contentSpan(key) }] : [],
  );
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
