/** Mends of what can't be read: a character that lacks, tried first on a parse; a key that is there twice; half an expression. */
import { nodeAt } from '../../../core/document/navigate.ts';
import type { DocNode, MapNode, Pair } from '../../../core/document/node.ts';
import { parse } from '../../../core/document/parse.ts';
import { keyText } from '../../../core/document/value.ts';
import { asText } from '../../../core/references/read.ts';
import type { FileEdit } from '../action.ts';
import { lineEnd } from '../insert.ts';
import type { Mend, Mender } from './mend.ts';
import { pairSpan } from './names.ts';

const CLOSING: Readonly<Record<string, string>> = { '{': ' }', '[': ']', '"': '"', "'": "'" };

/** Puts in the one character that lacks, where the text reads better with it. */
export const whatLacks: Mender = (_context, entry, finding) => {
  const { span } = finding;
  if (!span || finding.relative) return [];
  const { text } = entry.parsed;
  const end = contentEnd(text, span.start, lineEnd(entry, span.start));
  const marked = text.slice(span.start, span.end);
  const first = text.charAt(span.start);
  const tries: readonly (readonly [title: string, at: number, newText: string])[] = [
    ...(/^[\w-]+$/u.test(marked) ? [['Add the colon', span.end, ': '] as const] : []),
    ...(first === '\\' ? [['Double the backslash', span.start, '\\'] as const] : []),
    ...(Object.hasOwn(CLOSING, first)
      ? [[`Close it with ${CLOSING[first] ?? ''}`, end, CLOSING[first] ?? ''] as const]
      : []),
  ];
  return tries.flatMap(([title, at, newText]): Mend[] => {
    const made = text.slice(0, at) + newText + text.slice(at);
    if (problemsIn(made) >= problemsIn(text)) return [];
    return [{ title, edits: [{ file: entry.file, span: { start: at, end: at }, newText }] }];
  });
};

/** Where a line's content ends, without the comment behind it. */
function contentEnd(text: string, from: number, end: number): number {
  const line = text.slice(from, end);
  return from + line.replace(/\s+#.*$/u, '').trimEnd().length;
}

function problemsIn(text: string): number {
  return parse(text).documents.reduce((sum, document) => sum + document.problems.length, 0);
}

/** Takes out one of two pairs with the same key. */
export const keepOne: Mender = (_context, entry, finding) => {
  const at = finding.span?.start;
  const { root } = entry.document;
  const found = at === undefined || !root ? undefined : pairAtOffset(root, at);
  if (!found) return [];
  const name = keyText(found.pair.key);
  const first = found.map.pairs.find((pair) => keyText(pair.key) === name);
  const removal = (title: string, pair: Pair): Mend => {
    const span = pairSpan(entry, found.map, pair);
    return { title, edits: [span && { file: entry.file, span, newText: '' }] };
  };
  return [
    removal(`Remove this \`${name}\``, found.pair),
    ...(first && first !== found.pair ? [removal(`Remove the first \`${name}\``, first)] : []),
  ];
};

function pairAtOffset(node: DocNode, offset: number): { readonly map: MapNode; readonly pair: Pair } | undefined {
  if (node.kind === 'seq') {
    for (const item of node.items) {
      const found = pairAtOffset(item, offset);
      if (found) return found;
    }
  }
  if (node.kind !== 'map') return undefined;
  for (const pair of node.pairs) {
    if (pair.key.start <= offset && offset <= pair.key.end) return { map: node, pair };
    const found = pair.value && pairAtOffset(pair.value, offset);
    if (found) return found;
  }
  return undefined;
}

/** Closes an expression, or goes on with the member that is nearly always meant. */
export const wholeExpression: Mender = (_context, entry, finding) => {
  const expression = asText(finding.data?.['expression']) ?? '';
  const node = nodeAt(entry.document, finding.path);
  const marked = finding.span;
  if (!node || !marked || finding.relative !== true) return [];
  const insert = (at: number, newText: string): FileEdit => ({
    file: entry.file,
    span: { start: node.start + at, end: node.start + at },
    newText,
  });
  if (!expression.includes('}}')) {
    const read = /^\$\{\{\s*[\w.-]+/u.exec(expression)?.[0];
    return read === undefined
      ? []
      : [{ title: 'Close it with }}', edits: [insert(marked.start + read.length, ' }}')] }];
  }
  const bare = /^\$\{\{\s*(resources|backups)\.[\w-]+\s*\}\}$/u.exec(expression)?.[1];
  if (bare === 'resources') return [{ title: 'Go on with .id', edits: [insert(marked.end, '.id')] }];
  if (bare === 'backups') return [{ title: 'Go on with .latest.uri', edits: [insert(marked.end, '.latest.uri')] }];
  return /^\$\{\{\s*backups\.[\w-]+\.(?:uri|key|time|versionId)\s*\}\}$/u.test(expression)
    ? [{ title: 'Ask the newest copy: .latest', edits: [insert(marked.start, 'latest.')] }]
    : [];
};
