/** Reads `# drillbook-ignore CODE until=DATE reason="…"` comments; what is malformed suppresses nothing and says why. */
import { positionAt } from '../document/navigate.ts';
import type { Comment, ParsedDocument, ParsedText, Span } from '../document/node.ts';
import { listed, suggest } from '../references/suggest.ts';
import { CATALOGUE } from '../rules/catalogue.ts';

/** One comment that asks to leave a finding out. */
export interface Suppression {
  readonly document: number;
  readonly comment: Comment;
  /** The code that it names, known or not; empty where it names none. */
  readonly code: string;
  /** Where the code stands in the text. */
  readonly codeSpan: Span;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string | undefined;
  readonly reason: string | undefined;
  /** The lines (from 0) whose findings it means. */
  readonly lines: readonly number[];
  /** What is wrong with it. */
  readonly fault?: { readonly message: string; readonly span: Span; readonly suggestions: readonly string[] };
}

const WORD = 'drillbook-ignore';

/** Every suppression of the documents of ours in a text, in order. */
export function suppressionsOf(parsed: ParsedText): readonly Suppression[] {
  if (!parsed.text.includes(WORD)) return [];
  // Other tools' documents are left alone, whatever their comments say.
  const ours = parsed.documents.filter((document) => document.apiVersion !== undefined);
  return ours.flatMap((document) =>
    document.comments
      .filter((comment) => new RegExp(`^${WORD}\\b`).test(comment.text))
      .map((comment) => parseOne(parsed, document, comment)),
  );
}

function parseOne(parsed: ParsedText, document: ParsedDocument, comment: Comment): Suppression {
  const written = parsed.text.slice(comment.start, comment.end);
  const from = comment.start + Math.max(0, written.indexOf(WORD)) + WORD.length;
  const rest = parsed.text.slice(from, comment.end);
  const code = /^[\s:]*([^\s=]+)(?=\s|$)/.exec(rest);
  const codeStart = from + (code ? code[0].length - (code[1] ?? '').length : 0);
  const codeSpan = { start: codeStart, end: codeStart + (code?.[1]?.length ?? 0) };
  const words = code ? rest.slice(code[0].length) : rest;
  const until = /(?:^|\s)until=(?:"([^"]*)"|'([^']*)'|(\S*))/.exec(words);
  const reason = /(?:^|\s)reason=(?:"([^"]*)"|'([^']*)'|(\S*))/.exec(words);
  const name = code?.[1] ?? '';
  const untilText = until?.[1] ?? until?.[2] ?? until?.[3];
  const reasonText = reason?.[1] ?? reason?.[2];
  const fault = faultOf(
    name,
    untilText,
    reason ? (reasonText ?? reason[3] ?? '') : undefined,
    reasonText !== undefined,
  );
  const onCode = fault?.at === 'code' && name !== '';
  return {
    document: document.index,
    comment,
    code: name,
    codeSpan,
    until: untilText,
    reason: reasonText,
    lines: linesOf(parsed, comment),
    ...(fault
      ? {
          fault: {
            message: fault.message,
            suggestions: fault.suggestions,
            span: onCode ? codeSpan : { start: comment.start, end: comment.end },
          },
        }
      : {}),
  };
}

interface Fault {
  readonly at: 'code' | 'all';
  readonly message: string;
  readonly suggestions: readonly string[];
}

const SHAPE = '# drillbook-ignore CODE until=YYYY-MM-DD reason="why"';

function faultOf(
  code: string,
  until: string | undefined,
  reason: string | undefined,
  quoted: boolean,
): Fault | undefined {
  const all = (message: string): Fault => ({ at: 'all', message: `${message}; write ${SHAPE}.`, suggestions: [] });
  if (code === '') return all('This drillbook-ignore names no finding code, so it suppresses nothing');
  if (code.startsWith('unchecked/')) {
    return {
      at: 'code',
      message: `"${code}" can't be suppressed: what could not be checked must stay in sight.`,
      suggestions: [],
    };
  }
  if (code === 'schema/suppression')
    return {
      at: 'code',
      message: `"${code}" can't be suppressed; mend the comment that it is about.`,
      suggestions: [],
    };
  const known = CATALOGUE.map((row) => row.code);
  if (!known.includes(code)) {
    const near = suggest(code, known);
    const hint =
      near.length > 0 ? `did you mean ${listed(near.map((each) => `"${each}"`))}?` : '`drillbook rules` lists them.';
    return { at: 'code', message: `There is no finding "${code}" to suppress; ${hint}`, suggestions: near };
  }
  if (until === undefined && reason === undefined)
    return all(`This drillbook-ignore of ${code} needs an end date and a reason, so it suppresses nothing yet`);
  if (until === undefined) return all(`This drillbook-ignore of ${code} has no end date, so it suppresses nothing yet`);
  if (endOf(until) === undefined)
    return all(`"${until}" is not a date, so this drillbook-ignore of ${code} suppresses nothing yet`);
  if (reason === undefined || reason.trim() === '')
    return all(`This drillbook-ignore of ${code} gives no reason, so it suppresses nothing yet`);
  if (!quoted) return all(`The reason of this drillbook-ignore of ${code} needs quotes`);
  return undefined;
}

/** The first moment (milliseconds, UTC) at which a suppression until that day holds no more; undefined where it is no date. */
export function endOf(until: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until)) return undefined;
  const start = Date.parse(`${until}T00:00:00Z`);
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== until) return undefined;
  return start + 86_400_000;
}

/** Behind a value it means that line; alone on its line the next one that is no comment. */
function linesOf(parsed: ParsedText, comment: Comment): readonly number[] {
  const line = positionAt(parsed, comment.start).line;
  const before = parsed.text.slice(parsed.lineStarts[line] ?? 0, comment.start);
  if (before.trim() !== '') return [line];
  let next = line + 1;
  while (next < parsed.lineStarts.length && /^\s*#/.test(lineText(parsed, next))) next++;
  return [next];
}

function lineText(parsed: ParsedText, line: number): string {
  return parsed.text.slice(
    parsed.lineStarts[line] ?? parsed.text.length,
    parsed.lineStarts[line + 1] ?? parsed.text.length,
  );
}
