/** Writes `{ a: 1, b: 2 }` or `[a, b]` over several lines, in block style; offered only where it reads back the same. */
import { startOfLine } from '../../core/document/lines.ts';
import { nodeAt, placeAt, resolved } from '../../core/document/navigate.ts';
import type { MapNode, Path, SeqNode } from '../../core/document/node.ts';
import { parse } from '../../core/document/parse.ts';
import type { Entry } from '../../core/workspace.ts';
import { entryAt } from '../context.ts';
import { workspaceEdit, type ActionProvider, type FileEdit } from './action.ts';
import { indentOf, newLine } from './insert.ts';
import { isDeepStrictEqualData } from './sameData.ts';

export const flowToBlock: ActionProvider = {
  name: 'flow to block style',
  kind: 'refactor.rewrite',
  propose(context, request) {
    const entry = entryAt(context, request.span.start);
    const place = entry && placeAt(entry.document, request.span.start);
    const node = entry && place && outermostFlow(entry, place.path);
    const edit = node && blockEdit(entry, node);
    if (!edit || !readsTheSame(entry, edit)) return [];
    const title = node.kind === 'map' ? 'Write the map over several lines' : 'Write the list over several lines';
    return [{ action: { title, kind: 'refactor.rewrite', edit: workspaceEdit(context, [edit]) } }];
  },
};

/** The outermost flow collection on the way to a place: one inside of another has to stay in flow style. */
function outermostFlow(entry: Entry, path: Path): MapNode | SeqNode | undefined {
  for (let length = 0; length <= path.length; length++) {
    const node = nodeAt(entry.document, path.slice(0, length));
    if (node?.kind === 'alias' || node !== resolved(node)) return undefined;
    if ((node?.kind === 'map' || node?.kind === 'seq') && node.flow) return node;
  }
  return undefined;
}

function blockEdit(entry: Entry, node: MapNode | SeqNode): FileEdit | undefined {
  const { text } = entry.parsed;
  if (/[\r\n]/u.test(text.slice(node.start, node.end))) return undefined;
  const parts =
    node.kind === 'map'
      ? node.pairs.map((pair) => text.slice(pair.key.start, Math.max(pair.key.end, pair.value?.end ?? 0)))
      : node.items.map((item) => `- ${text.slice(item.start, item.end)}`);
  if (parts.length === 0) return undefined;
  const lineStart = startOfLine(text, node.start);
  const lead = text.slice(lineStart, node.start);
  const behindDash = /^\s*(?:- +)+$/u.test(lead);
  const column = behindDash ? lead.length : indentOf(entry, node.start).length + dashesOf(lead) + stepOf(entry);
  const lines = parts.join(`${newLine(entry)}${' '.repeat(column)}`);
  const start = behindDash ? node.start : lineStart + lead.trimEnd().length;
  const newText = behindDash ? lines : `${newLine(entry)}${' '.repeat(column)}${lines}`;
  return { file: entry.file, span: { start, end: node.end }, newText };
}

/** The columns of a level, as the first map within a map of the document has it. */
function stepOf(entry: Entry): number {
  const { root } = entry.document;
  const inner = root?.kind === 'map' ? root.pairs.find(({ value }) => value?.kind === 'map' && !value.flow) : undefined;
  const first = inner?.value?.kind === 'map' ? inner.value.pairs[0] : undefined;
  return first ? first.key.start - startOfLine(entry.parsed.text, first.key.start) : 2;
}

/** The columns that the dashes before a key take. */
function dashesOf(lead: string): number {
  return /^\s*((?:- +)*)/u.exec(lead)?.[1]?.length ?? 0;
}

function readsTheSame(entry: Entry, { span, newText }: FileEdit): boolean {
  const { text } = entry.parsed;
  const document = parse(text.slice(0, span.start) + newText + text.slice(span.end)).documents[entry.document.index];
  return (
    document?.problems.length === entry.document.problems.length &&
    document.comments.length === entry.document.comments.length &&
    isDeepStrictEqualData(document.value, entry.document.value)
  );
}
