/** The parsed pieces of a document → one tree. */
import { duplicatesAmong } from './keys.ts';
import type { ParsedLeaf } from './leaf.ts';
import { MapNode, SeqNode } from './node.ts';
import type { DocNode, Pair, SyntaxProblem } from './node.ts';
import type { Branch, Chunk, Leaf, Pieces } from './split.ts';

/** The parsed piece of some lines, its block's base set. */
export type LeafSource = (from: number, to: number) => ParsedLeaf;

export interface Assembled {
  readonly root: DocNode | undefined;
  readonly problems: SyntaxProblem[];
  /** In document order. */
  readonly leaves: ParsedLeaf[];
}

/** Offsets of assembled nodes count from the start of the text: they are made anew in each parse. */
const TEXT_START = { base: 0 } as const;

/** Parses (or takes over) every piece and puts the trees together; without pieces the document is one. */
export function assemble(pieces: Pieces | undefined, chunk: Chunk, leafOf: LeafSource): Assembled {
  const made: Assembled = { root: undefined, problems: [], leaves: [] };
  if (!pieces) return { ...made, root: take(made, leafOf(chunk.content, chunk.to)).root };
  return { ...made, root: assemblePieces(made, pieces, leafOf) };
}

function take(made: Assembled, leaf: ParsedLeaf): ParsedLeaf {
  made.leaves.push(leaf);
  const { base } = leaf.block;
  for (const problem of leaf.problems) made.problems.push(moved(problem, base));
  return leaf;
}

function assemblePieces(made: Assembled, pieces: Pieces, leafOf: LeafSource): DocNode | undefined {
  const before = made.leaves.length;
  const parts = pieces.pieces.map((piece) =>
    piece.type === 'leaf' ? take(made, leafOf(piece.from, piece.to)).root : branch(made, piece, leafOf),
  );
  const stable = made.leaves.slice(before).every((leaf) => !leaf.marks.some((mark) => mark.kind === 'alias'));
  if (pieces.shape === 'map' && parts.some((part) => part?.kind === 'map')) {
    for (const part of parts) if (part && part.kind !== 'map') made.problems.push(strayed(part));
  }
  return pieces.shape === 'map' ? joinMaps(made, parts, stable) : joinSequences(parts, stable);
}

function joinMaps(made: Assembled, parts: readonly (DocNode | undefined)[], stable: boolean): DocNode | undefined {
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
  return mapOf(pairs, stable);
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

function joinSequences(parts: readonly (DocNode | undefined)[], stable: boolean): DocNode | undefined {
  const items = parts.flatMap((part) => (part?.kind === 'seq' ? part.items : []));
  const [first] = items;
  const sequences = parts.filter((part) => part?.kind === 'seq');
  const from = sequences[0]?.start ?? first?.start ?? 0;
  const made = new SeqNode(TEXT_START, from, items.at(-1)?.end ?? from, false, items);
  made.stable = stable;
  return made;
}

function mapOf(pairs: Pair[], stable: boolean): MapNode {
  const first = pairs[0];
  const last = pairs.at(-1);
  const made = new MapNode(TEXT_START, first?.key.start ?? 0, last ? (last.value ?? last.key).end : 0, false, pairs);
  made.stable = stable;
  return made;
}

/** A key whose children were parsed apart. */
function branch(made: Assembled, piece: Branch, leafOf: LeafSource): DocNode | undefined {
  const head: Leaf = piece.head;
  const root = take(made, leafOf(head.from, head.to)).root;
  const before = made.leaves.length;
  const value = assemblePieces(made, piece.children, leafOf);
  if (root?.kind !== 'map') return root;
  const pairs = [...root.pairs];
  const last = pairs.pop();
  if (last) pairs.push({ key: last.key, value });
  return mapOf(pairs, !made.leaves.slice(before).some((leaf) => leaf.marks.some((mark) => mark.kind === 'alias')));
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
