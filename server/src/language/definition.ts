/** Go to definition: from a name, an expression, a text's URI or an alias to where it is declared. */
import type { LocationLink } from 'vscode-languageserver-types';
import { placeAt, rangeOf } from '../core/document/navigate.ts';
import type { Span } from '../core/document/node.ts';
import { linkImplicit, resourcesOf } from '../core/references/effective.ts';
import { environmentOf } from '../core/references/environment.ts';
import { declarationsOf, type Declaration } from '../core/references/references.ts';
import { entryAt, type LanguageContext } from './context.ts';
import { declarationsOfSymbol, implicitAt, symbolAt } from './naming.ts';

/** Where the thing at `offset` is declared; several where the name is ambiguous, none where it is unknown. */
export function definition(context: LanguageContext, offset: number): LocationLink[] {
  const symbol = symbolAt(context, offset);
  if (symbol) return declarationsOfSymbol(symbol).map((each) => linkTo(context, symbol.span, each));
  return implicitDefinition(context, offset) ?? aliasDefinition(context, offset);
}

function implicitDefinition(context: LanguageContext, offset: number): LocationLink[] | undefined {
  const reference = implicitAt(context, offset);
  if (!reference) return undefined;
  const { entry } = reference;
  const resource = linkImplicit(
    reference,
    resourcesOf(entry, context.workspace),
    environmentOf(entry, context.workspace),
  );
  const declared = declarationsOf(entry).find((each) => each.target === 'resource' && each.name === resource?.name);
  return declared ? [linkTo(context, reference.span, declared)] : [];
}

function aliasDefinition(context: LanguageContext, offset: number): LocationLink[] {
  const entry = entryAt(context, offset);
  const node = entry && placeAt(entry.document, offset)?.node;
  if (node?.kind !== 'alias' || !node.target) return [];
  const range = rangeOf(context.parsed, node.target);
  return [
    {
      originSelectionRange: rangeOf(context.parsed, node),
      targetUri: context.uri,
      targetRange: range,
      targetSelectionRange: { start: range.start, end: range.start },
    },
  ];
}

function linkTo(context: LanguageContext, origin: Span, declaration: Declaration): LocationLink {
  const { parsed, file } = declaration.entry;
  return {
    originSelectionRange: rangeOf(context.parsed, origin),
    targetUri: context.uriOf(file),
    targetRange: rangeOf(parsed, declaration.whole),
    targetSelectionRange: rangeOf(parsed, declaration.span),
  };
}
