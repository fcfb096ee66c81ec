/** Formatting: indentation, spaces and blank lines, by the smallest edits. Comments stay, and the meaning never changes: that is checked. */
import type { TextEdit } from 'vscode-languageserver-types';
import { rangeOf, type PositionRange } from '../../core/document/navigate.ts';
import type { ParsedDocument, ParsedText, Span } from '../../core/document/node.ts';
import { parse } from '../../core/document/parse.ts';
import { indentationEdits } from './indentation.ts';
import { spacingEdits } from './spacing.ts';

/** A change of the text by offsets. */
export interface Edit extends Span {
  readonly text: string;
}

/**
 * The edits that put a text into shape, all of them or those on the lines of `within`. None where a document can't be
 * read, and none where the result would read differently.
 */
export function format(parsed: ParsedText, within?: readonly PositionRange[], tabSize?: number): TextEdit[] {
  const { text, documents } = parsed;
  const ours = documents.filter((document) => document.apiVersion !== undefined);
  if (ours.some((document) => document.problems.length > 0) || /^\t|^ +\t/mu.test(text)) return [];
  const all = ours.flatMap((document) => [
    ...indentationEdits(parsed, document, tabSize),
    ...spacingEdits(parsed, document),
  ]);
  const wanted = within ? all.filter((edit) => isWithin(parsed, edit, within)) : all;
  const edits = ordered(wanted.filter((edit) => text.slice(edit.start, edit.end) !== edit.text));
  if (edits.length === 0 || !readsTheSame(documents, apply(text, edits))) return [];
  return edits.map((edit) => ({ range: rangeOf(parsed, edit), newText: edit.text }));
}

function isWithin(parsed: ParsedText, edit: Edit, within: readonly PositionRange[]): boolean {
  const { start, end } = rangeOf(parsed, edit);
  return within.some((range) => {
    const last = range.end.character === 0 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
    return start.line >= range.start.line && end.line <= Math.max(last, end.character === 0 ? last + 1 : last);
  });
}

/** In order, none over another: of two that touch the same text the first counts. */
function ordered(edits: readonly Edit[]): Edit[] {
  const made: Edit[] = [];
  for (const edit of [...edits].sort((one, other) => one.start - other.start || one.end - other.end)) {
    const last = made.at(-1);
    if (last && (edit.start < last.end || (edit.start === last.start && edit.end === last.end))) continue;
    made.push(edit);
  }
  return made;
}

function apply(text: string, edits: readonly Edit[]): string {
  let made = '';
  let at = 0;
  for (const edit of edits) {
    made += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return made + text.slice(at);
}

/** Every document with the same data and the same comments. */
function readsTheSame(before: readonly ParsedDocument[], text: string): boolean {
  const after = parse(text).documents;
  if (after.length !== before.length) return false;
  return before.every((document, index) => {
    const other = after[index];
    return (
      other !== undefined &&
      other.problems.length === document.problems.length &&
      JSON.stringify(other.comments.map((comment) => comment.text)) ===
        JSON.stringify(document.comments.map((comment) => comment.text)) &&
      stable(other.value) === stable(document.value)
    );
  });
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each));
}
