/** textDocument/semanticTokens/full, what changed since the last answer (/full/delta), and /range. */
import {
  Disposable,
  type SemanticTokens,
  type SemanticTokensDelta,
  type SemanticTokensDeltaParams,
  type SemanticTokensParams,
  type SemanticTokensRangeParams,
} from 'vscode-languageserver';
import { semanticTokens as tokensOf, TOKEN_MODIFIERS, TOKEN_TYPES, type Token } from '../../language/semanticTokens.ts';
import type { LanguageContext } from '../../language/context.ts';
import { encodeCharacter, type Encoding } from '../encoding.ts';
import { method, offsetOf, type Method } from '../feature.ts';

const EMPTY: SemanticTokens = { data: [] };

/** What was answered last of each document, the oldest first. */
interface Answers {
  /** Answers given; no two have the same id. */
  count: number;
  readonly last: Map<string, { readonly resultId: string; readonly data: readonly number[] }>;
}
/** More documents than this nobody looks at by turns. */
const MOST = 20;
/** Numbers of one token. */
const WIDTH = 5;

export const semanticTokens: Method = {
  method: 'textDocument/semanticTokens/full',
  capabilities: () => ({
    semanticTokensProvider: {
      legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] },
      full: { delta: true },
      range: true,
    },
  }),
  register: (session) => {
    const answers: Answers = { count: 0, last: new Map() };
    const both = [whole(answers), changes(answers)].map((each) => each.register(session));
    return Disposable.create(() => both.forEach((each) => each.dispose()));
  },
};

function whole(answers: Answers): Method {
  return method<SemanticTokensParams>({
    method: 'textDocument/semanticTokens/full',
    capabilities: () => ({}),
    empty: EMPTY,
    answer: ({ session, context, params }) =>
      keep(answers, params.textDocument.uri, encode(context, tokensOf(context), session.encoding)),
  });
}

function changes(answers: Answers): Method {
  return method<SemanticTokensDeltaParams>({
    method: 'textDocument/semanticTokens/full/delta',
    capabilities: () => ({}),
    empty: EMPTY,
    answer: ({ session, context, params }): SemanticTokens | SemanticTokensDelta => {
      const { uri } = params.textDocument;
      const before = answers.last.get(uri);
      const after = keep(answers, uri, encode(context, tokensOf(context), session.encoding));
      if (before?.resultId !== params.previousResultId) return after;
      const edit = editBetween(before.data, after.data);
      return { resultId: after.resultId, edits: edit ? [edit] : [] };
    },
  });
}

/** The same with an id, by which the next answer tells only what is another. */
function keep(answers: Answers, uri: string, data: readonly number[]): SemanticTokens & { readonly resultId: string } {
  const { last } = answers;
  last.delete(uri);
  const [oldest] = last.keys();
  if (last.size >= MOST && oldest !== undefined) last.delete(oldest);
  answers.count += 1;
  const resultId = String(answers.count);
  last.set(uri, { resultId, data });
  return { resultId, data: [...data] };
}

/** One edit from the first token that is another to the last; undefined where none is. */
function editBetween(
  before: readonly number[],
  after: readonly number[],
): { readonly start: number; readonly deleteCount: number; readonly data: number[] } | undefined {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  if (start === before.length && start === after.length) return undefined;
  start -= start % WIDTH;
  let tail = 0;
  while (tail < most - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  tail -= tail % WIDTH;
  return { start, deleteCount: before.length - tail - start, data: after.slice(start, after.length - tail) };
}

export const semanticTokensRange = method<SemanticTokensRangeParams>({
  method: 'textDocument/semanticTokens/range',
  capabilities: () => ({}),
  empty: EMPTY,
  answer: ({ session, context, params }) => {
    const within = { start: offsetOf(context, params.range.start), end: offsetOf(context, params.range.end) };
    return { data: encode(context, tokensOf(context, within), session.encoding) };
  },
});

/** Each token by its distance from the one before, in the client's units. */
function encode({ parsed }: LanguageContext, tokens: readonly Token[], encoding: Encoding): number[] {
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
  return data;
}
