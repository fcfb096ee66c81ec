/** Edits that add a key to a map of a document, in the style that stands there; missing sections are added in their usual place. */
import { nodeAt, resolved } from '../../core/document/navigate.ts';
import type { MapNode, Pair, Path } from '../../core/document/node.ts';
import { keyText } from '../../core/document/value.ts';
import { schemaNodesAt } from '../../core/schema/navigate.ts';
import type { Entry } from '../../core/workspace.ts';
import type { FileEdit } from './action.ts';

/** The edit that adds `key: value` (`value` as it shall be written) to the map at `path`; undefined where something else stands there. */
export function insertKey(entry: Entry, path: Path, key: string, value: string): FileEdit | undefined {
  const direct = nodeAt(entry.document, path);
  const node = resolved(direct);
  if (node?.kind === 'map') {
    if (direct?.kind === 'alias') return undefined;
    const known = node.pairs.find((pair) => keyText(pair.key) === key);
    if (known) return fill(entry, known, value);
    if (node.flow) return insertIntoFlow(entry, node, key, value);
    return path.length === 0 ? insertAtTop(entry, node, key, value) : appendToBlock(entry, node, pairText(key, value));
  }
  const isEmpty = node === undefined || (node.kind === 'scalar' && node.value === null);
  const last = path.at(-1);
  if (!isEmpty || last === undefined) return undefined;
  const parent = resolved(nodeAt(entry.document, path.slice(0, -1)));
  const pair = parent?.kind === 'map' ? parent.pairs.find((each) => keyText(each.key) === last) : undefined;
  const made = `{ ${key}: ${value} }`;
  if (!pair)
    return path.length === 1
      ? insertKey(entry, [], String(last), `${newLine(entry)}  ${key}: ${value}`)
      : insertKey(entry, path.slice(0, -1), String(last), made);
  if (parent?.kind === 'map' && parent.flow)
    return { file: entry.file, span: { start: pair.key.end, end: (pair.value ?? pair.key).end }, newText: `: ${made}` };
  // The section stands there, and is empty.
  const end = lineEnd(entry, pair.key.end);
  return {
    file: entry.file,
    span: { start: end, end },
    newText: `${newLine(entry)}${indentOf(entry, pair.key.start)}  ${key}: ${value}`,
  };
}

/** Gives a key that stands there without a value, or with null, its value; one that has another keeps it. */
function fill(entry: Entry, { key, value: there }: Pair, value: string): FileEdit | undefined {
  const { file } = entry;
  if (/[\r\n]/u.test(value)) return undefined;
  if (there && there.start < there.end)
    return there.kind === 'scalar' && there.value === null
      ? { file, span: { start: there.start, end: there.end }, newText: value }
      : undefined;
  const colon = /^["']?\s*:/u.exec(entry.parsed.text.slice(key.end, key.end + 20))?.[0];
  const at = key.end + (colon?.length ?? 0);
  return colon === undefined ? undefined : { file, span: { start: at, end: at }, newText: ` ${value}` };
}

/** A value that begins on the next line has no blank before it. */
function pairText(key: string, value: string): string {
  return /^[\r\n]/.test(value) ? `${key}:${value}` : `${key}: ${value}`;
}

function insertIntoFlow(entry: Entry, map: MapNode, key: string, value: string): FileEdit {
  const last = map.pairs.at(-1);
  const at = last ? (last.value ?? last.key).end : map.start + 1;
  const flowValue = value.startsWith('\n') || value.startsWith('\r') ? `{ ${value.trim()} }` : value;
  return {
    file: entry.file,
    span: { start: at, end: at },
    newText: last ? `, ${key}: ${flowValue}` : ` ${key}: ${flowValue} `,
  };
}

/** Behind the last pair, with its indentation. */
function appendToBlock(entry: Entry, map: MapNode, line: string): FileEdit | undefined {
  const last = map.pairs.at(-1);
  const first = map.pairs[0];
  if (!last || !first) return undefined;
  const { text } = entry.parsed;
  const indent = ' '.repeat(columnOf(entry, first.key.start));
  const end = trimmedEnd(text, last.key.end, (last.value ?? last.key).end);
  const at = lineEnd(entry, end);
  return { file: entry.file, span: { start: at, end: at }, newText: `${newLine(entry)}${indent}${line}` };
}

/** Before the first key that usually stands behind it, else at the end of the document. */
function insertAtTop(entry: Entry, map: MapNode, key: string, value: string): FileEdit | undefined {
  const order = schemaNodesAt(entry.kind, []).flatMap((node) => Object.keys(node.properties ?? {}));
  const own = order.indexOf(key);
  const next = own < 0 ? undefined : map.pairs.find((pair) => order.indexOf(keyText(pair.key)) > own);
  if (!next || columnOf(entry, next.key.start) !== 0) return appendToBlock(entry, map, pairText(key, value));
  const at = next.key.start;
  return { file: entry.file, span: { start: at, end: at }, newText: `${pairText(key, value)}${newLine(entry)}` };
}

/** The end of a value without the line breaks and blanks behind it. */
function trimmedEnd(text: string, least: number, end: number): number {
  let at = end;
  while (at > least && /\s/.test(text.charAt(at - 1))) at--;
  return at;
}

/** Where the line that holds `offset` ends, its comment included and the line break not. */
export function lineEnd(entry: Entry, offset: number): number {
  const { text } = entry.parsed;
  let at = offset;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

/** The line break that the file uses. */
export function newLine(entry: Entry): string {
  return entry.parsed.text.includes('\r\n') ? '\r\n' : '\n';
}

/** The blanks before the text of the line that holds `offset`. */
export function indentOf(entry: Entry, offset: number): string {
  const { text } = entry.parsed;
  const start = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

function columnOf(entry: Entry, offset: number): number {
  const { text } = entry.parsed;
  return (
    offset -
    (Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1) -
    (offset > 0 && text.startsWith('\uFEFF') && text.lastIndexOf('\n', offset - 1) < 0 ? 1 : 0)
  );
}
