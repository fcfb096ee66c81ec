/** The parsed pieces of a document → one tree. */
import { duplicatesAmong } from './keys.ts';
import type { ParsedLeaf } from './leaf.ts';
import { MapNode, SeqNode } from './node.ts';
import type { Block, DocNode, Pair, SyntaxProblem } from './node.ts';
import type { Branch, Chunk, Leaf, Pieces } from './split.ts';

/** The parsed piece of some lines, its block's base set. */
export type LeafSource = (from: number, to: number) => ParsedLeaf;

export interface Assembled {
  readonly root: DocNode | undefined;
  readonly problems: SyntaxProblem[];
  /** In document order. */
  readonly leaves: ParsedLeaf[];
  /** For the next parse. */
  readonly joints: Joint[];
}

/**
 * A long section as it was put together, without a fault: made of the same pieces again it is the same section, wherever it
 * stands, and what was remembered of it still holds.
 */
export interface Joint {
  readonly leaves: readonly ParsedLeaf[];
  readonly node: MapNode | SeqNode;
}

/** Joints of the last parse by their first piece. */
export type Joints = ReadonlyMap<ParsedLeaf, Joint>;

interface Making extends Assembled {
  readonly known: Joints;
  /** Sections that were put together anew: what holds one of them is no longer what it was. */
  fresh: number;
}

/** Parses (or takes over) every piece and puts the trees together; without pieces the document is one. */
export function assemble(pieces: Pieces | undefined, chunk: Chunk, leafOf: LeafSource, known: Joints): Assembled {
  const made: Making = { root: undefined, problems: [], leaves: [], joints: [], known, fresh: 0 };
  if (!pieces) return { ...made, root: take(made, leafOf(chunk.content, chunk.to)).root };
  return { ...made, root: assemblePieces(made, pieces, leafOf) };
}

function take(made: Making, leaf: ParsedLeaf): ParsedLeaf {
  made.leaves.push(leaf);
  const { base } = leaf.block;
  for (const problem of leaf.problems) made.problems.push(moved(problem, base));
  return leaf;
}

function assemblePieces(made: Making, pieces: Pieces, leafOf: LeafSource): DocNode | undefined {
  const start = startOf(made);
  const parts = pieces.pieces.map((piece) =>
    piece.type === 'leaf' ? take(made, leafOf(piece.from, piece.to)).root : branch(made, piece, leafOf),
  );
  return joined(made, start, (leaves, block) => {
    const stable = withoutAlias(leaves);
    if (pieces.shape === 'seq') return joinSequences(parts, stable, block);
    if (parts.some((part) => part?.kind === 'map'))
      for (const part of parts) if (part && part.kind !== 'map') made.problems.push(strayed(part));
    return joinMaps(made, parts, stable, block);
  });
}

/** What had been made before a section. */
interface Start {
  readonly leaves: number;
  readonly fresh: number;
}

function startOf({ leaves, fresh }: Making): Start {
  return { leaves: leaves.length, fresh };
}

/** The section of the pieces since `start`: that of the last parse where it is of the same pieces, else as `join` makes it. */
function joined(
  made: Making,
  start: Start,
  join: (leaves: readonly ParsedLeaf[], block: Block) => DocNode | undefined,
): DocNode | undefined {
  const leaves = made.leaves.slice(start.leaves);
  const [first] = leaves;
  const known = first && made.fresh === start.fresh ? made.known.get(first) : undefined;
  if (first && known && isSame(known.leaves, leaves)) {
    known.node.block.base = first.block.base;
    made.joints.push(known);
    return known.node;
  }
  const block: Block = { base: first?.block.base ?? 0 };
  const before = made.problems.length;
  const node = join(leaves, block);
  // A node of a piece is the piece's own, and moves with it.
  if (node?.block !== block || (node.kind !== 'map' && node.kind !== 'seq')) return node;
  made.fresh++;
  if (node.stable && made.problems.length === before) made.joints.push({ leaves, node });
  return node;
}

function withoutAlias(leaves: readonly ParsedLeaf[]): boolean {
  return leaves.every((leaf) => !leaf.marks.some((mark) => mark.kind === 'alias'));
}

function isSame(one: readonly ParsedLeaf[], other: readonly ParsedLeaf[]): boolean {
  return one.length === other.length && one.every((leaf, index) => leaf === other[index]);
}

function joinMaps(
  made: Making,
  parts: readonly (DocNode | undefined)[],
  stable: boolean,
  block: Block,
): DocNode | undefined {
  const maps = parts.filter((part) => part?.kind === 'map');
  const [only] = maps;
  if (maps.length < 2) return only ?? parts.find((part) => part !== undefined);
  const pairs: Pair[] = [];
  for (const map of maps) for (const pair of map.pairs) pairs.push(pair);
  // Within a piece its own check has told them already.
  const told = new Set(made.problems.filter(({ code }) => code === 'syntax/duplicate-key').map(({ start }) => start));
  const duplicates: SyntaxProblem[] = [];
  duplicatesAmong(pairs, duplicates);
  made.problems.push(...duplicates.filter(({ start }) => !told.has(start)));
  return mapOf(pairs, stable, block);
}

/** What stands before the keys of a map and is none. */
function strayed(part: DocNode): SyntaxProblem {
  const isWord = part.kind === 'scalar' && part.style === 'plain';
  const end = part.kind === 'seq' ? Math.min(part.end, part.start + 1) : part.end;
  const message = isWord
    ? `\`${part.source.slice(0, 40)}\` has no colon behind it; write \`${part.source.slice(0, 40)}: …\`.`
    : 'This is no key, and stands where the keys of a map stand; indent it below a key, or remove it.';
  return { code: 'syntax/yaml', message, start: part.start, end };
}

function joinSequences(parts: readonly (DocNode | undefined)[], stable: boolean, block: Block): DocNode | undefined {
  const items = parts.flatMap((part) => (part?.kind === 'seq' ? part.items : []));
  const [first] = items;
  const sequences = parts.filter((part) => part?.kind === 'seq');
  const from = sequences[0]?.start ?? first?.start ?? block.base;
  const made = new SeqNode(block, from - block.base, (items.at(-1)?.end ?? from) - block.base, false, items);
  made.stable = stable;
  return made;
}

function mapOf(pairs: Pair[], stable: boolean, block: Block): MapNode {
  const first = pairs[0];
  const last = pairs.at(-1);
  const from = first?.key.start ?? block.base;
  const to = last ? (last.value ?? last.key).end : from;
  const made = new MapNode(block, from - block.base, to - block.base, false, pairs);
  made.stable = stable;
  return made;
}

/** A key whose children were parsed apart. */
function branch(made: Making, piece: Branch, leafOf: LeafSource): DocNode | undefined {
  const start = startOf(made);
  const head: Leaf = piece.head;
  const { root } = take(made, leafOf(head.from, head.to));
  const value = assemblePieces(made, piece.children, leafOf);
  return joined(made, start, (leaves, block) => {
    if (root?.kind !== 'map') return root;
    const pairs = [...root.pairs];
    const last = pairs.pop();
    if (last) pairs.push({ key: last.key, value });
    return mapOf(pairs, withoutAlias(leaves.slice(1)), block);
  });
}

/** A problem of a piece, with positions of the whole text. */
function moved(problem: SyntaxProblem, base: number): SyntaxProblem {
  if (base === 0) return problem;
  const { start, end, related, fixes } = problem;
  const shift = (span: { readonly start: number; readonly end: number }) => ({
    start: span.start + base,
    end: span.end + base,
  });
  return {
    ...problem,
    ...shift({ start, end }),
    ...(related ? { related: { ...related, span: shift(related.span) } } : {}),
    ...(fixes
      ? {
          fixes: fixes.map((fix) => ({
            ...fix,
            edits: fix.edits.map((edit) => ({ ...edit, span: shift(edit.span) })),
          })),
        }
      : {}),
  };
}
