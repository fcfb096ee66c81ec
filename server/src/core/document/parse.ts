/** Text → lean documents with exact positions, reusing what did not change. Never throws. */
import { resolveAliases } from './aliases.ts';
import { differenceOf, isAlike, type Difference } from './difference.ts';
import { encodingProblem } from './encoding.ts';
import { assemble, type Assembled, type Joint, type LeafSource } from './assemble.ts';
import { commentsOf } from './comments.ts';
import { parseLeaf, type ParsedLeaf } from './leaf.ts';
import type { Comment, DocNode, ParsedDocument, ParsedText, SyntaxProblem } from './node.ts';
import { scanLines, type Lines } from './scan.ts';
import { cutDocument, documentChunks, type Chunk, type Pieces } from './split.ts';
import { resolved } from './navigate.ts';
import { keyText, toValue } from './value.ts';

/** A parse and the pieces it was made of: the next parse takes over those whose text is the same. */
interface CachedText extends ParsedText {
  readonly lines: Lines;
  readonly leaves: readonly ParsedLeaf[];
  readonly joints: readonly Joint[];
}

/**
 * Parses `text`. `previous`, the last parse of the same file, is consumed: what did not change is taken over from it, and
 * its positions move. The text is cut into documents and those into top-level keys (long ones further); each piece is
 * parsed alone, once for each exact text.
 */
export function parse(text: string, previous?: ParsedText): ParsedText {
  const last = previous && 'leaves' in previous ? (previous as CachedText) : undefined;
  const difference = last && differenceOf(text, last.text);
  const lines = scanLines(text, last && difference && { lines: last.lines, difference });
  const take = takingFrom(last?.leaves ?? [], difference);
  const joints = new Map<ParsedLeaf, Joint>();
  for (const joint of last?.joints ?? []) if (joint.leaves[0]) joints.set(joint.leaves[0], joint);
  const made: Joint[] = [];
  const leaves: ParsedLeaf[] = [];
  const leafOf: LeafSource = (from, to) => {
    const start = Math.max(lines.starts[from] ?? text.length, text.charCodeAt(0) === 0xfeff && from === 0 ? 1 : 0);
    const end = lines.starts[to] ?? text.length;
    const leaf = take(text, start, end) ?? parseLeaf(text.slice(start, end));
    leaf.block.base = start;
    leaves.push(leaf);
    return leaf;
  };
  const encoding = encodingProblem(text);
  const documents = documentChunks(text, lines).map((chunk, index) =>
    parseChunk(
      text,
      lines,
      chunk,
      index,
      (pieces) => {
        const assembled = assemble(pieces, chunk, leafOf, joints);
        for (const joint of assembled.joints) made.push(joint);
        return assembled;
      },
      encoding,
    ),
  );
  const parsed: CachedText = { text, lineStarts: lines.lineStarts, documents, lines, leaves, joints: made };
  return parsed;
}

/** Pieces that are looked for one by one before all are put into a map by their text: an edit changes one or two. */
const FEW = 4;

/**
 * A function that hands out the leaf of the text from `start` to `end`, each leaf once, and of those with the same text the
 * first that is left. Where nothing changed the leaves come in their order, and no text is cut out or hashed for them.
 */
function takingFrom(
  leaves: readonly ParsedLeaf[],
  difference: Difference | undefined,
): (text: string, start: number, end: number) => ParsedLeaf | undefined {
  const isTaken = new Uint8Array(leaves.length);
  let next = 0;
  let missed = 0;
  let byText: Map<string, number[]> | undefined;
  const find = (piece: string): number => {
    if (++missed <= FEW) return leaves.findIndex((leaf, index) => isTaken[index] === 0 && leaf.text === piece);
    byText ??= indexesByText(leaves);
    const same = byText.get(piece);
    let index = same?.pop();
    while (index !== undefined && isTaken[index] === 1) index = same?.pop();
    return index ?? -1;
  };
  return (text, start, end) => {
    const expected = leaves[next];
    const isNext =
      expected?.text.length === end - start &&
      isTaken[next] === 0 &&
      ((difference && isAlike(difference, expected.block.base, start, end)) || text.startsWith(expected.text, start));
    const index = isNext ? next : find(text.slice(start, end));
    // A piece that is nowhere stands in the place of the next one: what follows it is probably what followed that.
    next = index === -1 ? next + 1 : index + 1;
    if (index === -1) return undefined;
    isTaken[index] = 1;
    return leaves[index];
  };
}

/** From behind, so that the first of those with the same text is the last in its list. */
function indexesByText(leaves: readonly ParsedLeaf[]): Map<string, number[]> {
  const made = new Map<string, number[]>();
  for (let index = leaves.length - 1; index >= 0; index--) {
    const text = leaves[index]?.text ?? '';
    const same = made.get(text);
    if (same) same.push(index);
    else made.set(text, [index]);
  }
  return made;
}

/** What a line that is broken by an alias holds behind it is the echo of that. */
function withoutEchoes(
  text: string,
  problems: readonly SyntaxProblem[],
  aliases: readonly SyntaxProblem[],
): readonly SyntaxProblem[] {
  const broken = aliases.filter(({ code }) => code === 'syntax/yaml');
  if (broken.length === 0 || problems.length === 0) return problems;
  return problems.filter(
    ({ start }) => !broken.some((alias) => alias.end <= start && !text.slice(alias.end, start).includes('\n')),
  );
}

function parseChunk(
  text: string,
  lines: Lines,
  chunk: Chunk,
  index: number,
  assembleOf: (pieces: Pieces | undefined) => Assembled,
  encoding: SyntaxProblem | undefined,
): ParsedDocument {
  const start = lines.starts[chunk.from] ?? 0;
  const end = lines.starts[chunk.to] ?? text.length;
  const pieces = cutDocument(text, lines, chunk);
  const assembled = assembleOf(pieces);
  const { root } = assembled;
  const aliases = resolveAliases(assembled.leaves);
  const problems: SyntaxProblem[] = [...withoutEchoes(text, assembled.problems, aliases), ...aliases];
  if (encoding && start <= encoding.start && encoding.start < end) problems.push(encoding);
  problems.sort((a, b) => a.start - b.start);
  let value: { readonly of: unknown } | undefined;
  let comments: readonly Comment[] | undefined;
  return {
    text,
    index,
    start,
    end,
    root,
    problems,
    apiVersion: apiVersionOf(root, text, start, end),
    kindName:
      headOf(root, 'kind') ??
      (root?.kind === 'map' && problems.length === 0 ? undefined : headIn(text, start, end, KIND)),
    get comments() {
      return (comments ??= commentsOf(text, start, assembled.leaves));
    },
    get value() {
      return (value ??= { of: toValue(root) }).of;
    },
  };
}

const API_VERSION = /^apiVersion[ \t]*:[ \t]*["']?(drillbook\/[^\s"'#]*)/m;
const KIND = /^kind[ \t]*:[ \t]*["']?([^\s"'#]+)/m;

function apiVersionOf(root: DocNode | undefined, text: string, start: number, end: number): string | undefined {
  const written = headOf(root, 'apiVersion');
  if (written !== undefined) return written.startsWith('drillbook/') ? written : undefined;
  return headIn(text, start, end, API_VERSION);
}

/** The scalar under a top-level key, as text. */
function headOf(root: DocNode | undefined, name: string): string | undefined {
  if (root?.kind !== 'map') return undefined;
  const value = resolved(root.pairs.find((pair) => keyText(pair.key) === name)?.value);
  return value?.kind === 'scalar' && value.value !== null ? String(value.value) : undefined;
}

/** The head of a document too broken to have the key in its tree: looked for in the text of its first lines. */
function headIn(text: string, start: number, end: number, pattern: RegExp): string | undefined {
  return pattern.exec(text.slice(start, Math.min(end, start + 4000)))?.[1];
}
