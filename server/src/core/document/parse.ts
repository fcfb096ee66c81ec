/** Text → lean documents with exact positions, reusing what did not change. Never throws. */
import { resolveAliases } from './aliases.ts';
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
  readonly leaves: readonly ParsedLeaf[];
  readonly joints: readonly Joint[];
}

/**
 * Parses `text`. `previous`, the last parse of the same file, is consumed: what did not change is taken over from it, and
 * its positions move. The text is cut into documents and those into top-level keys (long ones further); each piece is
 * parsed alone, once for each exact text.
 */
export function parse(text: string, previous?: ParsedText): ParsedText {
  const lines = scanLines(text);
  const known = new Map<string, ParsedLeaf[]>();
  const last = previous && 'leaves' in previous ? (previous as CachedText) : undefined;
  // From behind: of pieces with the same text the first is taken first, so that each stays where it was.
  for (const leaf of last?.leaves.toReversed() ?? []) {
    const same = known.get(leaf.text);
    if (same) same.push(leaf);
    else known.set(leaf.text, [leaf]);
  }
  const joints = new Map<ParsedLeaf, Joint>();
  for (const joint of last?.joints ?? []) if (joint.leaves[0]) joints.set(joint.leaves[0], joint);
  const made: Joint[] = [];
  const leaves: ParsedLeaf[] = [];
  const leafOf: LeafSource = (from, to) => {
    const start = Math.max(lines.starts[from] ?? text.length, text.charCodeAt(0) === 0xfeff && from === 0 ? 1 : 0);
    const piece = text.slice(start, lines.starts[to] ?? text.length);
    const leaf = known.get(piece)?.pop() ?? parseLeaf(piece);
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
  const parsed: CachedText = { text, lineStarts: lines.lineStarts, documents, leaves, joints: made };
  return parsed;
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
  const problems: SyntaxProblem[] = [...assembled.problems, ...resolveAliases(assembled.leaves)];
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
