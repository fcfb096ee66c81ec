/** Highlights the other places of this file that name what stands under the cursor. */
import { DocumentHighlightKind, type DocumentHighlight } from 'vscode-languageserver-types';
import { rangeOf } from '../core/document/navigate.ts';
import { anchorAt } from './anchors.ts';
import { entryAt, type LanguageContext } from './context.ts';
import { implicitOccurrencesOf, occurrencesOf, symbolAt } from './naming.ts';
import { symbolOfImplicit } from './references.ts';

/** Declarations are written, uses are read. */
export function documentHighlight(context: LanguageContext, offset: number): DocumentHighlight[] {
  const symbol = symbolAt(context, offset) ?? symbolOfImplicit(context, offset);
  if (!symbol) return anchorHighlights(context, offset);
  const here = [
    ...occurrencesOf(context, symbol, { declarations: true, file: context.file }),
    ...implicitOccurrencesOf(context, symbol).filter((each) => each.entry.file === context.file),
  ];
  return here.map((each) => ({
    range: rangeOf(context.parsed, each.span),
    kind: each.declaration ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}

/** An anchor and its aliases. */
function anchorHighlights(context: LanguageContext, offset: number): DocumentHighlight[] {
  const entry = entryAt(context, offset);
  const anchor = entry && anchorAt(entry.document, offset)?.anchor;
  if (!anchor) return [];
  return [anchor.span, ...anchor.uses].map((span) => ({
    range: rangeOf(context.parsed, span),
    kind: span === anchor.span ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}
