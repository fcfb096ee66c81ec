/** Values that can stand at a place: what the schema allows, names of the workspace, and live names as they were last seen. */
import { CompletionItemKind, InsertTextFormat, type CompletionItem } from 'vscode-languageserver-types';
import type { PositionRange } from '../../core/document/navigate.ts';
import type { DocumentKind } from '../../core/document/node.ts';
import { schemaNodesAt, type JsonSchema } from '../../core/schema/navigate.ts';
import { entryAt, type LanguageContext } from '../context.ts';
import { flowYaml, quotedIfNeeded } from '../markdown.ts';
import { agoOf } from '../words.ts';
import type { CompletionData, CompletionOptions } from './complete.ts';
import type { Cursor } from './cursor.ts';
import { namePlaceAt, namesFor, regionNames } from './names.ts';
import { resourceScaffold } from './snippets.ts';

interface Value {
  readonly text: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  readonly order: string;
  /** Inserted in place of the text. */
  readonly body?: string;
}

/** The items for the value or the item at the cursor. */
export function valueItems(
  context: LanguageContext,
  kind: DocumentKind,
  cursor: Cursor,
  skeleton: unknown,
  range: PositionRange,
  options: CompletionOptions,
  offset: number,
): CompletionItem[] {
  const nodes = schemaNodesAt(kind, cursor.path, skeleton);
  const found = new Map<string, Value>();
  const add = (value: Value): void => {
    const key = `${value.text}\n${value.body ?? ''}`;
    if (!found.has(key)) found.set(key, value);
  };
  const siblings = cursor.scalars.get(cursor.path.length - 1) ?? {};
  for (const value of names(context, cursor, offset, siblings)) add(value);
  for (const value of liveNames(context, cursor, siblings)) add(value);
  for (const value of schemaValues(nodes)) add(value);
  const scaffold =
    kind === 'Runbook' &&
    options.snippets &&
    !cursor.flow &&
    isResourceKind(cursor.path) &&
    siblings['id'] === undefined;
  if (scaffold) {
    for (const value of [...found.values()].filter((each) => each.kind === CompletionItemKind.EnumMember)) {
      add({
        ...value,
        body: resourceScaffold(value.text),
        kind: CompletionItemKind.Snippet,
        detail: 'with id and expectations',
        order: '7',
      });
    }
  }
  const data: CompletionData = { kind, path: cursor.path, value: skeleton };
  return [...found.values()].map((value, index) => itemOf(value, index, cursor, range, data));
}

function itemOf(
  value: Value,
  index: number,
  cursor: Cursor,
  range: PositionRange,
  data: CompletionData,
): CompletionItem {
  const lead = cursor.needsBlank ? ' ' : '';
  const written = cursor.quote ? `${cursor.quote}${value.text}${cursor.quote}` : value.text;
  const pad = ' '.repeat(cursor.column);
  return {
    label: value.body === undefined ? value.text : `${value.text} …`,
    kind: value.kind,
    ...(value.detail === undefined ? {} : { detail: value.detail }),
    sortText: `${value.order}${String(index).padStart(3, '0')}`,
    filterText: cursor.quote ? written : value.text,
    insertTextFormat: value.body === undefined ? InsertTextFormat.PlainText : InsertTextFormat.Snippet,
    insertTextMode: 1,
    textEdit: { range, newText: lead + (value.body === undefined ? written : value.body.replaceAll('\n', `\n${pad}`)) },
    ...(value.kind === CompletionItemKind.Reference ? {} : { data }),
  };
}

function isResourceKind(path: readonly (string | number)[]): boolean {
  return path.length === 3 && path[0] === 'resources' && path[2] === 'kind';
}

function names(
  context: LanguageContext,
  cursor: Cursor,
  offset: number,
  siblings: Readonly<Record<string, string>>,
): Value[] {
  const entry = entryAt(context, offset);
  if (!entry) return [];
  const place = namePlaceAt(entry.kind, cursor.path, siblings['kind']);
  const last = cursor.path.at(-1);
  const known = place ? namesFor(context, entry, place) : last === 'region' ? regionNames(context, entry) : [];
  return known.map(({ name, detail }) => ({
    text: quotedIfNeeded(name),
    kind: CompletionItemKind.Reference,
    ...(detail === '' ? {} : { detail }),
    order: '0',
  }));
}

/** Ids that look-ups have seen of that kind, marked with their age: they may be gone by now. */
function liveNames(context: LanguageContext, cursor: Cursor, siblings: Readonly<Record<string, string>>): Value[] {
  const { path } = cursor;
  if (path[0] !== 'resources' || path.length !== 3 || path[2] !== 'id') return [];
  return context.live
    .all()
    .filter(
      (each) =>
        each.observation.state === 'found' && (siblings['kind'] === undefined || each.kind === siblings['kind']),
    )
    .map((each) => ({
      text: quotedIfNeeded(each.id),
      kind: CompletionItemKind.Constant,
      detail: `live ${[each.kind, each.region].filter(Boolean).join(' in ')}, seen ${agoOf(each.observation.at, context.now)}`,
      order: '1',
    }));
}

function schemaValues(nodes: readonly JsonSchema[]): Value[] {
  const values: Value[] = [];
  const allowed = nodes.flatMap((node) => node.enum ?? (node.const === undefined ? [] : [node.const]));
  for (const each of allowed) values.push({ text: flowYaml(each), kind: CompletionItemKind.EnumMember, order: '2' });
  const types = new Set(nodes.flatMap((node) => [node.type].flat()));
  if (types.has('boolean')) {
    for (const text of ['true', 'false']) values.push({ text, kind: CompletionItemKind.Value, order: '3' });
  }
  for (const node of nodes) {
    if (node['x-secret'] === true) continue;
    if (node.default !== undefined)
      values.push({ text: flowYaml(node.default), kind: CompletionItemKind.Value, detail: 'default', order: '4' });
    if (allowed.length === 0) {
      for (const each of node.examples ?? [])
        values.push({ text: flowYaml(each), kind: CompletionItemKind.Value, detail: 'example', order: '5' });
    }
  }
  return values;
}
