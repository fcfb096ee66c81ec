/** Mends of names: those that are there twice, and keys that nothing reads. */
import { startOfLine } from '../../../core/document/lines.ts';
import { nodeAt, pairAt, resolved } from '../../../core/document/navigate.ts';
import type { MapNode, Pair, Path, Span } from '../../../core/document/node.ts';
import { toValue } from '../../../core/document/value.ts';
import { asText, dig } from '../../../core/references/read.ts';
import type { Entry } from '../../../core/workspace.ts';
import { replaced, type Mender } from './mend.ts';

/** A name of its own for the second of two. */
export const nameOfItsOwn: Mender = (context, entry, finding) => {
  const name = written(entry, finding.path);
  const key = finding.path.at(-1);
  if (name === undefined || typeof key !== 'string') return [];
  const siblings =
    finding.path[0] === 'metadata' ? undefined : toValue(nodeAt(entry.document, finding.path.slice(0, -2)));
  const taken = new Set(
    siblings === undefined
      ? context.workspace.names(entry.kind)
      : (Array.isArray(siblings) ? siblings : []).map((each) => asText(dig(each, key))),
  );
  let count = 2;
  while (taken.has(`${name}-${count}`)) count += 1;
  const other = `${name}-${count}`;
  const text = /^[\w-]+$/u.test(other) ? other : JSON.stringify(other);
  return [{ title: `Rename it to "${other}"`, edits: [replaced(entry, finding.path, text)] }];
};

function written(entry: Entry, path: Path): string | undefined {
  return asText(toValue(nodeAt(entry.document, path)));
}

/** Takes the key out, with its value. */
export const removeKey: Mender = (_context, entry, finding) => {
  // A comma in a flow map makes a key of what is the rest of a value.
  if (finding.fixes?.some((fix) => fix.preferred)) return [];
  const map = resolved(nodeAt(entry.document, finding.path.slice(0, -1)));
  const pair = pairAt(entry.document, finding.path);
  const span = map?.kind === 'map' && pair ? pairSpan(entry, map, pair) : undefined;
  const name = String(finding.path.at(-1));
  return span ? [{ title: `Remove \`${name}\``, edits: [{ file: entry.file, span, newText: '' }] }] : [];
};

/** A pair with its comma, or with its lines; undefined where it is the only one, for what is left would be empty. */
export function pairSpan(entry: Entry, map: MapNode, pair: Pair): Span | undefined {
  const index = map.pairs.indexOf(pair);
  const next = map.pairs[index + 1];
  const before = map.pairs[index - 1];
  if (index < 0 || map.pairs.length < 2) return undefined;
  if (map.flow) {
    if (next) return { start: pair.key.start, end: next.key.start };
    return before && { start: (before.value ?? before.key).end, end: (pair.value ?? pair.key).end };
  }
  const { text } = entry.parsed;
  // The first key of an item stands behind its dash: the next one takes its place.
  const lead = text.slice(startOfLine(text, pair.key.start), pair.key.start);
  if (lead.trim() !== '') return next && { start: pair.key.start, end: next.key.start };
  const valueEnd = Math.max(pair.key.end, pair.value?.end ?? 0);
  const content = text.slice(0, valueEnd).trimEnd().length;
  const lineBreak = text.indexOf('\n', content);
  return { start: pair.key.start - lead.length, end: lineBreak < 0 ? text.length : lineBreak + 1 };
}
