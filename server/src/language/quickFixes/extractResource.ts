/** Extracts a resource: an ARN or a vault's name that stands as a value becomes an entry under `resources`. */
import { placeAt } from '../../core/document/navigate.ts';
import type { Path, ScalarNode } from '../../core/document/node.ts';
import { resourceOfArn } from '../../core/references/arn.ts';
import { contentSpan } from '../../core/references/references.ts';
import type { Entry } from '../../core/workspace.ts';
import { entryAt } from '../context.ts';
import { workspaceEdit, type ActionProvider } from './action.ts';
import { insertKey } from './insert.ts';
import { freeName, resourceText, type NewResource } from './nameResource.ts';

export const extractResource: ActionProvider = {
  name: 'extract resource',
  kind: 'refactor.extract',
  propose(context, request) {
    const entry = entryAt(context, request.span.start);
    const place = entry?.kind === 'Runbook' ? placeAt(entry.document, request.span.start) : undefined;
    if (!entry || !place || place.onKey || place.node.kind !== 'scalar') return [];
    const found = extractable(entry, place.path, place.node);
    if (!found) return [];
    const name = freeName(entry, found.resource);
    const declaration = insertKey(entry, ['resources'], name, resourceText(context, entry, found.resource));
    if (!declaration) return [];
    const edits = [
      declaration,
      { file: entry.file, ...replacement(place.node, found.by === 'name' ? name : `\${{ resources.${name}.arn }}`) },
    ];
    return [
      {
        action: { title: `Extract resource "${name}"`, kind: 'refactor.extract', edit: workspaceEdit(context, edits) },
      },
    ];
  },
};

function extractable(
  entry: Entry,
  path: Path,
  node: ScalarNode,
): { readonly resource: NewResource; readonly by: 'name' | 'arn' } | undefined {
  const text = String(node.value);
  const [section, owner, ...rest] = path;
  const key = rest.join('.');
  // A resource's own id is where it is declared; texts of steps have an action of their own.
  if (node.style === 'literal' || node.style === 'folded' || (section === 'resources' && key === 'id'))
    return undefined;
  if (section === 'backups' && key === 'in.vault' && /^[A-Za-z0-9_-]+$/.test(text) && !isDeclared(entry, text)) {
    return { resource: { kind: 'aws/backup-vault', id: text }, by: 'name' };
  }
  const resource = resourceOfArn(text);
  if (!resource || /[*?${}]/.test(text) || resource.kind === 'aws/secret') return undefined;
  // Paths of roles are not part of their names, so the ARN itself is the id there.
  const whole = resource.kind === 'aws/iam-role' && text.includes(':role/') && !text.endsWith(`:role/${resource.id}`);
  return owner === undefined ? undefined : { resource: whole ? { ...resource, id: text } : resource, by: 'arn' };
}

function isDeclared(entry: Entry, name: string): boolean {
  const value = entry.document.value as { readonly resources?: Readonly<Record<string, unknown>> } | null;
  return value?.resources !== undefined && Object.hasOwn(value.resources, name);
}

function replacement(
  node: ScalarNode,
  newText: string,
): { readonly span: { readonly start: number; readonly end: number }; readonly newText: string } {
  if (node.style !== 'plain') return { span: contentSpan(node), newText };
  return { span: { start: node.start, end: node.end }, newText: newText.includes('${{') ? `"${newText}"` : newText };
}
