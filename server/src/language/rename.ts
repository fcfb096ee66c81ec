/** Rename across files: resources, backups, steps, runbooks, classes, environments and what they define, and live ids in texts. */
import type { Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import { rangeOf } from '../core/document/navigate.ts';
import type { Target } from '../core/references/places.ts';
import { declarationsOf } from '../core/references/references.ts';
import type { Entry } from '../core/workspace.ts';
import type { LanguageContext } from './context.ts';
import { liveIdAt, liveIdOccurrences } from './liveId.ts';
import { occurrencesOf, symbolAt, type Occurrence } from './naming.ts';

/** What a rename came to: the edits, or why it can't be, as one sentence. */
export type RenameResult = { readonly edit: WorkspaceEdit } | { readonly refused: string };

/** The name at `offset` that can be renamed, and its range; undefined where there is none. */
export function prepareRename(
  context: LanguageContext,
  offset: number,
): { readonly range: Range; readonly placeholder: string } | undefined {
  const symbol = symbolAt(context, offset);
  if (symbol && symbol.holders.length > 0) {
    // An expression that only points at the name has nothing to rename in it.
    if (context.parsed.text.slice(symbol.span.start, symbol.span.end) !== symbol.name) return undefined;
    return { range: rangeOf(context.parsed, symbol.span), placeholder: symbol.name };
  }
  const live = liveIdAt(context, offset);
  return live && { range: rangeOf(context.parsed, live.span), placeholder: live.id };
}

/** The edits that give the thing at `offset` another name, everywhere; undefined where nothing can be renamed. */
export function rename(context: LanguageContext, offset: number, newName: string): RenameResult | undefined {
  const symbol = symbolAt(context, offset);
  if (symbol && symbol.holders.length > 0) {
    const fault = nameFault(symbol.target, newName) ?? takenBy(symbol.holders, symbol.target, symbol.name, newName);
    if (fault !== undefined) return { refused: fault };
    return { edit: editsOf(context, occurrencesOf(context, symbol, { declarations: true }), newName) };
  }
  const live = liveIdAt(context, offset);
  if (!live) return undefined;
  if (!/^[^\s"'`$]+$/.test(newName))
    return { refused: `"${newName}" can't be the id of a resource: it holds blanks, quotes or a variable.` };
  return { edit: editsOf(context, liveIdOccurrences(context, live), newName) };
}

const LABELS: ReadonlySet<Target> = new Set(['runbook', 'environment', 'policy']);

function nameFault(target: Target, name: string): string | undefined {
  if (LABELS.has(target)) {
    if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return undefined;
    return `"${name}" can't be the name of a document: it is a DNS label of lower-case letters, digits and hyphens.`;
  }
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name)) return undefined;
  return `"${name}" can't be the name of a ${target}: it is made of letters, digits, hyphens and underscores.`;
}

function takenBy(holders: readonly Entry[], target: Target, name: string, newName: string): string | undefined {
  if (name === newName) return undefined;
  const taken = holders.find((holder) =>
    declarationsOf(holder).some((each) => each.target === target && each.name === newName),
  );
  return taken && !LABELS.has(target) ? `There is a ${target} "${newName}" in ${taken.file} already.` : undefined;
}

function editsOf(context: LanguageContext, occurrences: readonly Occurrence[], newName: string): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const { entry, span, plain } of occurrences) {
    const newText = plain && needsQuotes(newName) ? JSON.stringify(newName) : newName;
    (changes[context.uriOf(entry.file)] ??= []).push({ range: rangeOf(entry.parsed, span), newText });
  }
  return { changes };
}

/** Whether YAML would read the bare name as something else than text. */
function needsQuotes(name: string): boolean {
  return (
    /^(?:true|false|null|yes|no|on|off|~|[-+]?[0-9][0-9_.eE+-]*|0[xo][0-9a-fA-F]+|\.(?:inf|nan))$/i.test(name) ||
    /^[-?:,[\]{}#&*!|>'"%@`]|: |\s#|:$/.test(name)
  );
}
