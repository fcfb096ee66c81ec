/** Find references: every place of the workspace that names the same thing, URIs in texts included. */
import type { Location } from 'vscode-languageserver-types';
import { rangeOf } from '../core/document/navigate.ts';
import { resourcesOf } from '../core/references/effective.ts';
import { linkImplicit } from '../core/references/effective.ts';
import { environmentOf } from '../core/references/environment.ts';
import { anchorAt } from './anchors.ts';
import { entryAt, type LanguageContext } from './context.ts';
import { implicitAt, implicitOccurrencesOf, occurrencesOf, symbolAt, type Occurrence, type Symbol } from './naming.ts';

/** The places that name what stands at `offset`. */
export function references(context: LanguageContext, offset: number, includeDeclaration: boolean): Location[] {
  const symbol = symbolAt(context, offset) ?? symbolOfImplicit(context, offset);
  if (symbol) {
    const found = [
      ...occurrencesOf(context, symbol, { declarations: includeDeclaration }),
      ...implicitOccurrencesOf(context, symbol),
    ];
    return found.map((each) => locationOf(context, each));
  }
  // A resource that nothing declares: the other places of this runbook that name it.
  const implicit = implicitAt(context, offset);
  if (!implicit) return anchorReferences(context, offset, includeDeclaration);
  const uses =
    resourcesOf(implicit.entry, context.workspace).find(
      (each) => each.implicit && each.uses.some((use) => use.span.start === implicit.span.start),
    )?.uses ?? [];
  return uses.map((use) => locationOf(context, { entry: use.entry, span: use.span, declaration: false, plain: false }));
}

/** The aliases of an anchor, and the anchor itself where declarations are asked for. */
function anchorReferences(context: LanguageContext, offset: number, includeDeclaration: boolean): Location[] {
  const entry = entryAt(context, offset);
  const anchor = entry && anchorAt(entry.document, offset)?.anchor;
  if (!anchor) return [];
  const spans = includeDeclaration ? [anchor.span, ...anchor.uses] : anchor.uses;
  return spans.map((span) => ({ uri: context.uri, range: rangeOf(context.parsed, span) }));
}

/** The declared resource that a text names at `offset`. */
export function symbolOfImplicit(context: LanguageContext, offset: number): Symbol | undefined {
  const implicit = implicitAt(context, offset);
  if (!implicit) return undefined;
  const { entry } = implicit;
  const name = linkImplicit(
    implicit,
    resourcesOf(entry, context.workspace),
    environmentOf(entry, context.workspace),
  )?.name;
  return name === undefined
    ? undefined
    : { target: 'resource', name, holders: [entry], span: implicit.span, node: undefined };
}

function locationOf(context: LanguageContext, { entry, span }: Occurrence): Location {
  return { uri: context.uriOf(entry.file), range: rangeOf(entry.parsed, span) };
}
