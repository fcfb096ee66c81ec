/** The library's errors in words for people, each with a span of at most one line. */
import type { YAMLError } from 'yaml';
import type { Fix } from '../finding.ts';
import type { Span, SyntaxProblem } from './node.ts';
import { unclosedBracket } from './swallowed.ts';
import { tabIndentation, tabsOf } from './tabs.ts';

/** Of a piece that is no YAML at all this many errors are looked at. */
const MOST = 1000;

/** `&` or `*` with no name behind it. */
const NAMELESS = /empty string/;

/** The errors as problems; those that only follow from another one are left out. */
export function reworded(text: string, all: readonly YAMLError[]): SyntaxProblem[] {
  const errors = all.slice(0, MOST);
  let tabs: readonly Span[] | undefined;
  const tabLines = (): readonly Span[] => (tabs ??= tabsOf(text));
  const said = errors
    .filter(({ code }) => code !== 'DUPLICATE_KEY' && code !== 'RESOURCE_EXHAUSTION')
    // What an alias means is told after the pieces are put together; here only what is none at all.
    .filter(({ code, message }) => code !== 'BAD_ALIAS' || NAMELESS.test(message))
    // One fault of indentation makes both, and the other one tells more.
    .filter(
      ({ code, pos }) =>
        code !== 'MULTILINE_IMPLICIT_KEY' ||
        !errors.some((other) => other.code === 'BLOCK_AS_IMPLICIT_KEY' && other.pos[0] === pos[0]),
    )
    .map((error) => ({ problem: reword(text, error, tabLines), unclosed: /closing|end with a/.test(error.message) }))
    .sort((a, b) => a.problem.start - b.problem.start);
  const problems: SyntaxProblem[] = [];
  let lastLineEnd = -1;
  for (const { problem, unclosed } of said) {
    // What stands on the same line or the next one, or behind a bracket or quote that isn't closed, is mostly its echo.
    if (problem.start <= lastLineEnd) continue;
    problems.push(problem);
    if (unclosed) break;
    const lineEnd = text.indexOf('\n', problem.start);
    const nextLineEnd = lineEnd < 0 ? -1 : text.indexOf('\n', lineEnd + 1);
    lastLineEnd = nextLineEnd < 0 ? text.length : nextLineEnd;
  }
  return problems;
}

function reword(text: string, error: YAMLError, tabLines: () => readonly Span[]): SyntaxProblem {
  const span = bounded(text, error.pos[0], error.pos[1]);
  const closing = /end with a ([\]}])/.exec(error.message)?.[1];
  const tab = closing ? undefined : tabIndentation(lineAt(text, span.start), error, tabLines);
  if (tab) return tab;
  if (closing) return { code: 'syntax/yaml', ...unclosedBracket(text, error.pos[0], closing, span) };
  const say = WORDS[error.code];
  const said = say?.({
    text,
    message: error.message,
    span,
    words: text.slice(span.start, span.end).trim().slice(0, 40),
  });
  return { code: 'syntax/yaml', ...(said ?? { message: sentence(error.message), ...span }) };
}

interface Said extends Span {
  readonly message: string;
  readonly fixes?: readonly Fix[];
}
interface Case {
  readonly text: string;
  readonly message: string;
  readonly span: Span;
  /** What is marked, cut. */
  readonly words: string;
}

/** By the library's code; undefined where its own words must do. */
const WORDS: Readonly<Record<string, ((given: Case) => Said | undefined) | undefined>> = {
  MISSING_CHAR: missingCharacter,
  BAD_ALIAS: ({ message, span }) => ({
    message: /^Anchor/.test(message)
      ? 'This anchor has no name; write `&name`, or quote the text that begins with `&`.'
      : 'This alias has no name; write `*name`, or quote the text that begins with `*`.',
    ...span,
  }),
  TAB_AS_INDENT: ({ span }) => ({ message: 'YAML does not take tabs as indentation; use spaces.', ...span }),
  BAD_INDENT: ({ text, message, span }) => {
    const line = lineAt(text, span.start);
    const start = line.start + (/^\s*/.exec(line.text)?.[0].length ?? 0);
    const mark = span.start < start ? { start, end: wordEnd(text, start) } : span;
    return /same column/.test(message)
      ? {
          message: 'This line is indented unlike the others of its map; all keys of a map start in the same column.',
          ...mark,
        }
      : { message: 'This line is indented wrongly: it belongs to nothing above it.', ...mark };
  },
  MULTILINE_IMPLICIT_KEY: ({ span, words }) => ({
    message:
      blankMissing(words) ??
      `\`${words}\` has no colon behind it, so it runs on into the next line; write \`${words.split(' ')[0] ?? ''}: …\`.`,
    ...span,
  }),
  BLOCK_AS_IMPLICIT_KEY: blockAsKey,
  BAD_SCALAR_START: ({ text, span, words }) => ({
    message: `A plain value can't begin with \`${words.charAt(0)}\`; quote it.`,
    start: span.start,
    end: wordEnd(text, span.start + 1),
    ...quoteFix(text, span.start),
  }),
  BAD_DQ_ESCAPE: ({ text, span }) => {
    const end = Math.min(span.start + 2, text.length);
    const escape = text.slice(span.start, end);
    return {
      message: `\`${escape}\` is no escape in double quotes; double the backslash, or use single quotes.`,
      start: span.start,
      end,
    };
  },
  BLOCK_IN_FLOW: ({ text, span }) => {
    const second = /^[^,\n]*?\s([^\s,:{}[\]]+)\s*:\s/.exec(text.slice(span.start, span.start + 200))?.[1];
    return second === undefined
      ? { message: "A block can't stand inside brackets; write it on one line, or without the brackets.", ...span }
      : { message: `A comma is missing before \`${second}\`; or quote the value that holds the colon.`, ...span };
  },
  UNEXPECTED_TOKEN: ({ text, message, span, words }) => {
    if (/flow-(?:map|seq)-start/.test(message)) {
      if (text.slice(span.start - 1, span.start + 2) === '${{') {
        return {
          message:
            'The expression that opens here is never closed by `}}`; between brackets it must be quoted as well.',
          start: span.start - 1,
          end: span.end,
        };
      }
      return { message: `\`${words.charAt(0)}\` opens a bracket within a value; quote the value.`, ...span };
    }
    if (/^[\]}]/.test(words)) return { message: `\`${words.charAt(0)}\` closes nothing.`, ...span };
    if (!/scalar|block-map|alias|seq-item/.test(message)) return undefined;
    return {
      message: `\`${words}\` can't follow here; a key, a comma or a new line is missing, or the indentation is wrong.`,
      ...span,
    };
  },
  MULTIPLE_ANCHORS: ({ span }) => ({ message: 'A value has at most one anchor.', ...span }),
  MULTIPLE_TAGS: ({ span }) => ({ message: 'A value has at most one tag.', ...span }),
  ALIAS_PROPS: ({ span }) => ({ message: 'An alias takes neither an anchor nor a tag.', ...span }),
  KEY_OVER_1024_CHARS: ({ span }) => ({
    message: 'A key is at most 1,024 characters long; quote the value, if it was meant as one.',
    ...span,
  }),
};

function missingCharacter({ text, message, span, words }: Case): Said | undefined {
  const quote = /closing (["'])/.exec(message)?.[1];
  if (quote) {
    const at = text.lastIndexOf(quote, Math.min(span.start, text.length - 1));
    const mark = at < 0 ? span : { start: at, end: at + 1 };
    return {
      message: `The quote \`${quote}\` that opens here is never closed.`,
      ...openingQuote(text, span.start, quote, mark),
    };
  }
  if (/followed by map values/.test(message)) {
    return {
      message:
        blankMissing(words) ??
        `\`${words}\` has no colon behind it; write \`${words}: …\`, or indent it if it belongs to the line above.`,
      ...span,
    };
  }
  if (/missing ,/i.test(message))
    return { message: `A comma is missing before \`${words}\`, or the value must be quoted.`, ...span };
  if (/missing space/i.test(message))
    return { message: 'A blank is missing behind the colon, comma or dash.', ...span };
  return undefined;
}

/** `key:value` is one word to YAML. */
function blankMissing(words: string): string | undefined {
  const [, key, value] = /^([\w-]+):([^\s:].*)$/.exec(words) ?? [];
  if (key === undefined || value === undefined || value.startsWith('//')) return undefined;
  return `A blank is missing behind the colon; write \`${key}: ${value}\`.`;
}

function blockAsKey({ text, message, span }: Case): Said {
  if (!/compact/.test(message)) {
    const line = lineAt(text, span.start);
    const start = Math.max(span.start, line.start + (/^ */.exec(line.text)?.[0].length ?? 0));
    const what = 'This item stands in no list: all items of a list start in the same column, below its key.';
    return { message: what, start, end: start + 1 };
  }
  const rest = text.slice(span.start, span.start + 500);
  const newline = rest.indexOf('\n');
  const colon = rest.search(/:(?:\s|$)/);
  if (newline >= 0 && (colon < 0 || newline < colon)) {
    const value = rest.slice(0, newline).trim();
    const start = span.start + newline + 1 + (/^\s*/.exec(rest.slice(newline + 1))?.[0].length ?? 0);
    return {
      message: `This line is indented deeper than the one above, which has the value \`${value.slice(0, 40)}\` already; start both in the same column.`,
      start,
      end: wordEnd(text, start),
    };
  }
  return {
    message: 'A second colon on one line starts a map within the value; quote the value, or begin a new line.',
    start: span.start,
    end: wordEnd(text, span.start),
    ...quoteFix(text, span.start),
  };
}

/** Quotes the rest of the line; not where the value stands in brackets, whose end only people know. */
function quoteFix(text: string, start: number): { fixes?: readonly Fix[] } {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  if (/[{[]/.test(text.slice(lineStart, start))) return {};
  const newline = text.indexOf('\n', start);
  const value = text.slice(start, newline < 0 ? text.length : newline).replace(/(?:\s+#.*|\s+)$/, '');
  if (value === '' || /^["']/.test(value)) return {};
  const newText = /["\\]/.test(value) ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;
  return {
    fixes: [
      { title: 'Quote the value', edits: [{ span: { start, end: start + value.length }, newText }], preferred: true },
    ],
  };
}

/** The quote that opened the value which runs on to an offset: the first on its line of a value behind a colon, dash or comma. */
function openingQuote(text: string, offset: number, quote: string, otherwise: Span): Span {
  const before = text.slice(Math.max(0, offset - 2000), offset + 1);
  const found = [...before.matchAll(/(?:[:,[{-]\s+|^\s*)(["'])/gm)].findLast((match) => match[1] === quote);
  if (!found) return otherwise;
  const at = Math.max(0, offset - 2000) + found.index + found[0].length - 1;
  return { start: at, end: at + 1 };
}

/** At least one character where there is one, at most the rest of the line. */
function bounded(text: string, from: number, to: number): Span {
  let start = Math.max(0, Math.min(from, text.length));
  // At the end of a line or the text there is nothing to mark: what stands before is.
  if (start >= text.length || text[start] === '\n' || text[start] === '\r') {
    while (start > 0 && /[\r\n]/.test(text[start - 1] ?? '') && start >= text.length) start--;
    if (start > 0 && !/[\r\n]/.test(text[start - 1] ?? '\n')) start--;
  }
  const newline = text.indexOf('\n', start);
  const lineEnd = newline < 0 ? text.length : newline;
  let end = Math.min(Math.max(to, start + 1), Math.max(lineEnd, start + 1), text.length);
  while (end > start + 1 && /\s/.test(text[end - 1] ?? '')) end--;
  return end === start + 1 && /\w/.test(text[start] ?? '') ? { start, end: wordEnd(text, start) } : { start, end };
}

/** The end of the word at an offset; at least one character on. */
function wordEnd(text: string, start: number): number {
  const word = /^[^\s,:{}[\]]*/.exec(text.slice(start, start + 200))?.[0] ?? '';
  return Math.min(start + Math.max(1, word.length), text.length);
}

function lineAt(text: string, offset: number): { readonly start: number; readonly text: string } {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', start);
  return { start, text: text.slice(start, end < 0 ? text.length : end) };
}

function sentence(message: string): string {
  const first = (message.split('\n')[0] ?? message).trim();
  return first.endsWith('.') ? first : `${first}.`;
}
