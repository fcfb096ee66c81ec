/** Mends of what can't be read: a character that lacks, tried first on a parse; a key that is there twice; half an expression. */
import { nodeAt } from '../../../core/document/navigate.ts';
import type { DocNode, MapNode, Pair } from '../../../core/document/node.ts';
import { startOfLine } from '../../../core/document/lines.ts';
import { parse } from '../../../core/document/parse.ts';
import { swallowedInBrackets } from '../../../core/document/swallowed.ts';
import { keyText } from '../../../core/document/value.ts';
import { asText } from '../../../core/references/read.ts';
import type { FileEdit } from '../action.ts';
import { lineEnd } from '../insert.ts';
import type { Mend, Mender } from './mend.ts';
import { pairSpan } from './names.ts';

const CLOSING: Readonly<Record<string, string>> = { '{': ' }', '[': ']', '"': '"', "'": "'" };

/** A change that may make the text read better. */
interface Try {
  readonly title: string;
  readonly start: number;
  readonly end: number;
  readonly newText: string;
  /** It changes nothing beyond its line: another fault farther down doesn't speak against it. */
  readonly local?: true;
}

/** Puts in the one character that lacks, quotes a value or moves a line, where the text reads better with it. */
export const whatLacks: Mender = (_context, entry, finding) => {
  const { span } = finding;
  if (!span || finding.relative) return [];
  const { text } = entry.parsed;
  const end = contentEnd(text, span.start, lineEnd(entry, span.start));
  const marked = text.slice(span.start, span.end);
  const first = text.charAt(span.start);
  const put = (title: string, at: number, newText: string): Try => ({ title, start: at, end: at, newText });
  const key = /^[\w-]+/u.exec(marked)?.[0].length ?? 0;
  const tries: readonly Try[] = [
    ...(key > 0 && key === marked.length ? [put('Add the colon', span.end, ': ')] : []),
    ...(key > 0 && marked[key] === ' ' ? [put('Add the colon', span.start + key, ':')] : []),
    ...(/^[\w-]+:[^\s:]/u.test(marked) ? [put('Add the blank behind the colon', span.start + key + 1, ' ')] : []),
    ...dashes(text, span.start),
    ...comma(text, span.start, finding.message),
    ...(first === '\\' ? [put('Double the backslash', span.start, '\\')] : []),
    ...swallowed(text, span.start, first),
    ...unmarked(text, span.start, end),
    ...tooFarLeft(text, span.start, first),
    ...(Object.hasOwn(CLOSING, first) ? [put(`Close it with ${CLOSING[first] ?? ''}`, end, CLOSING[first] ?? '')] : []),
    ...(finding.fixes?.some(({ title }) => title === QUOTE) === true ? [] : quoted(text, span.start, end)),
    ...likeLineAbove(text, span.start),
  ];
  return tries.flatMap(({ title, start, end: until, newText, local }): Mend[] => {
    const made = text.slice(0, start) + newText + text.slice(until);
    if (!readsBetter(text, made, local ? start + newText.length : undefined)) return [];
    return [{ title, edits: [{ file: entry.file, span: { start, end: until }, newText }] }];
  });
};

const QUOTE = 'Quote the value';

/** The comma between two pairs within brackets: `{ rpo: 2h rto: 3h }`. */
function comma(text: string, offset: number, message: string): Try[] {
  if (!message.startsWith('A comma is missing before')) return [];
  const before = /^[^,\n{}[\]]*?\S(?=\s+[\w-]+\s*:\s)/u.exec(text.slice(offset, offset + 200))?.[0];
  if (before === undefined) return [];
  const at = offset + before.length;
  return [{ title: 'Put the comma in', start: at, end: at, newText: ',' }];
}

/** The text that became a comment, in quotes. */
function swallowed(text: string, offset: number, first: string): Try[] {
  const lost = /^[{[]$/u.test(first) ? swallowedInBrackets(text, offset) : undefined;
  if (!lost) return [];
  const newText = JSON.stringify(text.slice(lost.start, lost.end));
  return [{ title: `Quote: ${newText}`, ...lost, newText }];
}

/** `-id: a` is a key to YAML and no item; told where the next line doesn't fit. */
function dashes(text: string, offset: number): Try[] {
  const from = Math.max(0, startOfLine(text, Math.max(0, startOfLine(text, offset) - 1)));
  const glued = /^[ ]*-(?=[A-Za-z_][\w-]*:(?:\s|$))/mu.exec(text.slice(from, offset + 200));
  if (!glued) return [];
  const at = from + glued.index + glued[0].length;
  return [{ title: 'Add the blank behind the dash', start: at, end: at, newText: ' ' }];
}

/** A closing bracket on a line of its own has to stand deeper than what it belongs to. */
function tooFarLeft(text: string, offset: number, first: string): Try[] {
  if (!/^[{[]$/u.test(first)) return [];
  const closing = /\n[ ]*(?=[\]}])/u.exec(text.slice(offset, offset + 2000));
  if (!closing) return [];
  const at = offset + closing.index + 1;
  return [{ title: 'Indent the closing bracket', start: at, end: at, newText: '  ' }];
}

/** `{{ vars.x }}/path` lacks the `$` of an expression, and is a bracket without it. */
function unmarked(text: string, offset: number, end: number): Try[] {
  const lineStart = startOfLine(text, offset);
  const line = text.slice(lineStart, end);
  const match = /(?<=:[ \t]+)\{\{\s*(?:vars|resources|backups|environment)\b[^"\n]*$/u.exec(line);
  if (!match || /^[^{]*[{[]/u.test(line.slice(0, match.index))) return [];
  const start = lineStart + match.index;
  const newText = JSON.stringify(match[0].trimEnd().replace(/(?<!\$)\{\{/gu, '${{'));
  return [{ title: `Write ${newText}`, start, end: start + match[0].trimEnd().length, newText }];
}

/** The value behind the key before `offset`, in quotes; up to the next comma or bracket where it stands in brackets. */
function quoted(text: string, offset: number, end: number): Try[] {
  const lineStart = startOfLine(text, offset);
  const line = text.slice(lineStart, end);
  const key = [...line.matchAll(/(?<=^|[\s{[,])[\w./-]+:[ \t]+/gu)].findLast(
    (match) => lineStart + match.index + match[0].length <= offset,
  );
  if (!key) return [];
  const from = key.index + key[0].length;
  const flow = /[{[]/u.test(line.slice(0, from));
  const value = (flow ? /^[^,{}[\]]*/u.exec(line.slice(from))?.[0] : line.slice(from))?.trimEnd() ?? '';
  if (value === '' || /^["'{[]/u.test(value)) return [];
  const newText = /["\\]/u.test(value) ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;
  const change = { title: QUOTE, start: lineStart + from, end: lineStart + from + value.length, newText };
  // In brackets it may as well be the bracket that lacks.
  return [flow ? change : { ...change, local: true }];
}

/** The line of `offset` indented like the one with text above it. */
function likeLineAbove(text: string, offset: number): Try[] {
  const start = startOfLine(text, offset);
  const line = /(?:^|\n)([ \t]*)(?:- )?[^\s#-][^\n]*\n(?:\s*\n)*$/u.exec(text.slice(Math.max(0, start - 2000), start));
  // What opens a map or a list has what is in it deeper, not beside it.
  const above = line && /:[ \t]*(?:#[^\n]*)?\r?\n\s*$/u.test(line[0]) ? undefined : line?.[1];
  const own = /^[ \t]*/u.exec(text.slice(start))?.[0] ?? '';
  if (above === undefined || above === own || start + own.length < offset) return [];
  return [{ title: 'Indent it like the line above', start, end: start + own.length, newText: above }];
}

/** Where a line's content ends, without the comment behind it. */
function contentEnd(text: string, from: number, end: number): number {
  const line = text.slice(from, end);
  return from + line.replace(/\s+#.*$/u, '').trimEnd().length;
}

/** Fewer faults; or, of what changes only the line that holds `end`, as many of which none is left up to there. */
function readsBetter(text: string, made: string, end: number | undefined): boolean {
  const before = problemsOf(text);
  const after = problemsOf(made);
  if (after.length !== before.length || end === undefined) return after.length < before.length;
  const line = made.indexOf('\n', end);
  return line >= 0 && before.some((start) => start <= line) && after.every((start) => start > line);
}

function problemsOf(text: string): readonly number[] {
  return parse(text).documents.flatMap((document) => document.problems.map(({ start }) => start));
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
