/** What a quick fix is: edits over files with a title, and the finding that it mends. */
import type { CodeAction, TextEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import { rangeOf } from '../../core/document/navigate.ts';
import type { Span } from '../../core/document/node.ts';
import type { Finding, FixEdit } from '../../core/finding.ts';
import type { LanguageContext } from '../context.ts';

/** A code action and the finding that it mends, for the diagnostic to be linked to it. */
export interface ProposedAction {
  readonly action: CodeAction;
  readonly finding?: Finding;
}

/** What is asked for: a selection, what is published about the file, and the kinds that the client wants. */
export interface ActionRequest {
  readonly span: Span;
  /** Every finding of the file, of all sources; static ones have to be of the context's parse. */
  readonly findings: readonly Finding[];
  /** Kinds of action, as in the protocol; all where left out. */
  readonly only?: readonly string[];
}

/** A row of the table: one way to mend or change a document. */
export interface ActionProvider {
  readonly name: string;
  /** The kind of its actions: `quickfix`, `refactor.extract`, `source.fixAll`, … */
  readonly kind: string;
  propose(context: LanguageContext, request: ActionRequest): readonly ProposedAction[];
}

/** An edit of one file of the workspace, as offsets of its current parse. */
export interface FileEdit extends FixEdit {
  readonly file: string;
}

/** Text edits by file; edits of files that the workspace has not are left out. */
export function workspaceEdit(context: LanguageContext, edits: readonly FixEdit[]): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const { file = context.file, span, newText } of edits) {
    const parsed = context.workspace.files.get(file);
    if (!parsed) continue;
    // Not every editor gives what it puts in the line breaks of the file.
    const text = parsed.text.includes('\r\n') ? newText.replace(/\r?\n/gu, '\r\n') : newText;
    (changes[context.uriOf(file)] ??= []).push({ range: rangeOf(parsed, span), newText: text });
  }
  return { changes };
}

/** Whether two spans touch. */
export function touches(one: Span, other: Span): boolean {
  return one.start <= other.end && other.start <= one.end;
}

/** Whether an action of that kind is asked for: `refactor` asks for `refactor.extract` too. */
export function isWanted(kind: string, only: readonly string[] | undefined): boolean {
  // What changes a whole file is offered only where it is asked for, or from the menu of source actions.
  if (!only || only.length === 0) return !kind.startsWith('source');
  return only.some((each) => each === '' || kind === each || kind.startsWith(`${each}.`));
}
