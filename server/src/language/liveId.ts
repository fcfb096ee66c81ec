/** The id of a live resource (a bucket, a role, an instance) wherever it is written: its `id` values, and URIs in texts. */
import { nodeAt, resolved } from '../core/document/navigate.ts';
import type { ScalarNode } from '../core/document/node.ts';
import { resourcesOf, type ResolvedResource } from '../core/references/effective.ts';
import { environmentOf } from '../core/references/environment.ts';
import { contentSpan, declarationsOf, expressionsOf } from '../core/references/references.ts';
import type { Entry } from '../core/workspace.ts';
import { entryAt, type LanguageContext } from './context.ts';
import { implicitAt, type Occurrence } from './naming.ts';

export interface LiveId {
  readonly kind: string;
  readonly id: string;
  readonly span: { readonly start: number; readonly end: number };
}

/** The live id that is written at `offset`: as a resource's `id`, or in a URI of a text. */
export function liveIdAt(context: LanguageContext, offset: number): LiveId | undefined {
  const entry = entryAt(context, offset);
  if (entry?.kind !== 'Runbook') return undefined;
  const implicit = implicitAt(context, offset);
  if (implicit) {
    const { kind, id, idSpan, endpoint } = implicit;
    const written = context.parsed.text.slice(idSpan.start, idSpan.end);
    const inside = idSpan.start <= offset && offset <= idSpan.end;
    return inside && written === id && !endpoint ? { kind, id, span: idSpan } : undefined;
  }
  for (const resource of resourcesOf(entry, context.workspace)) {
    const node = resource.implicit ? undefined : idNode(entry, resource);
    // The id of a database/… resource is a name of the environment, and renamed as such.
    if (!node || resource.id === undefined || resource.kind.startsWith('database/')) continue;
    const span = contentSpan(node);
    if (span.start <= offset && offset <= span.end && String(node.value) === resource.id)
      return { kind: resource.kind, id: resource.id, span };
  }
  return undefined;
}

/** Every place of the workspace that writes that id of that kind. */
export function liveIdOccurrences(context: LanguageContext, live: LiveId): readonly Occurrence[] {
  const found = new Map<string, Occurrence>();
  const add = (entry: Entry, span: { readonly start: number; readonly end: number }, plain: boolean): void => {
    found.set(`${entry.file} ${span.start}`, { entry, span, declaration: false, plain });
  };
  for (const entry of context.workspace.byKind('Runbook')) {
    if (!entry.parsed.text.includes(live.id) && !entry.parsed.text.includes('vars.')) continue;
    for (const resource of resourcesOf(entry, context.workspace)) {
      if (resource.kind !== live.kind || resource.id !== live.id) continue;
      for (const use of resource.uses)
        if (entry.parsed.text.slice(use.idSpan.start, use.idSpan.end) === live.id) add(entry, use.idSpan, false);
      const node = resource.implicit ? undefined : idNode(entry, resource);
      if (node && String(node.value) === live.id) add(entry, contentSpan(node), node.style === 'plain');
      else if (node) addVariable(context, entry, node, live, add);
    }
  }
  return [...found.values()];
}

/** Where the id is `${{ vars.NAME }}` the environment writes it. */
function addVariable(
  context: LanguageContext,
  entry: Entry,
  node: ScalarNode,
  live: LiveId,
  add: (entry: Entry, span: { readonly start: number; readonly end: number }, plain: boolean) => void,
): void {
  const environment = environmentOf(entry, context.workspace);
  for (const { expression, node: holder } of expressionsOf(entry)) {
    const [root, name] = expression.segments;
    if (holder !== node || root?.name !== 'vars' || !name || !environment) continue;
    const declared = declarationsOf(environment).find((each) => each.target === 'variable' && each.name === name.name);
    const value = declared && resolved(nodeAt(environment.document, declared.path));
    if (value?.kind === 'scalar' && String(value.value) === live.id)
      add(environment, contentSpan(value), value.style === 'plain');
  }
}

function idNode(entry: Entry, resource: ResolvedResource): ScalarNode | undefined {
  const node = resolved(nodeAt(entry.document, [...resource.path, 'id']));
  return node?.kind === 'scalar' ? node : undefined;
}
