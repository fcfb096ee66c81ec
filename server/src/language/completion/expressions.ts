/** Completion inside `${{ }}`: roots, the names under them, and their members with their types. */
import { CompletionItemKind, type CompletionItem } from 'vscode-languageserver-types';
import { environmentOf } from '../../core/references/environment.ts';
import { asMap, asText, dig } from '../../core/references/read.ts';
import {
  BACKUP_MEMBERS,
  ENVIRONMENT_MEMBERS,
  RESOURCE_MEMBERS,
  ROOTS,
  type Member,
} from '../../core/references/vocabulary.ts';
import type { Entry } from '../../core/workspace.ts';
import type { LanguageContext } from '../context.ts';

/** What is typed of an expression before the cursor; undefined where the cursor is in none. */
export function expressionBefore(
  text: string,
  offset: number,
): { readonly path: readonly string[]; readonly typed: string } | undefined {
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(line, offset);
  const open = before.lastIndexOf('${{');
  if (open < 0 || before.indexOf('}}', open) >= 0) return undefined;
  const inside = before.slice(open + 3).replace(/^\s+/u, '');
  const parts = inside.split('.');
  const typed = parts.pop() ?? '';
  return /[^\w-]/u.test(typed) || parts.some((part) => part.trim() === '')
    ? undefined
    : { path: parts.map((part) => part.trim()), typed };
}

/** What can follow `path` in an expression. */
export function expressionItems(context: LanguageContext, entry: Entry, path: readonly string[]): CompletionItem[] {
  const [root, name, third] = path;
  const value = entry.document.value;
  const environment = environmentOf(entry, context.workspace);
  if (root === undefined) {
    return ROOTS.map(({ name: label, title, shape }) => ({
      label,
      kind: CompletionItemKind.Module,
      detail: shape,
      documentation: title,
      commitCharacters: ['.'],
    }));
  }
  if (root === 'vars' && path.length === 1) {
    return Object.entries(asMap(dig(environment?.document.value, 'vars'))).map(([label, each]) => ({
      label,
      kind: CompletionItemKind.Variable,
      detail: asText(each) ?? '',
    }));
  }
  if (root === 'environment' && path.length === 1) return members(ENVIRONMENT_MEMBERS);
  if (root === 'resources') {
    if (path.length === 1) {
      return named(value, 'resources', (each) =>
        [asText(dig(each, 'kind')), asText(dig(each, 'id'))].filter(Boolean).join(' '),
      );
    }
    return path.length === 2 && name !== undefined ? members(RESOURCE_MEMBERS) : [];
  }
  if (root !== 'backups') return [];
  if (path.length === 1) return named(value, 'backups', (each) => asText(dig(each, 'tool')) ?? 'backup');
  if (path.length === 2) {
    return [
      { label: 'latest', kind: CompletionItemKind.Property, detail: 'the newest backup', commitCharacters: ['.'] },
    ];
  }
  return path.length === 3 && third === 'latest' ? members(BACKUP_MEMBERS) : [];
}

function named(value: unknown, section: string, detail: (each: unknown) => string): CompletionItem[] {
  return Object.entries(asMap(dig(value, section))).map(([label, each]) => ({
    label,
    kind: CompletionItemKind.Field,
    detail: detail(each),
    commitCharacters: ['.'],
  }));
}

function members(of: readonly Member[]): CompletionItem[] {
  return of.map(({ name, type, title, runtime }) => ({
    label: name,
    kind: CompletionItemKind.Property,
    detail: runtime === true ? `${type}, known while it runs` : type,
    documentation: title,
  }));
}
