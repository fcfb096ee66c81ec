/** Applies a workspace edit to the texts of a language context. */
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import type { LanguageContext } from '../../server/src/language/context.ts';

/** Every text of the workspace after the edit, by path. */
export function applyEdit(context: LanguageContext, edit: WorkspaceEdit): Record<string, string> {
  const texts = Object.fromEntries([...context.workspace.files].map(([file, parsed]) => [file, parsed.text]));
  const fileOf = (uri: string): string => uri.replace('file:///w/', '');
  for (const change of edit.documentChanges ?? []) {
    if ('kind' in change && change.kind === 'create') texts[fileOf(change.uri)] ??= '';
    if ('edits' in change) apply(texts, fileOf(change.textDocument.uri), change.edits as TextEdit[]);
  }
  for (const [uri, edits] of Object.entries(edit.changes ?? {})) apply(texts, fileOf(uri), edits);
  return texts;
}

function apply(texts: Record<string, string>, file: string, edits: readonly TextEdit[]): void {
  const text = texts[file] ?? '';
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const offset = ({ line, character }: { line: number; character: number }): number =>
    (starts[line] ?? text.length) + character;
  const placed = edits.map((edit, index) => ({
    from: offset(edit.range.start),
    to: offset(edit.range.end),
    text: edit.newText,
    index,
  }));
  placed.sort((one, other) => other.from - one.from || other.index - one.index);
  texts[file] = placed.reduce((made, edit) => made.slice(0, edit.from) + edit.text + made.slice(edit.to), text);
}
