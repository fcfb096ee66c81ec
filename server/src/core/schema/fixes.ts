/** Text changes that mend what the schema check finds, and the paths that findings are anchored by. */
import { stringify } from 'yaml';
import type { Fix } from '../finding.ts';
import type { DocNode, ParsedDocument, Path, PathSegment, SeqNode } from '../document/node.ts';
import { writtenSpan } from '../document/lines.ts';
import { nodeAt, pairAt, resolved } from '../document/navigate.ts';
import { keyText } from '../document/value.ts';
import type { JsonSchema } from './navigate.ts';

/** The path with items of sequences by their `id` or `name` where that is unique, so that an insertion above moves nothing. */
export function anchorPath(document: ParsedDocument, path: Path): Path {
  if (!path.some((segment) => typeof segment === 'number')) return path;
  const anchored: PathSegment[] = [];
  let node: DocNode | undefined = document.root;
  for (const segment of path) {
    const here = resolved(node);
    let step = segment;
    if (here?.kind === 'seq' && typeof segment === 'number') {
      const names = here.stable ? ((here.remembered ??= {}).uniqueNames ??= uniqueNames(here)) : uniqueNames(here);
      step = names[segment] ?? segment;
    }
    anchored.push(step);
    node = nodeAt({ ...headless, root: node }, [segment]);
  }
  return anchored;
}

/** The name of each item, where no other one has it. */
function uniqueNames(list: SeqNode): readonly (string | undefined)[] {
  const names = list.items.map(nameOfItem);
  const count = new Map<string | undefined, number>();
  for (const name of names) count.set(name, (count.get(name) ?? 0) + 1);
  return names.map((name) => (count.get(name) === 1 ? name : undefined));
}

/** Enough of a document for walking on from a node. */
const headless = {
  index: 0,
  start: 0,
  end: 0,
  problems: [],
  comments: [],
  apiVersion: undefined,
  kindName: undefined,
  value: undefined,
  text: '',
};

function nameOfItem(item: DocNode): string | undefined {
  const map = resolved(item);
  if (map?.kind !== 'map') return undefined;
  for (const key of ['id', 'name']) {
    const value = resolved(nodeAt({ ...headless, root: map }, [key]));
    if (value?.kind === 'scalar' && typeof value.value === 'string' && value.value !== '') return value.value;
  }
  return undefined;
}

/** Rename the key at `path` to what was meant. */
export function keyFixes(document: ParsedDocument, path: Path, rename: string | undefined): readonly Fix[] {
  const pair = pairAt(document, path);
  if (!pair || rename === undefined) return [];
  return [
    {
      title: `Rename to \`${rename}\``,
      edits: [{ span: spanOf(pair.key), newText: rename }],
      preferred: true,
      safe: true,
    },
  ];
}

/** Replace the value at `path` by `text` as a YAML scalar. */
export function replaceFix(
  document: ParsedDocument,
  path: Path,
  text: string,
  title: string,
  preferred: boolean,
): readonly Fix[] {
  const node = nodeAt(document, path);
  if (node?.kind !== 'scalar') return [];
  return [{ title, edits: [{ span: writtenSpan(document.text, node), newText: scalar(text) }], preferred }];
}

/** Put the missing keys in, each with its default or example: behind `kind` where there is one, else before the first key of the map. */
export function missingKeyFixes(
  document: ParsedDocument,
  path: Path,
  keys: readonly string[],
  schemaOf: (key: string) => JsonSchema | undefined,
): readonly Fix[] {
  const node = nodeAt(document, path);
  if (node?.kind !== 'map') return [];
  const first = node.pairs[0];
  return keys.flatMap((key): Fix[] => {
    // It may be there and be no name, or nothing.
    if (node.pairs.some((pair) => keyText(pair.key) === key)) return [];
    const schema = schemaOf(key);
    const given: unknown = schema?.const ?? schema?.default ?? schema?.examples?.[0];
    if (given === undefined) return [];
    const value = key === 'id' && typeof given === 'string' ? freeOf(document, path, key, given) : given;
    const entry = `${scalar(key)}: ${flow(value)}`;
    const preferred = keys.length === 1;
    if (!first)
      return [{ title: `Add \`${key}\``, edits: [{ span: spanOf(node), newText: `{ ${entry} }` }], preferred }];
    const kind = node.flow
      ? undefined
      : node.pairs.find((pair) => pair.key.kind === 'scalar' && pair.key.value === 'kind');
    const start = kind?.value ? endOfLine(document, kind.value.end) : first.key.start;
    const indentation = ' '.repeat(columnOf(document, first.key.start));
    const newText = node.flow ? `${entry}, ` : kind?.value ? `\n${indentation}${entry}` : `${entry}\n${indentation}`;
    return [{ title: `Add \`${key}\``, edits: [{ span: { start, end: start }, newText }], preferred }];
  });
}

/** A name that no other item of the list bears. */
function freeOf(document: ParsedDocument, path: Path, key: string, name: string): string {
  const list = nodeAt(document, path.slice(0, -1));
  if (typeof path.at(-1) !== 'number' || list?.kind !== 'seq') return name;
  const taken = new Set(
    list.items.map((_, index) => {
      const node = nodeAt(document, [...path.slice(0, -1), index, key]);
      return node?.kind === 'scalar' ? String(node.value) : undefined;
    }),
  );
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name}-${count}`;
  return free;
}

function spanOf(node: DocNode): { start: number; end: number } {
  return { start: node.start, end: node.end };
}

/** The offset of the line's end, before its line feed. */
export function endOfLine(document: ParsedDocument, offset: number): number {
  const newline = document.text.indexOf('\n', offset);
  if (newline < 0) return document.text.length;
  return document.text.charCodeAt(newline - 1) === 13 ? newline - 1 : newline;
}

function columnOf(document: ParsedDocument, offset: number): number {
  return offset - (document.text.lastIndexOf('\n', offset - 1) + 1);
}

/** A text as a scalar on one line, quoted where YAML asks for it. */
export function scalar(text: string): string {
  return stringify(text, {
    lineWidth: 0,
    defaultStringType: /^[\d.]+$/.test(text) ? 'QUOTE_DOUBLE' : 'PLAIN',
  }).trimEnd();
}

function flow(value: unknown): string {
  return stringify(value, { lineWidth: 0, collectionStyle: 'flow', defaultStringType: 'PLAIN' }).trimEnd();
}
