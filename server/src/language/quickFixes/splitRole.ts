/** Splits a role that both writes and restores backups: the restore gets a role of its own, or the backups do where it is named after the restore. */
import { nodeAt, resolved } from '../../core/document/navigate.ts';
import type { ScalarNode } from '../../core/document/node.ts';
import { asMap, asText, dig } from '../../core/references/read.ts';
import { contentSpan } from '../../core/references/references.ts';
import type { Entry } from '../../core/workspace.ts';
import { workspaceEdit, type ActionProvider, type ProposedAction } from './action.ts';
import { findingsHere } from './findingFixes.ts';
import { insertKey } from './insert.ts';
import { yamlText } from './mends/mend.ts';
import { freeName } from './nameResource.ts';

export const splitRole: ActionProvider = {
  name: 'split a shared role',
  kind: 'quickfix',
  propose: (context, request) =>
    findingsHere(context, request).flatMap((finding): readonly ProposedAction[] => {
      const entry = context.entries.find((each) => each.document.index === finding.document);
      const node = entry && resolved(nodeAt(entry.document, ['restore', 'role']));
      if (finding.code !== 'practice/shared-role' || !entry || node?.kind !== 'scalar') return [];
      const role = String(node.value);
      const kind = asText(dig(entry.document.value, 'resources', role, 'kind')) ?? 'aws/iam-role';
      const account = asText(dig(entry.document.value, 'resources', role, 'account'));
      const old = asText(dig(entry.document.value, 'resources', role, 'id')) ?? role;
      const base = old.split('/').at(-1) ?? old;
      const restores = /restor|recover|operator/iu.test(`${role} ${base}`);
      const id = restores
        ? `${base.replace(/-?(?:restore|recovery|operator)$/u, '')}-backup`
        : `${base.replace(/-?backup$/u, '')}-restore`;
      const name = freeName(entry, { kind, id: restores ? 'writer' : 'operator' });
      const parts = [
        `kind: ${kind}`,
        `id: ${yamlText(id)}`,
        ...(account === undefined ? [] : [`account: ${yamlText(account)}`]),
      ];
      const declaration = insertKey(entry, ['resources'], name, `{ ${parts.join(', ')} }`);
      const users = restores ? writersBy(entry, role) : [node];
      if (!declaration || users.length === 0) return [];
      const edits = [
        declaration,
        ...users.map((user) => ({ file: entry.file, span: contentSpan(user), newText: name })),
      ];
      const title = `Give the ${restores ? 'backups' : 'restore'} a role of ${restores ? 'their' : 'its'} own, "${name}"`;
      return [{ finding, action: { title, kind: 'quickfix', edit: workspaceEdit(context, edits) } }];
    }),
};

/** Where backups are said to be written by that role; one place for each, also where aliases share it. */
function writersBy(entry: Entry, role: string): readonly ScalarNode[] {
  const found = Object.keys(asMap(dig(entry.document.value, 'backups'))).flatMap((backup) => {
    const node = resolved(nodeAt(entry.document, ['backups', backup, 'role']));
    return node?.kind === 'scalar' && node.value === role ? [node] : [];
  });
  return [...new Map(found.map((node) => [node.start, node])).values()];
}
