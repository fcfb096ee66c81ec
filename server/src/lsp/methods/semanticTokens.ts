/** textDocument/semanticTokens/full and /range. */
import type { SemanticTokens, SemanticTokensParams, SemanticTokensRangeParams } from 'vscode-languageserver';
import { semanticTokens as tokensOf, TOKEN_MODIFIERS, TOKEN_TYPES, type Token } from '../../language/semanticTokens.ts';
import type { LanguageContext } from '../../language/context.ts';
import { encodeCharacter, type Encoding } from '../encoding.ts';
import { method, offsetOf } from '../feature.ts';

const EMPTY: SemanticTokens = { data: [] };

export const semanticTokens = method<SemanticTokensParams>({
  method: 'textDocument/semanticTokens/full',
  capabilities: () => ({
    semanticTokensProvider: {
      legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] },
      full: true,
      range: true,
    },
  }),
  empty: EMPTY,
  answer: ({ session, context }) => encode(context, tokensOf(context), session.encoding),
});

export const semanticTokensRange = method<SemanticTokensRangeParams>({
  method: 'textDocument/semanticTokens/range',
  capabilities: () => ({}),
  empty: EMPTY,
  answer: ({ session, context, params }) => {
    const within = { start: offsetOf(context, params.range.start), end: offsetOf(context, params.range.end) };
    return encode(context, tokensOf(context, within), session.encoding);
  },
});

/** Each token by its distance from the one before, in the client's units. */
function encode({ parsed }: LanguageContext, tokens: readonly Token[], encoding: Encoding): SemanticTokens {
  const data: number[] = [];
  let line = 0;
  let start = 0;
  for (const token of tokens) {
    const lineStart = parsed.lineStarts[token.line] ?? 0;
    const text = encoding === 'utf-16' ? '' : parsed.text.slice(lineStart, lineStart + token.start + token.length);
    const from = encodeCharacter(text, token.start, encoding);
    const to = encodeCharacter(text, token.start + token.length, encoding);
    data.push(token.line - line, token.line === line ? from - start : from, to - from, token.type, token.modifiers);
    line = token.line;
    start = from;
  }
  return { data };
}
