/** Text edits that quick fixes are made of: replace a value, add a key; undefined where the place is not simple enough to be sure. */
import { writtenSpan } from '../document/lines.ts';
import { nodeAt, resolved } from '../document/navigate.ts';
import type { Path } from '../document/node.ts';
import { keyText } from '../document/value.ts';
import type { Fix, FixEdit } from '../finding.ts';
import type { Entry } from '../workspace.ts';

/** The fix that replaces the scalar at `path` by `newText`. */
export function replaceValue(entry: Entry, path: Path, newText: string, title: string): readonly Fix[] {
  const node = nodeAt(entry.document, path);
  if (node?.kind !== 'scalar' || node.start >= node.end) return [];
  return [{ title, edits: [{ span: writtenSpan(entry.parsed.text, node), newText }], preferred: true }];
}

/** The fix that adds `key: value` to the map at `path`, in the map's own style. */
export function addKey(entry: Entry, path: Path, key: string, value: string, title: string): readonly Fix[] {
  const edit = addKeyEdit(entry, path, key, value);
  return edit ? [{ title, edits: [edit], preferred: true }] : [];
}

/** Behind the first pair, so that an `id` or a `name` stays first; positions come from keys alone, which are sure. */
function addKeyEdit(entry: Entry, path: Path, key: string, value: string): FixEdit | undefined {
  const map = resolved(nodeAt(entry.document, path));
  if (map?.kind !== 'map' || nodeAt(entry.document, path)?.kind === 'alias') return undefined;
  if (map.pairs.some((pair) => keyText(pair.key) === key)) return undefined;
  const first = map.pairs[0];
  const second = map.pairs[1];
  if (!first) return undefined;
  const text = entry.parsed.text;
  if (map.flow) {
    const end = (first.value ?? first.key).end;
    return { span: { start: end, end }, newText: `, ${key}: ${value}` };
  }
  const column = first.key.start - (text.lastIndexOf('\n', first.key.start - 1) + 1);
  const indent = ' '.repeat(column);
  if (second)
    return { span: { start: second.key.start, end: second.key.start }, newText: `${key}: ${value}\n${indent}` };
  if (first.value?.kind !== 'scalar' || first.value.style === 'literal' || first.value.style === 'folded') {
    return { span: { start: first.key.start, end: first.key.start }, newText: `${key}: ${value}\n${indent}` };
  }
  return { span: { start: first.value.end, end: first.value.end }, newText: `\n${indent}${key}: ${value}` };
}
