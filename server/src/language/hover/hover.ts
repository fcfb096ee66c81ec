/** Hover: what a key or value is, what it means, and what is known live of what it names. */
import type { Hover } from 'vscode-languageserver-types';
import { nodeAt, placeAt, rangeOf, resolved } from '../../core/document/navigate.ts';
import type { DocNode, Path } from '../../core/document/node.ts';
import { toValue } from '../../core/document/value.ts';
import { linkImplicit, resourcesOf } from '../../core/references/effective.ts';
import { environmentOf } from '../../core/references/environment.ts';
import { asText, dig } from '../../core/references/read.ts';
import { declarationsOf, type Declaration } from '../../core/references/references.ts';
import { keysAt, schemaNodesAt, type JsonSchema } from '../../core/schema/navigate.ts';
import type { Entry } from '../../core/workspace.ts';
import { namePlaceAt } from '../completion/names.ts';
import { entryAt, type LanguageContext } from '../context.ts';
import { code, flowYaml, schemaMarkdown, valueMarkdown } from '../markdown.ts';
import { expressionHover } from './expression.ts';
import { implicitAt } from '../naming.ts';
import { factText, liveAt, liveMarkdown } from './live.ts';
import { meaningOf, resourceMarkdown } from './named.ts';
import { valueMeaning } from './value.ts';

/** What is shown at `offset`; undefined where there is nothing to say. */
export function hover(context: LanguageContext, offset: number): Hover | undefined {
  const entry = entryAt(context, offset);
  if (!entry) return undefined;
  const expression = expressionHover(context, entry, offset);
  if (expression) return expression;
  const implicit = implicitHover(context, entry, offset);
  if (implicit) return implicit;
  const place = placeAt(entry.document, offset);
  if (!place || (place.node.kind !== 'scalar' && place.node.kind !== 'alias')) return undefined;
  const parts = place.onKey
    ? keyParts(context, entry, place.path, place.node)
    : valueParts(context, entry, place.path, place.node);
  const value = parts.filter((part) => part !== '').join('\n\n---\n\n');
  if (value === '') return undefined;
  return { contents: { kind: 'markdown', value }, range: rangeOf(context.parsed, place.node) };
}

const MERGE =
  '**`<<`** · Merge key\n\nTakes over the keys of the map behind it, an alias mostly; keys that stand here as well win.';

function keyParts(context: LanguageContext, entry: Entry, path: Path, node: DocNode): string[] {
  const name = String(path.at(-1) ?? '');
  const declared = declaredIn(entry, node);
  // What a resource is comes with what was seen of it.
  const meaning = declared ? meaningOf(context, entry, declared.target, declared.name) : '';
  const nodes = schemaNodesAt(entry.kind, path, entry.document.value).slice(-2);
  const value = resolved(nodeAt(entry.document, path));
  const text = value?.kind === 'scalar' && value.value !== null ? String(value.value) : undefined;
  const chosen = text === undefined ? '' : chosenValue(entry, path, nodes, text);
  // A name that people chose is no key of the schema.
  const about = nodes.length === 0 ? '' : schemaMarkdown(nodes, declared ? undefined : name, chosen !== '');
  const parts = [meaning, chosen, name === '<<' ? MERGE : about];
  if (entry.kind !== 'Runbook' || declared?.target === 'resource') return parts;
  const live = liveAt(context.live.resourcesOf(context.file), entry.document.index, path);
  if (live && path.length === live.path.length) parts.push(liveMarkdown(live, context.now));
  else if (live) parts.push(liveFact(live, path));
  return parts;
}

function valueParts(context: LanguageContext, entry: Entry, path: Path, node: DocNode): string[] {
  const target = resolved(node);
  const text = target?.kind === 'scalar' ? String(target.value ?? '') : '';
  const key = path.findLast((segment) => typeof segment === 'string');
  const beside = toValue(nodeAt(entry.document, path.slice(0, -1)));
  const parts = [valueMeaning(text, key, beside, context.now).join('\n\n')];
  if (node.kind === 'alias' && target) parts.push(`${code(`&${node.name}`)} is ${code(flowYaml(toValue(target)))}`);
  const place = namePlaceAt(entry.kind, path, asText(dig(beside, 'kind')));
  const own = place ? undefined : declaredIn(entry, node);
  if (place) parts.push(meaningOf(context, entry, place.target, text));
  else if (own) parts.push(meaningOf(context, entry, own.target, own.name));
  const live = liveAt(context.live.resourcesOf(context.file), entry.document.index, path);
  if (live && path.length === live.path.length + 1 && key === 'id') parts.push(liveMarkdown(live, context.now));
  else if (live) parts.push(liveFact(live, path));
  const nodes = schemaNodesAt(entry.kind, path, entry.document.value).slice(-2);
  const chosen = chosenValue(entry, path, nodes, text);
  parts.push(chosen, schemaMarkdown(nodes, undefined, chosen !== ''));
  return parts;
}

/** What the value that stands there means; of a kind of resource also what can be expected of it. */
function chosenValue(entry: Entry, path: Path, nodes: readonly JsonSchema[], text: string): string {
  const meaning = valueMarkdown(nodes, text);
  if (meaning === '' || path.length !== 3 || path[0] !== 'resources' || path[2] !== 'kind') return meaning;
  const expected = keysAt(entry.kind, [...path.slice(0, -1), 'expect'], entry.document.value).map(({ name }) =>
    code(name),
  );
  return expected.length === 0 ? meaning : `${meaning}\n\n\`expect\` may hold ${expected.join(', ')}.`;
}

/** The live value of the fact that a path under `expect` names. */
function liveFact(live: NonNullable<ReturnType<typeof liveAt>>, path: Path): string {
  const [section, name] = path.slice(live.path.length);
  if (live.observation.state !== 'found' || typeof name !== 'string' || section !== 'expect') return '';
  const fact = Object.hasOwn(live.observation.facts, name) ? live.observation.facts[name] : undefined;
  return fact ? `Live: ${factText(fact)}` : '';
}

/** A URI, an ARN or an endpoint in a text: the resource that it is, and what was seen of it. */
function implicitHover(context: LanguageContext, entry: Entry, offset: number): Hover | undefined {
  const reference = implicitAt(context, offset);
  if (!reference) return undefined;
  const environment = environmentOf(entry, context.workspace);
  const name = linkImplicit(reference, resourcesOf(entry, context.workspace), environment)?.name;
  const live = context.live
    .resourcesOf(context.file)
    .find((each) => each.document === entry.document.index && each.kind === reference.kind && each.id === reference.id);
  const unlisted = [`${code(reference.kind)} ${code(reference.id)} · no resource of this runbook`];
  if (live) unlisted.push(liveMarkdown(live, context.now));
  const value = name === undefined ? unlisted.join('\n\n') : resourceMarkdown(context, entry, name);
  return { contents: { kind: 'markdown', value }, range: rangeOf(context.parsed, reference.span) };
}

/** The name that a node introduces. */
function declaredIn(entry: Entry, node: DocNode): Declaration | undefined {
  return declarationsOf(entry).find((each) => node.start <= each.span.start && each.span.end <= node.end);
}
