/** Anchors in completion: the names behind `*`, and a merge key where there is something to merge. */
import { startOfLine } from '../../core/document/lines.ts';
import { CompletionItemKind, type CompletionItem } from 'vscode-languageserver-types';
import { rangeOf, type PositionRange } from '../../core/document/navigate.ts';
import type { DocNode, DocumentKind, Path } from '../../core/document/node.ts';
import { schemaNodesAt, typeName } from '../../core/schema/navigate.ts';
import type { Entry } from '../../core/workspace.ts';
import { anchorsOf } from '../anchors.ts';
import type { LanguageContext } from '../context.ts';
import { code } from '../markdown.ts';
import { toValue } from '../../core/document/value.ts';
import type { Cursor } from './cursor.ts';

/** The anchors above the cursor, where a `*` begins a value; undefined elsewhere. */
export function aliasItems(
  context: LanguageContext,
  entry: Entry | undefined,
  offset: number,
): CompletionItem[] | undefined {
  const { text } = context.parsed;
  const before = text.slice(startOfLine(text, offset), offset);
  const typed = /(?:[:,[{-]\s+|^\s*|\[)\*([\w.-]*)$/u.exec(before)?.[1];
  if (typed === undefined || !entry || /(?:^|\s)#/u.test(before)) return undefined;
  const end = offset + (/^[\w.-]*/u.exec(text.slice(offset, offset + 100))?.[0].length ?? 0);
  const range = rangeOf(context.parsed, { start: offset - typed.length, end });
  return namesAbove(entry, offset).map(({ name, value }) => ({
    label: name,
    kind: CompletionItemKind.Reference,
    detail: code(value).slice(0, 80),
    textEdit: { range, newText: name },
  }));
}

/** `<<: *NAME` for each map anchored above whose keys may stand here, where keys are typed and none is merged yet. */
export function mergeItem(
  context: LanguageContext,
  kind: DocumentKind,
  cursor: Cursor,
  range: PositionRange,
  offset: number,
): CompletionItem[] {
  const entry = context.entries.find((each) => each.document.start <= offset && offset <= each.document.end);
  const there = cursor.scalars.get(cursor.path.length) ?? {};
  if (!entry || cursor.path.length === 0 || cursor.at === 'item' || Object.hasOwn(there, '<<')) return [];
  return namesAbove(entry, offset)
    .filter(({ value }) => typeName(value) === 'object' && fits(kind, cursor.path, value as object))
    .map(({ name, value }) => ({
      label: `<<: *${name}`,
      kind: CompletionItemKind.Reference,
      detail: `merge ${code(value)}`.slice(0, 80),
      sortText: `8${name}`,
      textEdit: { range, newText: `${cursor.needsBlank ? ' ' : ''}<<: *${name}` },
    }));
}

/** Whether the schema has a place for each key of a map at `path`, for a value of its type. */
function fits(kind: DocumentKind, path: Path, map: object): boolean {
  return Object.entries(map).every(([key, value]) => {
    const nodes = schemaNodesAt(kind, [...path, key]);
    return nodes.length > 0 && nodes.every(({ type }) => type === undefined || [type].flat().includes(typeName(value)));
  });
}

function namesAbove(entry: Entry, offset: number): readonly { readonly name: string; readonly value: unknown }[] {
  const found = new Map<string, unknown>();
  for (const { name, node, span } of anchorsOf(entry.document)) {
    // Inside of the anchored value its own anchor can't be meant.
    if (span.start < offset && node.end < offset && !isGoneOnBy(entry.document.text, node, offset))
      found.set(name, toValue(node));
  }
  return [...found].map(([name, value]) => ({ name, value }));
}

/** The line of the cursor goes on with a block that ended right above it, by its indentation. */
function isGoneOnBy(text: string, node: DocNode, offset: number): boolean {
  if ((node.kind !== 'map' && node.kind !== 'seq') || node.flow) return false;
  const lineStart = startOfLine(text, offset);
  const indent = /^ */u.exec(text.slice(lineStart, offset))?.[0].length ?? 0;
  const column = node.start - startOfLine(text, node.start);
  return text.slice(node.end, lineStart).trim() === '' && indent >= column;
}
