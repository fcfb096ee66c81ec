/** Selection ranges: from the word under the cursor outwards through value, pair, map and document. */
import type { SelectionRange } from 'vscode-languageserver-types';
import { startOfLine } from '../core/document/lines.ts';
import { rangeOf } from '../core/document/navigate.ts';
import type { DocNode, Span } from '../core/document/node.ts';
import { documentAt, type LanguageContext } from './context.ts';

/** The chain of ranges around `offset`, the innermost first. */
export function selectionRange(context: LanguageContext, offset: number): SelectionRange {
  const { parsed } = context;
  const spans: Span[] = [{ start: 0, end: parsed.text.length }];
  const document = documentAt(parsed, offset);
  if (document) {
    spans.push({ start: document.start, end: document.end });
    if (document.root) collect(document.root, offset, spans);
  }
  const last = spans.at(-1);
  if (last) spans.push(...linesIn(parsed.text, last, offset));
  const word = wordAt(parsed.text, offset);
  if (word) spans.push(word);
  let made: SelectionRange | undefined;
  let outer: Span | undefined;
  for (const span of spans) {
    const inside = !outer || (span.start >= outer.start && span.end <= outer.end);
    const same = outer?.start === span.start && outer.end === span.end;
    if (!inside || same || offset < span.start || offset > span.end) continue;
    made = { range: rangeOf(parsed, span), ...(made ? { parent: made } : {}) };
    outer = span;
  }
  return made ?? { range: rangeOf(parsed, { start: offset, end: offset }) };
}

function collect(node: DocNode, offset: number, spans: Span[]): void {
  if (offset < node.start || offset > node.end) return;
  spans.push(node);
  if (node.kind === 'map') {
    for (const { key, value } of node.pairs) {
      const pair = { start: key.start, end: Math.max(key.end, value?.end ?? key.end) };
      if (offset < pair.start || offset > pair.end) continue;
      spans.push(pair);
      if (offset <= key.end) spans.push(key);
      else if (value) collect(value, offset, spans);
      return;
    }
  } else if (node.kind === 'seq') {
    for (const item of node.items) {
      if (offset >= item.start && offset <= item.end) {
        collect(item, offset, spans);
        return;
      }
    }
  } else if (
    node.kind === 'scalar' &&
    (node.style === 'single' || node.style === 'double') &&
    node.end - node.start >= 2
  ) {
    spans.push({ start: node.start + 1, end: node.end - 1 });
  }
}

/** Of a text over several lines, all of it without its header, and the line. */
function linesIn(text: string, whole: Span, offset: number): readonly Span[] {
  const written = text.slice(whole.start, whole.end);
  const header = /^[|>][^\n]*\n/u.exec(written)?.[0];
  if (header === undefined) return [];
  const lines = { start: whole.start + header.length, end: whole.start + written.trimEnd().length };
  const lineStart = startOfLine(text, offset);
  const line = /^([ \t]*)([^\r\n]*)/u.exec(text.slice(lineStart, whole.end));
  const start = lineStart + (line?.[1]?.length ?? 0);
  return [lines, { start, end: start + (line?.[2]?.length ?? 0) }];
}

function wordAt(text: string, offset: number): Span | undefined {
  let start = offset;
  let end = offset;
  while (start > 0 && /[\p{L}\p{N}_-]/u.test(text[start - 1] ?? '')) start -= 1;
  while (end < text.length && /[\p{L}\p{N}_-]/u.test(text[end] ?? '')) end += 1;
  return end > start ? { start, end } : undefined;
}
