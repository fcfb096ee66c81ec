/** Indentation: two columns a level, or the document's own; list items under their key, texts and comments moved with what they belong to. */
import type { DocNode, ParsedDocument, ParsedText, ScalarNode } from '../../core/document/node.ts';
import type { Edit } from './format.ts';

/** Columns of a level, and of what stands behind a dash. */
const STEP = 2;

interface Wanted {
  /** Columns of a level. */
  readonly step: number;
  /** Column that a token which begins a line is to stand at, by its offset. */
  readonly columns: Map<number, number>;
  /** Texts over several lines: their lines behind the first move with the line that they begin on. */
  readonly moving: (ScalarNode | DocNode)[];
}

/** The edits that move the lines of a document; `tabSize` is what the editor says of the file. */
export function indentationEdits(parsed: ParsedText, document: ParsedDocument, tabSize = STEP): Edit[] {
  const { root } = document;
  if (!root || (root.kind !== 'map' && root.kind !== 'seq') || root.flow) return [];
  const wanted: Wanted = { step: stepOf(parsed, root, tabSize), columns: new Map(), moving: [] };
  visit(parsed.text, root, 0, wanted);
  return moves(parsed, document, wanted);
}

/** A document that is written in the editor's columns keeps them; an editor's setting alone moves nothing. */
function stepOf({ lineStarts }: ParsedText, root: DocNode, tabSize: number): number {
  if (root.kind !== 'map' || tabSize === STEP) return STEP;
  const columns = root.pairs.flatMap(({ value }) => {
    const first = value?.kind === 'map' && !value.flow ? value.pairs[0]?.key.start : undefined;
    return first === undefined ? [] : [first - (lineStarts.findLast((start) => start <= first) ?? 0)];
  });
  const isOwn = columns.length > 0 && columns.every((column) => column === tabSize);
  return isOwn ? tabSize : STEP;
}

function visit(text: string, node: DocNode, column: number, wanted: Wanted): void {
  switch (node.kind) {
    case 'map':
      if (node.flow) {
        wanted.moving.push(node);
        return;
      }
      for (const { key, value } of node.pairs) {
        wanted.columns.set(key.start, column);
        if (value) visit(text, value, column + wanted.step, wanted);
      }
      return;
    case 'seq':
      if (node.flow) {
        wanted.moving.push(node);
        return;
      }
      node.items.forEach((item, index) => {
        const dash = dashBefore(
          text,
          index === 0 ? node.start : (node.items[index - 1]?.end ?? node.start),
          item.start,
        );
        if (dash !== undefined) wanted.columns.set(dash, column);
        visit(text, item, column + STEP, wanted);
      });
      return;
    case 'scalar':
      wanted.moving.push(node);
      return;
    case 'alias':
      return;
  }
}

/** The dash of an item: the first thing behind the item before it that is neither white space nor a comment. */
export function dashBefore(text: string, from: number, to: number): number | undefined {
  let at = from;
  while (at < to) {
    const char = text[at];
    if (char === '-') return at;
    if (char === '#') {
      const end = text.indexOf('\n', at);
      if (end < 0) return undefined;
      at = end;
    } else if (char !== undefined && !/\s/u.test(char)) return undefined;
    at += 1;
  }
  return undefined;
}

interface Line {
  readonly start: number;
  /** Offset of the first character that is no blank; the line's end where there is none. */
  readonly first: number;
  readonly end: number;
}

function moves(parsed: ParsedText, document: ParsedDocument, { columns, moving }: Wanted): Edit[] {
  const lines = linesOf(parsed, document.start, document.end);
  const lineAt = (offset: number): number => {
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((lines[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const column: (number | undefined)[] = lines.map((line) => columns.get(line.first));
  const inside = new Set<number>();
  for (const node of moving) {
    const first = lineAt(node.start);
    const last = lineAt(Math.max(node.start, node.end - 1));
    const start = lines[first];
    if (last === first || !start) continue;
    const target = column[first];
    const delta = target === undefined ? 0 : target - (start.first - start.start);
    for (let index = first + 1; index <= last; index++) {
      const line = lines[index];
      if (!line) continue;
      inside.add(index);
      if (line.first < line.end) column[index] = Math.max(0, line.first - line.start + delta);
    }
  }
  lines.forEach((line, index) => {
    if (column[index] !== undefined || inside.has(index) || parsed.text[line.first] !== '#') return;
    column[index] = commentColumn(lines, column, index, parsed.text);
  });
  return lines.flatMap((line, index): Edit[] => {
    const target = column[index];
    if (target === undefined || line.first >= line.end || target === line.first - line.start) return [];
    return [{ start: line.start, end: line.first, text: ' '.repeat(target) }];
  });
}

/** A comment stands with the line that it stood level with: the next one, else the one before, else the next. */
function commentColumn(
  lines: readonly Line[],
  column: readonly (number | undefined)[],
  index: number,
  text: string,
): number | undefined {
  const own = indentOf(lines[index]);
  const content = (at: number): boolean => {
    const line = lines[at];
    return line !== undefined && line.first < line.end && text[line.first] !== '#' && column[at] !== undefined;
  };
  let next = index + 1;
  while (next < lines.length && !content(next)) next += 1;
  let before = index - 1;
  while (before >= 0 && !content(before)) before -= 1;
  if (next < lines.length && indentOf(lines[next]) === own) return column[next];
  if (before >= 0 && indentOf(lines[before]) === own) return column[before];
  return next < lines.length ? column[next] : own;
}

function indentOf(line: Line | undefined): number {
  return line ? line.first - line.start : 0;
}

function linesOf({ text, lineStarts }: ParsedText, from: number, to: number): Line[] {
  const lines: Line[] = [];
  for (let index = 0; index < lineStarts.length; index++) {
    const start = lineStarts[index] ?? 0;
    const next = lineStarts[index + 1] ?? text.length;
    if (next <= from || start >= to) continue;
    let end = next;
    while (end > start && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1;
    let first = start;
    while (first < end && text[first] === ' ') first += 1;
    lines.push({ start, first, end });
  }
  return lines;
}
