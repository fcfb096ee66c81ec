/** Splits a role that both writes and restores backups: the restore gets a role of its own. */
import { nodeAt, resolved } from '../../core/document/navigate.ts';
import { asText, dig } from '../../core/references/read.ts';
import { contentSpan } from '../../core/references/references.ts';
import { workspaceEdit, type ActionProvider, type ProposedAction } from './action.ts';
import { findingsHere } from './findingFixes.ts';
import { insertKey } from './insert.ts';
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
      const id = `${(old.split('/').at(-1) ?? old).replace(/-?backup$/, '')}-restore`;
      const name = freeName(entry, { kind, id: 'operator' });
      const text = `{ kind: ${kind}, id: ${/^[A-Za-z][\w./-]*$/.test(id) ? id : JSON.stringify(id)}${account === undefined ? '' : `, account: ${JSON.stringify(account).replace(/^"([A-Za-z][\w-]*)"$/, '$1')}`} }`;
      const declaration = insertKey(entry, ['resources'], name, text);
      if (!declaration) return [];
      const edits = [declaration, { file: entry.file, span: contentSpan(node), newText: name }];
      return [
        {
          finding,
          action: {
            title: `Give the restore a role of its own, "${name}"`,
            kind: 'quickfix',
            edit: workspaceEdit(context, edits),
          },
        },
      ];
    }),
};
