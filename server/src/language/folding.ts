/** Folding: maps and sequences that span lines, block scalars, runs of comments, and documents. */
import { FoldingRangeKind, type FoldingRange } from 'vscode-languageserver-types';
import { positionAt } from '../core/document/navigate.ts';
import type { DocNode, ParsedText } from '../core/document/node.ts';
import type { LanguageContext } from './context.ts';

/** The ranges of a file, each start line once. */
export function foldingRanges(context: LanguageContext): FoldingRange[] {
  const { parsed } = context;
  const ranges = new Map<number, FoldingRange>();
  const add = (startLine: number, endLine: number, kind?: FoldingRangeKind): void => {
    if (endLine <= startLine || ranges.has(startLine)) return;
    ranges.set(startLine, { startLine, endLine, ...(kind === undefined ? {} : { kind }) });
  };
  for (const document of parsed.documents) {
    if (parsed.documents.length > 1 && document.root) {
      add(positionAt(parsed, document.root.start).line, lastLine(parsed, document.root.end));
    }
    if (document.root) visit(parsed, document.root, add);
    let run: { first: number; last: number } | undefined;
    for (const comment of document.comments) {
      const { line, character } = positionAt(parsed, comment.start);
      const alone = parsed.text.slice(comment.start - character, comment.start).trim() === '';
      if (alone && run?.last === line - 1) run.last = line;
      else {
        if (run) add(run.first, run.last, FoldingRangeKind.Comment);
        run = alone ? { first: line, last: line } : undefined;
      }
    }
    if (run) add(run.first, run.last, FoldingRangeKind.Comment);
  }
  return [...ranges.values()].sort((one, other) => one.startLine - other.startLine);
}

function visit(parsed: ParsedText, node: DocNode, add: (start: number, end: number) => void): void {
  if (node.kind === 'map') {
    for (const { key, value } of node.pairs) {
      if (!value) continue;
      add(positionAt(parsed, key.start).line, lastLine(parsed, value.end));
      visit(parsed, value, add);
    }
  } else if (node.kind === 'seq') {
    for (const item of node.items) {
      if (item.kind !== 'scalar' || item.style === 'literal' || item.style === 'folded') {
        add(positionAt(parsed, item.start).line, lastLine(parsed, item.end));
      }
      visit(parsed, item, add);
    }
  }
}

/** The last line that holds anything of what ends at `end`. */
function lastLine(parsed: ParsedText, end: number): number {
  let last = end;
  while (last > 0 && /\s/u.test(parsed.text[last - 1] ?? '')) last -= 1;
  return positionAt(parsed, last).line;
}
