/** Completion: what can be typed at a cursor, from the schema, the workspace and what was last seen live. */
import {
  CompletionItemKind,
  InsertTextFormat,
  type CompletionItem,
  type CompletionList,
} from 'vscode-languageserver-types';
import { rangeOf, type PositionRange } from '../../core/document/navigate.ts';
import type { DocumentKind } from '../../core/document/node.ts';
import { keysAt, schemaNodesAt } from '../../core/schema/navigate.ts';
import { documentAt, entryAt, type LanguageContext } from '../context.ts';
import { schemaMarkdown, valueMarkdown } from '../markdown.ts';
import { aliasItems, mergeItem } from './anchors.ts';
import { suppressionItems } from './comments.ts';
import { cursorAt, skeletonOf, type Cursor } from './cursor.ts';
import { completeExpression, openExpression, wordEnd } from './expressions.ts';
import { lineEnd } from './flow.ts';
import { insertionOf } from './keyText.ts';
import { withoutStops } from './plainText.ts';
import { DOCUMENT_SNIPPETS, itemSnippets, keySnippets, type Snippet } from './snippets.ts';
import { valueItems } from './values.ts';

/** What a client can do with an item. */
export interface CompletionOptions {
  readonly snippets: boolean;
}

/** What `resolveCompletion` needs to find an item's documentation. */
export interface CompletionData {
  readonly kind: string;
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  readonly name?: string;
}

const HEAD = ['apiVersion', 'kind'];

/** The items at `offset`; empty where nothing of ours can be typed. */
export function complete(context: LanguageContext, offset: number, options: CompletionOptions): CompletionList {
  const { parsed } = context;
  const entry = entryAt(context, offset);
  const elsewhere =
    completeExpression(context, entry, offset) ??
    openExpression(context, entry, offset, options) ??
    suppressionItems(context, entry, offset, options) ??
    aliasItems(context, entry, offset);
  if (elsewhere) return list(elsewhere);
  const start = documentStart(context, offset);
  const cursor = cursorAt(parsed.text, start, offset);
  if (!cursor) return list([]);
  const kind = entry?.kind ?? kindFromHead(context, cursor, start);
  const span = { start: cursor.from, end: replacedTo(parsed.text, offset, cursor) };
  const range = rangeOf(parsed, span);
  const items =
    kind === undefined ? headItems(cursor, range, options) : itemsAt(context, kind, cursor, range, options, offset);
  return list(cursor.lacksColumns === 0 ? items : items.map((item) => movedIn(item, cursor.lacksColumns)));
}

/** The item with the blanks before it that bring its line into the column of the other keys. */
function movedIn(item: CompletionItem, columns: number): CompletionItem {
  const { textEdit } = item;
  return textEdit ? { ...item, textEdit: { ...textEdit, newText: ' '.repeat(columns) + textEdit.newText } } : item;
}

function list(items: CompletionItem[]): CompletionList {
  return { isIncomplete: false, items };
}

function itemsAt(
  context: LanguageContext,
  kind: DocumentKind,
  cursor: Cursor,
  range: PositionRange,
  options: CompletionOptions,
  offset: number,
): CompletionItem[] {
  const value = skeletonOf(cursor);
  const { path } = cursor;
  const items: CompletionItem[] = [];
  if (cursor.at !== 'value') items.push(...keyItems(context, kind, cursor, value, range, options, offset));
  // A key that is there already is only given another name.
  if (cursor.at !== 'value' && hasColon(context, offset)) return items;
  if (cursor.at !== 'value') items.push(...mergeItem(context, kind, cursor, range, offset));
  if (cursor.at === 'key' && path.length === 0 && isBlankDocument(cursor))
    items.push(...snippetItems(DOCUMENT_SNIPPETS, cursor, range, options));
  if (cursor.at === 'key')
    items.push(...snippetItems(fitting(keySnippets(kind, path), cursor), cursor, range, options));
  if (cursor.at === 'item') items.push(...snippetItems(itemSnippets(kind, path), cursor, range, options));
  if (cursor.at !== 'key') items.push(...valueItems(context, kind, cursor, value, range, options, offset));
  return items;
}

/** Keys that the schema allows and that aren't there yet, required ones first. */
function keyItems(
  context: LanguageContext,
  kind: DocumentKind,
  cursor: Cursor,
  value: unknown,
  range: PositionRange,
  options: CompletionOptions,
  offset: number,
): CompletionItem[] {
  const there = cursor.scalars.get(cursor.path.length) ?? {};
  const named = hasColon(context, offset);
  return keysAt(kind, cursor.path, value)
    .filter((key) => key.name === cursor.typed || !Object.hasOwn(there, key.name))
    .map((key, index): CompletionItem => {
      const inserted = named
        ? { text: key.name, snippet: false }
        : insertionOf(kind, key, cursor, value, options.snippets);
      const lead = cursor.needsBlank ? ' ' : '';
      const data: CompletionData = { kind, path: cursor.path, value, name: key.name };
      return {
        label: key.name,
        kind: CompletionItemKind.Property,
        detail: key.required ? `${key.schema.title ?? ''} (required)`.trimStart() : (key.schema.title ?? ''),
        sortText: `${key.required ? '0' : '1'}${String(index).padStart(3, '0')}`,
        filterText: cursor.quote ? `${cursor.quote}${key.name}` : key.name,
        insertTextFormat: inserted.snippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
        insertTextMode: 1,
        textEdit: { range, newText: lead + inserted.text },
        data,
      };
    });
}

/** The word that the cursor stands in is a key, with its colon. */
function hasColon(context: LanguageContext, offset: number): boolean {
  const { text } = context.parsed;
  return /^[\w./-]*["']?\s*:(?:\s|$)/u.test(text.slice(offset, lineEnd(text, offset)));
}

/** Those that fit a flow map where the cursor is in one, and that aren't there yet. */
function fitting(snippets: readonly Snippet[], cursor: Cursor): readonly Snippet[] {
  const there = cursor.scalars.get(cursor.path.length) ?? {};
  return snippets.filter(
    ({ label, body }) =>
      (!cursor.flow || !body.includes('\n')) && (label === cursor.typed || !Object.hasOwn(there, label)),
  );
}

function snippetItems(
  snippets: readonly Snippet[],
  cursor: Cursor,
  range: PositionRange,
  options: CompletionOptions,
): CompletionItem[] {
  const pad = ' '.repeat(cursor.column);
  return snippets.map((snippet, index) => {
    const body = (cursor.needsBlank ? ' ' : '') + snippet.body.replaceAll('\n', `\n${pad}`);
    return {
      label: snippet.label,
      kind: CompletionItemKind.Snippet,
      detail: snippet.detail,
      sortText: `2${String(index).padStart(3, '0')}`,
      insertTextFormat: options.snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      insertTextMode: 1,
      textEdit: { range, newText: options.snippets ? body : withoutStops(body) },
    };
  });
}

/** The head of a document whose kind isn't known yet. */
function headItems(cursor: Cursor, range: PositionRange, options: CompletionOptions): CompletionItem[] {
  if (cursor.path.length > 1 || (cursor.path.length === 1 && cursor.at !== 'value')) return [];
  if (cursor.at === 'value') {
    const [key] = cursor.path;
    const values = key === 'apiVersion' ? ['drillbook/v1'] : key === 'kind' ? ['Runbook', 'Policy', 'Environment'] : [];
    return values.map((label) => ({
      label,
      kind: CompletionItemKind.EnumMember,
      textEdit: { range, newText: (cursor.needsBlank ? ' ' : '') + label },
    }));
  }
  const there = cursor.scalars.get(0) ?? {};
  const keys = HEAD.filter((key) => !Object.hasOwn(there, key)).map((label, index): CompletionItem => ({
    label,
    kind: CompletionItemKind.Property,
    detail: '(required)',
    sortText: `0${index}`,
    textEdit: { range, newText: label === 'apiVersion' ? 'apiVersion: drillbook/v1' : 'kind: ' },
  }));
  return isBlankDocument(cursor) ? [...keys, ...snippetItems(DOCUMENT_SNIPPETS, cursor, range, options)] : keys;
}

function isBlankDocument(cursor: Cursor): boolean {
  return Object.keys(cursor.scalars.get(0) ?? {}).length === 0;
}

function kindFromHead(context: LanguageContext, cursor: Cursor, start: number): DocumentKind | undefined {
  const said =
    cursor.scalars.get(0)?.['kind'] ??
    /^kind:\s*["']?(\w+)/mu.exec(context.parsed.text.slice(start, start + 2000))?.[1];
  if (said === 'Runbook' || said === 'Policy' || said === 'Environment') return said;
  return undefined;
}

/** Where the document that holds `offset` begins: behind the last `---` above. */
function documentStart(context: LanguageContext, offset: number): number {
  const document = documentAt(context.parsed, offset);
  const start = document && document.start <= offset ? document.start : 0;
  const marker = /(?:^|\n)---[^\n]*\n/gu;
  marker.lastIndex = Math.max(0, start - 1);
  let found = context.parsed.text.charCodeAt(start) === 0xfeff ? start + 1 : start;
  for (
    let match = marker.exec(context.parsed.text);
    match && marker.lastIndex <= offset;
    match = marker.exec(context.parsed.text)
  ) {
    found = marker.lastIndex;
    marker.lastIndex -= 1;
  }
  return found;
}

/** What is typed behind the cursor in the same word goes with it. */
function replacedTo(text: string, offset: number, cursor: Cursor): number {
  const line = text.slice(offset, lineEnd(text, offset));
  if (cursor.quote !== undefined) {
    const close = line.indexOf(cursor.quote);
    return close < 0 ? wordEnd(text, offset) : offset + close + 1;
  }
  if (cursor.typed === '' && cursor.at !== 'key') {
    const quoted = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/u.exec(line);
    if (quoted) return offset + quoted[0].length;
  }
  if (cursor.at === 'key' || (cursor.at === 'item' && !cursor.flow)) return wordEnd(text, offset);
  const rest = cursor.flow ? /^[^,{}[\]#]*/u.exec(line)?.[0] : line.replace(/(?:^|\s)#.*$/u, '');
  return offset + (rest ?? '').trimEnd().length;
}

/** The documentation of an item, looked up when the client shows it. */
export function resolveCompletion(item: CompletionItem): CompletionItem {
  const data = item.data as Partial<CompletionData> | undefined;
  if (item.documentation !== undefined || typeof data?.kind !== 'string' || !Array.isArray(data.path)) return item;
  const place: readonly (string | number)[] = data.path;
  const path = data.name === undefined ? place : [...place, data.name];
  const nodes = schemaNodesAt(data.kind, path, data.value).slice(-2);
  // Of a value what it means, and not what all the others do.
  const chosen = data.name === undefined ? valueMarkdown(nodes, item.label.replace(/ …$/u, '')) : '';
  const value = [chosen, schemaMarkdown(nodes, undefined, chosen !== '')].filter((part) => part !== '').join('\n\n');
  return value === '' ? item : { ...item, documentation: { kind: 'markdown', value } };
}
