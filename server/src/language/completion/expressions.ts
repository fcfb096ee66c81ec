/** Completion inside `${{ }}`: roots, the names under them, and their members with their types. */
import { startOfLine } from '../../core/document/lines.ts';
import { CompletionItemKind, InsertTextFormat, type CompletionItem } from 'vscode-languageserver-types';
import { rangeOf } from '../../core/document/navigate.ts';
import { environmentOf } from '../../core/references/environment.ts';
import { asMap, asText, dig } from '../../core/references/read.ts';
import {
  BACKUP_MEMBERS,
  ENVIRONMENT_MEMBERS,
  RESOURCE_MEMBERS,
  ROOTS,
  type Member,
} from '../../core/references/vocabulary.ts';
import type { Entry } from '../../core/workspace.ts';
import type { LanguageContext } from '../context.ts';
import type { CompletionOptions } from './complete.ts';
import { lineEnd } from './flow.ts';

/** The items of the expression that the cursor is in, each with its edit; undefined where it is in none. */
export function completeExpression(
  context: LanguageContext,
  entry: Entry | undefined,
  offset: number,
): CompletionItem[] | undefined {
  const { text } = context.parsed;
  const expression = expressionBefore(text, offset);
  if (!expression) return undefined;
  if (!entry) return [];
  const start = offset - expression.typed.length;
  const end = wordEnd(text, offset);
  const rest = text.slice(end, lineEnd(text, end)).split('${{')[0] ?? '';
  const range = rangeOf(context.parsed, { start, end });
  return expressionItems(context, entry, expression.path).map((item) => {
    // What ends the path ends the expression as well, unless that is there.
    const close = item.commitCharacters === undefined && !rest.includes('}}') ? ' }}' : '';
    if (NAME.test(item.label) || text[start - 1] !== '.')
      return { ...item, textEdit: { range, newText: item.label + close } };
    const dotted = rangeOf(context.parsed, { start: start - 1, end });
    return { ...item, filterText: `.${item.label}`, textEdit: { range: dotted, newText: `['${item.label}']${close}` } };
  });
}

/** A name that needs no brackets. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u;

/** The one item behind a `$` or `${` that may become an expression; undefined elsewhere. */
export function openExpression(
  context: LanguageContext,
  entry: Entry | undefined,
  offset: number,
  options: CompletionOptions,
): CompletionItem[] | undefined {
  const { text } = context.parsed;
  const line = text.slice(startOfLine(text, offset), offset);
  const typed = /\$\{?$/u.exec(line)?.[0];
  if (typed === undefined || entry?.kind !== 'Runbook' || /^\s*#|\$\$/u.test(line)) return undefined;
  // An editor that closes braces has put one behind the cursor.
  const end = typed === '${' && text[offset] === '}' ? offset + 1 : offset;
  return [
    {
      label: '${{ … }}',
      kind: CompletionItemKind.Snippet,
      detail: `an expression: ${ROOTS.map((root) => root.name).join(', ')}`,
      filterText: typed,
      insertTextFormat: options.snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      textEdit: {
        range: rangeOf(context.parsed, { start: offset - typed.length, end }),
        newText: options.snippets ? '\\${{ $1 }}' : '${{ ',
      },
    },
  ];
}

/** Where the word that holds `offset` ends. */
export function wordEnd(text: string, offset: number): number {
  let end = offset;
  while (end < text.length && /[\w./-]/u.test(text[end] ?? '')) end += 1;
  return end;
}

/** What is typed of an expression before the cursor; undefined where the cursor is in none. */
function expressionBefore(
  text: string,
  offset: number,
): { readonly path: readonly string[]; readonly typed: string } | undefined {
  const line = startOfLine(text, offset);
  const before = text.slice(line, offset);
  const open = before.lastIndexOf('${{');
  if (open < 0 || before.indexOf('}}', open) >= 0) return undefined;
  const inside = before.slice(open + 3).replace(/^\s+/u, '');
  const parts = inside.split('.');
  const typed = parts.pop() ?? '';
  return /[^\w-]/u.test(typed) || parts.some((part) => part.trim() === '')
    ? undefined
    : { path: parts.map((part) => part.trim()), typed };
}

/** What can follow `path` in an expression. */
function expressionItems(context: LanguageContext, entry: Entry, path: readonly string[]): CompletionItem[] {
  const [root, name, third] = path;
  const value = entry.document.value;
  const environment = environmentOf(entry, context.workspace);
  if (root === undefined) {
    return ROOTS.map(({ name: label, title, shape }) => ({
      label,
      kind: CompletionItemKind.Module,
      detail: shape,
      documentation: title,
      commitCharacters: ['.'],
    }));
  }
  if (root === 'vars' && path.length === 1) {
    return Object.entries(asMap(dig(environment?.document.value, 'vars'))).map(([label, each]) => ({
      label,
      kind: CompletionItemKind.Variable,
      detail: asText(each) ?? '',
    }));
  }
  if (root === 'environment' && path.length === 1) return members(ENVIRONMENT_MEMBERS);
  if (root === 'resources') {
    if (path.length === 1) {
      return named(value, 'resources', (each) =>
        [asText(dig(each, 'kind')), asText(dig(each, 'id'))].filter(Boolean).join(' '),
      );
    }
    return path.length === 2 && name !== undefined ? members(RESOURCE_MEMBERS) : [];
  }
  if (root !== 'backups') return [];
  if (path.length === 1) return named(value, 'backups', (each) => asText(dig(each, 'tool')) ?? 'backup');
  if (path.length === 2) {
    return [
      { label: 'latest', kind: CompletionItemKind.Property, detail: 'the newest backup', commitCharacters: ['.'] },
    ];
  }
  return path.length === 3 && third === 'latest' ? members(BACKUP_MEMBERS) : [];
}

function named(value: unknown, section: string, detail: (each: unknown) => string): CompletionItem[] {
  return Object.entries(asMap(dig(value, section))).map(([label, each]) => ({
    label,
    kind: CompletionItemKind.Field,
    detail: detail(each),
    commitCharacters: ['.'],
  }));
}

function members(of: readonly Member[]): CompletionItem[] {
  return of.map(({ name, type, title, runtime }) => ({
    label: name,
    kind: CompletionItemKind.Property,
    detail: runtime === true ? `${type}, known while it runs` : type,
    documentation: title,
  }));
}
