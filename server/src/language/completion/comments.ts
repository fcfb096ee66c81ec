/** Suppressions in completion: `drillbook-ignore` in a comment, and the codes that it can name. */
import { startOfLine } from '../../core/document/lines.ts';
import { CompletionItemKind, InsertTextFormat, type CompletionItem } from 'vscode-languageserver-types';
import { rangeOf } from '../../core/document/navigate.ts';
import { CATALOGUE } from '../../core/rules/catalogue.ts';
import type { Entry } from '../../core/workspace.ts';
import type { LanguageContext } from '../context.ts';
import { untilDate } from '../words.ts';
import type { CompletionOptions } from './complete.ts';
import { withoutStops } from './plainText.ts';

/** The items inside a comment that begins to be a suppression; undefined elsewhere. */
export function suppressionItems(
  context: LanguageContext,
  entry: Entry | undefined,
  offset: number,
  options: CompletionOptions,
): CompletionItem[] | undefined {
  const { text } = context.parsed;
  const lineStart = startOfLine(text, offset);
  const match = /(?:^|\s)#\s*(?:drillbook-ignore\s+(?<code>[\w/-]*)|(?<word>d[\w-]*))$/u.exec(
    text.slice(lineStart, offset),
  );
  if (!match?.groups || !entry || isInText(entry, offset)) return undefined;
  const { code, word } = match.groups;
  const typed = code ?? word ?? '';
  const rest = /^[\w/-]*/u.exec(text.slice(offset, offset + 100))?.[0] ?? '';
  const range = rangeOf(context.parsed, { start: offset - typed.length, end: offset + rest.length });
  // The words that must follow, unless they do.
  const follows = /^[^\n]*until=/u.test(text.slice(offset));
  const words = follows ? '' : ` until=${untilDate(context.now)} reason="\${1:say why here}"`;
  const item = (label: string, body: string, detail: string): CompletionItem => ({
    label,
    kind: CompletionItemKind.Snippet,
    detail,
    filterText: label,
    insertTextFormat: options.snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range, newText: options.snippets ? body : withoutStops(body) },
  });
  if (code === undefined) return [item('drillbook-ignore', 'drillbook-ignore ', 'leave a finding out until a day')];
  return CATALOGUE.filter((row) => !/^(?:unchecked|syntax)\//u.test(row.code)).map((row) =>
    item(row.code, row.code + words, row.title),
  );
}

/** A `#` inside the text of a scalar begins no comment; one at the end of what is typed does. */
function isInText(entry: Entry, offset: number): boolean {
  return !entry.document.comments.some((comment) => comment.start < offset && offset <= comment.end);
}
