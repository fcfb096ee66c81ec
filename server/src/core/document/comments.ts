/** The comments of a document: what stands behind a `#` outside of every value. */
import type { ParsedLeaf } from './leaf.ts';
import type { Comment, DocNode } from './node.ts';

/**
 * The comments of a document in order: of its header (from `start` to the first piece) and of its pieces, which remember
 * theirs between parses. Positions count from the start of the text.
 */
export function commentsOf(text: string, start: number, leaves: readonly ParsedLeaf[]): Comment[] {
  const comments: Comment[] = [];
  const first = leaves[0];
  const header = text.slice(start, first ? first.block.base : start);
  if (header.includes('#')) addMoved(comments, find(header, undefined), start);
  for (const leaf of leaves) {
    leaf.comments ??= leaf.text.includes('#') ? find(leaf.text, leaf.root) : [];
    addMoved(comments, leaf.comments, leaf.block.base);
  }
  return comments;
}

function addMoved(to: Comment[], comments: readonly Comment[], base: number): void {
  for (const { text, start, end } of comments) to.push({ text, start: start + base, end: end + base });
}

/** The comments of one piece, positions relative to it. */
function find(text: string, root: DocNode | undefined): Comment[] {
  const comments: Comment[] = [];
  let from = 0;
  let next = text.indexOf('#');
  const gap = (to: number): void => {
    // A `#` opens a comment at the start of a line or behind a blank.
    if (next < from) next = text.indexOf('#', from);
    while (next >= 0 && next < to) {
      const before = text.charCodeAt(next - 1);
      if (next !== 0 && before !== 32 && before !== 9 && before !== 10 && before !== 13) {
        next = text.indexOf('#', next + 1);
        continue;
      }
      let stop = text.indexOf('\n', next);
      if (stop < 0) stop = text.length;
      if (text.charCodeAt(stop - 1) === 13) stop--;
      comments.push({ text: text.slice(next + 1, stop).trim(), start: next, end: stop });
      next = text.indexOf('#', stop);
    }
  };
  if (root) {
    eachValue(root, (node) => {
      const isBlock = node.kind === 'scalar' && (node.style === 'literal' || node.style === 'folded');
      // The header of a block scalar (`|  # why`) may carry a comment of its own.
      const header = isBlock ? headerEnd(text, node.from, node.to) : node.from;
      if (header > from) gap(header);
      from = Math.max(from, node.to);
    });
  }
  if (next >= 0) gap(text.length);
  return comments;
}

function headerEnd(text: string, start: number, end: number): number {
  const newline = text.indexOf('\n', start);
  return newline < 0 || newline > end ? end : newline;
}

/** Scalars and aliases in document order. */
function eachValue(node: DocNode, visit: (node: DocNode) => void): void {
  if (node.kind === 'seq') for (const item of node.items) eachValue(item, visit);
  else if (node.kind === 'map') {
    for (const pair of node.pairs) {
      eachValue(pair.key, visit);
      if (pair.value) eachValue(pair.value, visit);
    }
  } else visit(node);
}
