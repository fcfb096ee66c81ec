/** Rename across files: resources, backups, steps, runbooks, classes, environments and what they define, live ids in texts, and YAML's anchors. */
import type { Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import { placeAt, rangeOf } from '../core/document/navigate.ts';
import type { Span } from '../core/document/node.ts';
import type { Target } from '../core/references/places.ts';
import { declarationsOf } from '../core/references/references.ts';
import { keysAt } from '../core/schema/navigate.ts';
import type { Entry } from '../core/workspace.ts';
import { folderOf } from '../core/workspaceIndex.ts';
import { anchorAt, anchorsOf } from './anchors.ts';
import { entryAt, type LanguageContext } from './context.ts';
import { liveIdAt, liveIdOccurrences } from './liveId.ts';
import { occurrencesOf, symbolAt, type Occurrence } from './naming.ts';

/** What a rename came to: the edits, or why it can't be, as one sentence. */
export type RenameResult = { readonly edit: WorkspaceEdit } | { readonly refused: string };

/** A name that can be renamed. */
export interface Renamable {
  readonly range: Range;
  readonly placeholder: string;
}

/** The name at `offset` that can be renamed, or why what stands there can't; undefined where no name stands. */
export function prepareRename(
  context: LanguageContext,
  offset: number,
): Renamable | { readonly refused: string } | undefined {
  const renamable = (span: Span, placeholder: string): Renamable => ({
    range: rangeOf(context.parsed, span),
    placeholder,
  });
  const symbol = symbolAt(context, offset);
  if (symbol) {
    const [holder] = symbol.holders;
    if (!holder)
      return { refused: `The ${symbol.target} "${symbol.name}" is declared nowhere, so there is nothing to rename.` };
    if (context.parsed.text.slice(symbol.span.start, symbol.span.end) !== symbol.name)
      return { refused: `This only points at the ${symbol.target} "${symbol.name}": rename it in ${holder.file}.` };
    return renamable(symbol.span, symbol.name);
  }
  const live = liveIdAt(context, offset);
  if (live) return renamable(live.span, live.id);
  const entry = entryAt(context, offset);
  const found = entry && anchorAt(entry.document, offset);
  if (found) return renamable(found.span, found.anchor.name);
  const place = entry && placeAt(entry.document, offset);
  const name = place?.onKey === true ? String(place.path.at(-1)) : undefined;
  if (name !== undefined && place?.path[0] === 'dryRuns' && place.path.length === 2)
    return {
      refused: `The evidence of dry run "${name}" is kept under this name: give it another by hand, and run it anew.`,
    };
  const isKey = entry && place && keysAt(entry.kind, place.path.slice(0, -1)).some((each) => each.name === name);
  return isKey ? { refused: `\`${name ?? ''}\` is a key of the format, which can't be renamed.` } : undefined;
}

/** The edits that give the thing at `offset` another name, everywhere; undefined where nothing can be renamed. */
export function rename(context: LanguageContext, offset: number, newName: string): RenameResult | undefined {
  const symbol = symbolAt(context, offset);
  if (symbol && symbol.holders.length > 0) {
    const occurrences = occurrencesOf(context, symbol, { declarations: true });
    const fault =
      nameFault(symbol.target, newName) ?? takenBy(context, symbol.holders, symbol.target, symbol.name, newName);
    return fault === undefined ? { edit: editsOf(context, occurrences, newName) } : { refused: fault };
  }
  const live = liveIdAt(context, offset);
  if (live) {
    if (!/^[^\s"'`$]+$/.test(newName))
      return { refused: `"${newName}" can't be the id of a resource: it holds blanks, quotes or a variable.` };
    return { edit: editsOf(context, liveIdOccurrences(context, live), newName) };
  }
  return symbol ? undefined : renameAnchor(context, offset, newName);
}

/** An anchor and its aliases. */
function renameAnchor(context: LanguageContext, offset: number, newName: string): RenameResult | undefined {
  const entry = entryAt(context, offset);
  const anchor = entry && anchorAt(entry.document, offset)?.anchor;
  if (!anchor) return undefined;
  if (!/^[\w.-]+$/u.test(newName))
    return { refused: `"${newName}" can't be the name of an anchor: it is made of letters, digits, hyphens and dots.` };
  if (newName !== anchor.name && anchorsOf(entry.document).some((each) => each.name === newName))
    return { refused: `There is an anchor "${newName}" in this document already.` };
  const edits = [anchor.span, ...anchor.uses].map((span) => ({
    range: rangeOf(context.parsed, span),
    newText: newName,
  }));
  return { edit: { changes: { [context.uri]: edits } } };
}

const LABELS: ReadonlySet<Target> = new Set(['runbook', 'environment', 'policy']);

/** What expressions name; a document may give it a dot, but only brackets reach it then. */
const EXPRESSED: ReadonlySet<Target> = new Set(['resource', 'backup', 'variable']);

function nameFault(target: Target, name: string): string | undefined {
  if (LABELS.has(target)) {
    if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return undefined;
    return `"${name}" can't be the name of a document: it is a DNS label of lower-case letters, digits and hyphens.`;
  }
  const isName = EXPRESSED.has(target) ? /^[A-Za-z0-9_][\w-]*$/ : /^[A-Za-z0-9_][\w.-]*$/;
  if (isName.test(name)) return undefined;
  const why = EXPRESSED.has(target) && name.includes('.') ? ', for a dot ends the name in an expression' : '';
  return `"${name}" can't be the name of a ${target}: it is made of letters from A to Z, digits, hyphens and underscores${why}.`;
}

/** Names that are taken where the thing is declared: runbooks of the workspace, other documents of a folder, the rest of a document. */
function takenBy(
  context: LanguageContext,
  holders: readonly Entry[],
  target: Target,
  name: string,
  newName: string,
): string | undefined {
  if (name === newName) return undefined;
  const taken = LABELS.has(target)
    ? holders.flatMap((holder) =>
        context.workspace
          .named(holder.kind, newName)
          .filter((each) => target === 'runbook' || folderOf(each.file) === folderOf(holder.file)),
      )[0]
    : holders.find((holder) => declarationsOf(holder).some((each) => each.target === target && each.name === newName));
  return taken && `There is a ${target} "${newName}" in ${taken.file} already.`;
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
