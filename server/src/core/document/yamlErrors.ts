/** The library's errors in words for people, each with a span of at most one line. */
import type { YAMLError } from 'yaml';
import type { SyntaxProblem } from './node.ts';

/** The errors as problems; those that only follow from another one are left out. */
export function reworded(text: string, errors: readonly YAMLError[]): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  let lastLineEnd = -1;
  let unclosed = false;
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    if (error.code === 'DUPLICATE_KEY' || error.code === 'BAD_ALIAS') continue;
    const problem = reword(text, error);
    // What stands on the same line or the next one, or behind a bracket or quote that isn't closed, is mostly its echo.
    if (unclosed || problem.start <= lastLineEnd) continue;
    unclosed = error.code === 'MISSING_CHAR' && /closing|quote/.test(error.message);
    const lineEnd = text.indexOf('\n', problem.start);
    const nextLineEnd = lineEnd < 0 ? -1 : text.indexOf('\n', lineEnd + 1);
    lastLineEnd = nextLineEnd < 0 ? text.length : nextLineEnd;
    problems.push(problem);
  }
  return problems;
}

function reword(text: string, error: YAMLError): SyntaxProblem {
  const span = bounded(text, error.pos[0], error.pos[1]);
  const at = lineAt(text, span.start);
  const indentation = /^[ \t]*/.exec(at.text)?.[0] ?? '';
  if (indentation.includes('\t') && /INDENT|UNEXPECTED|MISSING|BAD_SCALAR|IMPOSSIBLE/.test(error.code)) {
    const start = at.start + indentation.indexOf('\t');
    const end = at.start + indentation.length;
    const newText = '  '.repeat(end - start);
    return {
      code: 'syntax/yaml',
      message: 'YAML does not take tabs as indentation; use spaces.',
      start,
      end,
      fixes: [{ title: 'Replace tabs by spaces', edits: [{ span: { start, end }, newText }], preferred: true }],
    };
  }
  return { code: 'syntax/yaml', ...special(text, error, span) };
}

type Said = Pick<SyntaxProblem, 'message' | 'start' | 'end'>;

function special(text: string, error: YAMLError, span: { start: number; end: number }): Said {
  const words = text.slice(span.start, span.end).trim().slice(0, 40);
  const { message, code } = error;
  switch (code) {
    case 'MISSING_CHAR': {
      const quote = /closing (["'])/.exec(message)?.[1];
      if (quote)
        return {
          message: `The quote \`${quote}\` that opens here is never closed.`,
          ...opening(text, error, quote, span),
        };
      if (/flow (map|sequence)|expected.*[\]}]|end with a/.test(message) && /[\]}]/.test(message)) {
        const bracket = message.includes('}') ? '{' : '[';
        return {
          message: `The bracket \`${bracket}\` that opens here is never closed.`,
          ...opening(text, error, bracket, span),
        };
      }
      if (/followed by map values/.test(message))
        return {
          message: `\`${words}\` has no colon behind it; write \`${words}: …\`, or indent it if it belongs to the line above.`,
          ...span,
        };
      if (/Missing , /.test(message) || /missing ,/i.test(message))
        return {
          message: `A comma is missing before \`${words.slice(0, 20)}\`, or the value must be quoted.`,
          ...span,
        };
      if (/Missing space/.test(message))
        return { message: 'A blank is missing behind the colon, comma or dash.', ...span };
      break;
    }
    case 'TAB_AS_INDENT':
      return { message: 'YAML does not take tabs as indentation; use spaces.', ...span };
    case 'BAD_INDENT':
      return {
        message: /same column/.test(message)
          ? 'This line is indented unlike the others of its map; all keys of a map start in the same column.'
          : 'This line is indented wrongly: it belongs to nothing above it.',
        ...span,
      };
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        message: `\`${words.split('\n')[0] ?? ''}\` is read as part of a key that goes over several lines; a colon is missing, or the indentation is wrong.`,
        ...span,
      };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        message: /compact/.test(message)
          ? 'A second colon on the line makes this a map within a value; quote the value or begin a new line.'
          : "A list can't stand here; indent it below a key.",
        ...span,
      };
    case 'BAD_SCALAR_START':
      return { message: `A plain value can't begin with \`${words.charAt(0)}\`; quote it.`, ...span };
    case 'BAD_DQ_ESCAPE':
      return {
        message: `\`${words.slice(0, 6)}\` is not an escape that double quotes know; double the backslash or use single quotes.`,
        ...span,
      };
    case 'BLOCK_IN_FLOW':
      return {
        message: "A block can't stand inside brackets; write it in one line, or without the brackets.",
        ...span,
      };
    case 'UNEXPECTED_TOKEN':
      if (/flow-(map|seq)-end|[\]}]/.test(message) && /^[\]}]/.test(words))
        return { message: `\`${words.charAt(0)}\` closes nothing.`, ...span };
      if (/scalar|block-map|alias/.test(message))
        return {
          message: `\`${words}\` can't follow here; a key or a new line is missing, or the indentation is wrong.`,
          ...span,
        };
      break;
    case 'MULTIPLE_ANCHORS':
      return { message: 'A value has at most one anchor.', ...span };
    case 'ALIAS_PROPS':
      return { message: 'An alias takes neither an anchor nor a tag.', ...span };
    case 'KEY_OVER_1024_CHARS':
      return { message: 'A key is at most 1,024 characters long.', ...span };
    default:
  }
  return { message: sentence(message), ...span };
}

/** The bracket or quote that opened, where the library points to the end; one character. */
function opening(
  text: string,
  error: YAMLError,
  character: string,
  span: { start: number; end: number },
): { start: number; end: number } {
  const from = Math.min(error.pos[0], text.length - 1);
  const at = text.lastIndexOf(character, from);
  return at < 0 ? span : { start: at, end: at + 1 };
}

/** At least one character, at most the rest of the line. */
function bounded(text: string, from: number, to: number): { start: number; end: number } {
  let start = Math.max(0, Math.min(from, text.length));
  // At the end of a text or line there is nothing to mark: what stands before is.
  while (
    start > 0 &&
    (start >= text.length || text[start] === '\n' || text[start] === '\r') &&
    !/\s/.test(text[start - 1] ?? ' ')
  ) {
    start--;
    if (text[start] !== '\n' && text[start] !== '\r') break;
  }
  const lineEnd = text.indexOf('\n', start);
  let end = Math.min(Math.max(to, start + 1), lineEnd < 0 ? text.length : Math.max(lineEnd, start + 1));
  while (end > start + 1 && /\s/.test(text[end - 1] ?? '')) end--;
  return { start, end: Math.max(end, Math.min(start + 1, text.length)) };
}

function lineAt(text: string, offset: number): { start: number; text: string } {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', start);
  return { start, text: text.slice(start, end < 0 ? text.length : end) };
}

function sentence(message: string): string {
  const first = (message.split('\n')[0] ?? message).trim();
  return first.endsWith('.') ? first : `${first}.`;
}
