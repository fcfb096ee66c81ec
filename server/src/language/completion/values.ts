/** Values that can stand at a place: what the schema allows, names of the workspace, and live names as they were last seen. */
import { CompletionItemKind, InsertTextFormat, type CompletionItem } from 'vscode-languageserver-types';
import type { PositionRange } from '../../core/document/navigate.ts';
import type { DocNode, DocumentKind, SeqNode } from '../../core/document/node.ts';
import { policyOf } from '../../core/references/policy.ts';
import { asMap, asText, dig } from '../../core/references/read.ts';
import { schemaNodesAt, type JsonSchema } from '../../core/schema/navigate.ts';
import { entryAt, type LanguageContext } from '../context.ts';
import { flowYaml, quotedIfNeeded } from '../markdown.ts';
import { agoOf } from '../words.ts';
import { actionsFor, actionsMeant } from './actions.ts';
import type { CompletionData, CompletionOptions } from './complete.ts';
import type { Cursor } from './cursor.ts';
import { knownValues } from './knownValues.ts';
import { namePlaceAt, namesFor, regionNames } from './names.ts';
import { withoutStops } from './plainText.ts';
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
  for (const value of actions(context, cursor, offset, siblings)) add(value);
  for (const value of known(context, kind, cursor, skeleton, options)) if (!found.has(`${value.text}\n`)) add(value);
  for (const value of policyBound(context, cursor, offset)) add(value);
  for (const value of schemaValues(nodes, !isName(kind, cursor, siblings))) add(value);
  if (cursor.path.at(-1) === 'timeZone') for (const value of timeZones()) add(value);
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
  const there = itemsThere(context, cursor, offset);
  const offered = [...found.values()].filter((value) => !there.has(value.text));
  return offered.map((value, index) => itemOf(value, index, cursor, range, data));
}

function itemOf(
  value: Value,
  index: number,
  cursor: Cursor,
  range: PositionRange,
  data: CompletionData,
): CompletionItem {
  const lead = cursor.needsBlank ? ' ' : '';
  const written = cursor.quote ? inQuotes(value.text, cursor.quote) : value.text;
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

/** A value in the quotes that are open already. */
function inQuotes(text: string, quote: '"' | "'"): string {
  const bare = text.startsWith('"') ? (JSON.parse(text) as string) : text;
  return quote === '"' ? JSON.stringify(bare) : `'${bare.replaceAll("'", "''")}'`;
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
  const self = selfOf(cursor);
  const known = place
    ? namesFor(context, entry, place).filter(({ name }) => name !== self)
    : last === 'region'
      ? regionNames(context, entry)
      : [];
  return known.map(({ name, detail }) => ({
    text: quotedIfNeeded(name),
    kind: CompletionItemKind.Reference,
    ...(detail === '' ? {} : { detail }),
    order: '0',
  }));
}

/** What would refer to itself: a copy of itself, a step that needs itself. */
function selfOf({ path, scalars }: Cursor): string | undefined {
  const [section, second] = path;
  if (section === 'backups' && path[2] === 'copyOf') return String(second);
  return section === 'restore' && path[3] === 'needs' ? scalars.get(3)?.['id'] : undefined;
}

/** A name is meant here: what the schema shows as an example would be unknown. */
function isName(kind: DocumentKind, cursor: Cursor, siblings: Readonly<Record<string, string>>): boolean {
  return namePlaceAt(kind, cursor.path, siblings['kind']) !== undefined;
}

/** What stands in the list already, but for what is being typed. */
function itemsThere(context: LanguageContext, cursor: Cursor, offset: number): ReadonlySet<string> {
  const entry = cursor.at === 'item' ? entryAt(context, offset) : undefined;
  const list = entry?.document.root && listAround(entry.document.root, offset);
  if (!list) return new Set();
  return new Set(
    list.items.flatMap((item) =>
      item.kind === 'scalar' && (offset < item.start || item.end < offset) ? [flowYaml(item.value)] : [],
    ),
  );
}

/** The innermost list that holds `offset`: in block style a node goes on until the next one begins. */
function listAround(node: DocNode, offset: number): SeqNode | undefined {
  const children =
    node.kind === 'seq' ? node.items : node.kind === 'map' ? node.pairs.flatMap((pair) => pair.value ?? []) : [];
  const flow = node.kind !== 'scalar' && node.kind !== 'alias' && node.flow;
  const child = children.findLast((each) => each.start <= offset && (!flow || offset <= each.end));
  return (child && listAround(child, offset)) ?? (node.kind === 'seq' ? node : undefined);
}

/** What people know that no schema lists; behind what the workspace itself names. */
function known(
  context: LanguageContext,
  kind: DocumentKind,
  cursor: Cursor,
  skeleton: unknown,
  options: CompletionOptions,
): Value[] {
  return knownValues(context, kind, cursor, skeleton).flatMap(({ text, detail, body }): Value[] => {
    if (body === undefined) return [{ text: quotedIfNeeded(text), detail, kind: CompletionItemKind.Value, order: '3' }];
    // A map can't begin behind a quote.
    if (cursor.quote) return [];
    if (!options.snippets) return [{ text: withoutStops(body), detail, kind: CompletionItemKind.Value, order: '3' }];
    return [{ text, detail, body, kind: CompletionItemKind.Snippet, order: '3' }];
  });
}

/** IAM actions where a role's are listed, those of the resource that they are `on` first. */
function actions(
  context: LanguageContext,
  cursor: Cursor,
  offset: number,
  siblings: Readonly<Record<string, string>>,
): Value[] {
  const what = actionsMeant(cursor.path);
  if (what === undefined) return [];
  const resources = asMap(dig(entryAt(context, offset)?.document.value, 'resources'));
  const beside = cursor.scalars.get(cursor.path.length - 2)?.['on'] ?? siblings['on'];
  const kind = beside === undefined ? undefined : asText(dig(resources[beside], 'kind'));
  const there = Object.values(resources).flatMap((each) => asText(dig(each, 'kind')) ?? []);
  return actionsFor(what, kind, there).map(({ action, kind: on }) => ({
    text: action,
    kind: CompletionItemKind.EnumMember,
    detail: `${what === 'restores' ? 'for a restore' : 'takes backups away'}, on ${on}`,
    order: '2',
  }));
}

const BOUNDS: readonly { readonly place: RegExp; readonly path: readonly string[] }[] = [
  { place: /^restore\.rpo$/u, path: ['rpo'] },
  { place: /^restore\.rto$/u, path: ['rto'] },
  { place: /^restore\.budget\.effort$/u, path: ['budget', 'effort'] },
  { place: /^restore\.budget\.cost$/u, path: ['budget', 'cost'] },
  { place: /^backups\.[^.]+\.retention$/u, path: ['backups', 'retention'] },
];

/** What the data class asks of this very value. */
function policyBound(context: LanguageContext, cursor: Cursor, offset: number): Value[] {
  const entry = entryAt(context, offset);
  const row = BOUNDS.find((each) => each.place.test(cursor.path.join('.')));
  const policy = entry?.kind === 'Runbook' && row ? policyOf(entry, context.workspace) : undefined;
  const text = row && asText(dig(policy?.class, ...row.path));
  if (text === undefined || policy?.className === undefined) return [];
  const detail = `what class ${policy.className} asks for`;
  return [{ text, kind: CompletionItemKind.Value, detail, order: '0' }];
}

function timeZones(): Value[] {
  return Intl.supportedValuesOf('timeZone').map((text) => ({ text, kind: CompletionItemKind.Value, order: '6' }));
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

function schemaValues(nodes: readonly JsonSchema[], withExamples: boolean): Value[] {
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
    if (allowed.length === 0 && withExamples) {
      for (const each of node.examples ?? [])
        values.push({ text: flowYaml(each), kind: CompletionItemKind.Value, detail: 'example', order: '5' });
    }
  }
  return values;
}
