/** Semantic tokens: names that are declared, names that refer, expressions and what they name. */
import { positionAt } from '../core/document/navigate.ts';
import type { Span } from '../core/document/node.ts';
import type { Target } from '../core/references/places.ts';
import { declarationsOf, expressionsOf, referencesOf } from '../core/references/references.ts';
import type { LanguageContext } from './context.ts';

export const TOKEN_TYPES = [
  'namespace',
  'class',
  'variable',
  'property',
  'function',
  'macro',
  'string',
  'enumMember',
] as const;
export const TOKEN_MODIFIERS = ['declaration', 'readonly'] as const;
type TokenType = (typeof TOKEN_TYPES)[number];

const TYPES: Readonly<Record<Target, TokenType>> = {
  runbook: 'namespace',
  environment: 'namespace',
  policy: 'namespace',
  resource: 'variable',
  backup: 'property',
  step: 'function',
  class: 'class',
  account: 'enumMember',
  database: 'variable',
  sandbox: 'variable',
  variable: 'variable',
};

/** One token, on one line. */
export interface Token {
  readonly line: number;
  /** UTF-16 units. */
  readonly start: number;
  readonly length: number;
  readonly type: number;
  readonly modifiers: number;
}

/** Tokens in order, none over another. `within` leaves out what lies outside. */
export function semanticTokens(context: LanguageContext, within?: Span): Token[] {
  const { parsed } = context;
  const found: (Span & { readonly type: TokenType; readonly modifiers: number; readonly rank: number })[] = [];
  for (const entry of context.entries) {
    for (const { span, target } of declarationsOf(entry))
      found.push({ ...spanOf(span), type: TYPES[target], modifiers: 1, rank: 1 });
    for (const reference of referencesOf(entry)) {
      if (reference.form === 'implicit')
        found.push({ ...spanOf(reference.span), type: 'string', modifiers: 2, rank: 2 });
      else found.push({ ...spanOf(reference.span), type: TYPES[reference.target], modifiers: 0, rank: 0 });
    }
    for (const { expression, text } of expressionsOf(entry)) {
      const open = text.spanOf(expression.start, Math.min(expression.end, expression.start + 3));
      found.push({ ...open, type: 'macro', modifiers: 0, rank: 0 });
      for (const segment of expression.segments)
        found.push({ ...text.spanOf(segment.start, segment.end), type: 'property', modifiers: 0, rank: 1 });
      if (!expression.problem)
        found.push({ ...text.spanOf(expression.end - 2, expression.end), type: 'macro', modifiers: 0, rank: 0 });
    }
  }
  found.sort((one, other) => one.start - other.start || one.rank - other.rank);
  const tokens: Token[] = [];
  let end = -1;
  for (const each of found) {
    if (each.start < end || each.end <= each.start) continue;
    if (within && (each.end < within.start || each.start > within.end)) continue;
    const from = positionAt(parsed, each.start);
    // A token stays on its line: a name that is folded over two is left to the grammar.
    if (positionAt(parsed, each.end).line !== from.line) continue;
    end = each.end;
    tokens.push({
      line: from.line,
      start: from.character,
      length: each.end - each.start,
      type: TOKEN_TYPES.indexOf(each.type),
      modifiers: each.modifiers,
    });
  }
  return tokens;
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}
