/** Creates the document that a name is missing, in a file of its own beside the one that names it. */
import type { DocumentKind } from '../../core/document/node.ts';
import { asText } from '../../core/references/read.ts';
import { folderOf } from '../../core/workspaceIndex.ts';
import type { ActionProvider, ProposedAction } from './action.ts';
import { findingsHere } from './findingFixes.ts';

const KINDS: Readonly<Record<string, DocumentKind>> = {
  'reference/unknown-runbook': 'Runbook',
  'reference/unknown-environment': 'Environment',
  'reference/unknown-policy': 'Policy',
};

export const createDocument: ActionProvider = {
  name: 'create document',
  kind: 'quickfix',
  propose: (context, request) =>
    findingsHere(context, request).flatMap((finding): readonly ProposedAction[] => {
      const kind = KINDS[finding.code];
      const name = asText(finding.data?.['name']);
      if (!kind || name === undefined || !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return [];
      const folder = folderOf(context.file);
      const file = `${folder === '' ? '' : `${folder}/`}${name}.${kind.toLowerCase()}.yaml`;
      if (context.workspace.files.has(file)) return [];
      const uri = context.uriOf(file);
      const start = { line: 0, character: 0 };
      const newText = `apiVersion: drillbook/v1\nkind: ${kind}\nmetadata:\n  name: ${/^[\d.]+$/.test(name) ? JSON.stringify(name) : name}\n`;
      const documentChanges = [
        { kind: 'create' as const, uri, options: { ignoreIfExists: true } },
        { textDocument: { uri, version: null }, edits: [{ range: { start, end: start }, newText }] },
      ];
      return [{ finding, action: { title: `Create ${file}`, kind: 'quickfix', edit: { documentChanges } } }];
    }),
};
