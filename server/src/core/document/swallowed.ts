/** Brackets that are never closed, and text that became a comment by mistake: `contact: #payments` takes a bracket's end with it. */
import type { Span, SyntaxProblem } from './node.ts';

/** Brackets are looked through this far. */
const MOST = 2000;

/** The text that begins with `#` behind a key, comma or bracket, whose line holds a closing bracket that lacks; the first from `from` on. */
export function swallowedInBrackets(text: string, from: number): Span | undefined {
  let lineStart = from;
  for (const line of text.slice(from, from + MOST).split('\n')) {
    // Where nothing closes behind the first of a line, nothing does behind another.
    const match = /[:,[][ \t]+(#[^\s#,}\]][^,}\]\r]*)/u.exec(line);
    const written = match?.[1]?.trimEnd();
    if (match && written !== undefined && /[}\]]/u.test(line.slice(match.index + match[0].length))) {
      const start = lineStart + match.index + match[0].indexOf('#');
      return { start, end: start + written.length };
    }
    lineStart += line.length + 1;
  }
  return undefined;
}

/** The text that begins with `#` behind a key without a value, on the key's own line; `# a remark` is none. */
export function swallowedBehind(text: string, keyEnd: number): Span | undefined {
  const match = /^["']?\s*:[ \t]+(#[^\s#][^\r\n]*)/u.exec(text.slice(keyEnd, keyEnd + 200));
  const written = match?.[1]?.replace(/\s+#.*$/u, '').trimEnd();
  if (!match || written === undefined) return undefined;
  const start = keyEnd + match[0].indexOf('#');
  return { start, end: start + written.length };
}

/** What is said of a bracket that is still open at an offset, marked where it stands. */
export function unclosedBracket(
  text: string,
  offset: number,
  closing: string,
  otherwise: Span,
): Pick<SyntaxProblem, 'message' | 'start' | 'end'> {
  const mark = openingBracket(text, offset, otherwise);
  const lost = swallowedInBrackets(text, mark.start);
  const why = lost
    ? `since \`${text.slice(lost.start, lost.end)}\` begins a comment; quote it`
    : `or its \`${closing}\` stands too far left`;
  const bracket = closing === '}' ? '{' : '[';
  return { message: `The bracket \`${bracket}\` that opens here is never closed, ${why}.`, ...mark };
}

/** The bracket that is still open at an offset; one character. What stands in a comment closes nothing. */
function openingBracket(text: string, offset: number, otherwise: Span): Span {
  const before = text.slice(0, offset).replace(/(^|[ \t])#[^\n]*/gmu, (comment) => ' '.repeat(comment.length));
  let closed = 0;
  for (let at = before.length - 1; at >= 0; at--) {
    const character = before[at];
    if (character === '}' || character === ']') closed++;
    else if ((character === '{' || character === '[') && closed-- === 0) return { start: at, end: at + 1 };
  }
  return otherwise;
}
