/** Spaces behind colons, dashes and commas, inside braces, at the ends of lines, and blank lines in a row. */
import type { DocNode, MapNode, ParsedDocument, ParsedText, SeqNode, Span } from '../../core/document/node.ts';
import type { Edit } from './format.ts';
import { dashBefore } from './indentation.ts';

/** The edits of a document that change white space only. */
export function spacingEdits(parsed: ParsedText, document: ParsedDocument): Edit[] {
  const edits: Edit[] = [];
  const texts: Span[] = [];
  if (document.root) visit(parsed.text, document.root, edits, texts);
  edits.push(...lineEdits(parsed, document, texts));
  return edits;
}

function visit(text: string, node: DocNode, edits: Edit[], texts: Span[]): void {
  if (node.kind === 'scalar') {
    texts.push({ start: node.start, end: node.end });
    return;
  }
  if (node.kind === 'map') {
    if (node.flow)
      braces(
        text,
        node,
        node.pairs.map(({ key, value }) => ({ start: key.start, end: Math.max(key.end, value?.end ?? 0) })),
        ' ',
        edits,
      );
    for (const { key, value } of node.pairs) {
      visit(text, key, edits, texts);
      if (!value) continue;
      // Only `:` and blanks may stand between: an anchor, a tag or a comment stays as it is.
      const between = text.slice(key.end, value.start);
      if (/^[ ]*:[ ]+$/u.test(between)) edits.push({ start: key.end, end: value.start, text: ': ' });
      visit(text, value, edits, texts);
    }
  } else if (node.kind === 'seq') {
    if (node.flow) braces(text, node, node.items, '', edits);
    node.items.forEach((item, index) => {
      if (!node.flow) {
        const dash = dashBefore(
          text,
          index === 0 ? node.start : (node.items[index - 1]?.end ?? node.start),
          item.start,
        );
        if (dash !== undefined && /^-[ ]+$/u.test(text.slice(dash, item.start)))
          edits.push({ start: dash + 1, end: item.start, text: ' ' });
      }
      visit(text, item, edits, texts);
    });
  }
}

/** `{ a: 1, b: 2 }` and `[a, b]`, where all of it stands on one line. */
function braces(text: string, node: MapNode | SeqNode, parts: readonly Span[], pad: string, edits: Edit[]): void {
  const whole = text.slice(node.start, node.end);
  const [first] = parts;
  const last = parts.at(-1);
  if (!first || !last || whole.includes('\n') || whole.includes('\r')) return;
  if (/^[ ]*$/u.test(text.slice(node.start + 1, first.start)))
    edits.push({ start: node.start + 1, end: first.start, text: pad });
  parts.forEach((part, index) => {
    const next = parts[index + 1];
    if (next && /^[ ]*,[ ]*$/u.test(text.slice(part.end, next.start)))
      edits.push({ start: part.end, end: next.start, text: ', ' });
  });
  if (/^[ ]*$/u.test(text.slice(last.end, node.end - 1))) edits.push({ start: last.end, end: node.end - 1, text: pad });
}

/** Blanks at ends of lines, blank lines in a row, and the end of the text; never inside a text. */
function lineEdits({ text, lineStarts }: ParsedText, document: ParsedDocument, texts: readonly Span[]): Edit[] {
  const edits: Edit[] = [];
  let blanks = 0;
  let next = 0;
  const sorted = [...texts].sort((one, other) => one.start - other.start);
  for (let index = 0; index < lineStarts.length; index++) {
    const start = lineStarts[index] ?? 0;
    const after = lineStarts[index + 1] ?? text.length;
    if (start < document.start || after > document.end) continue;
    let end = after;
    while (end > start && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1;
    while (next < sorted.length && (sorted[next]?.end ?? 0) <= start) next += 1;
    const inText = sorted[next];
    if (inText && inText.start < start && inText.end > start) {
      blanks = 0;
      continue;
    }
    const endsInText = inText && inText.start < end && inText.end > end;
    let trimmed = end;
    while (!endsInText && trimmed > start && /[ \t]/u.test(text[trimmed - 1] ?? '')) trimmed -= 1;
    blanks = trimmed === start ? blanks + 1 : 0;
    if (blanks > 1 && after > end) edits.push({ start, end: after, text: '' });
    else if (trimmed < end) edits.push({ start: trimmed, end, text: '' });
  }
  // Blanks behind the last line break go, and leave the text ended.
  if (text.length > 0 && document.end >= text.length && !/[\n\r][ \t]*$/u.test(text))
    edits.push({ start: text.length, end: text.length, text: '\n' });
  return edits;
}
