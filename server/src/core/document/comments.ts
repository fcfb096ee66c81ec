/** The comments of a document: what stands behind a `#` outside of every value. */
import type { Comment, DocNode } from './node.ts';

/** Comments between `start` and `end`, in order. */
export function commentsOf(text: string, start: number, end: number, root: DocNode | undefined): Comment[] {
  if (!text.slice(start, end).includes('#')) return [];
  const comments: Comment[] = [];
  let from = start;
  const gap = (to: number): void => {
    // A `#` opens a comment at the start of a line or behind a blank.
    for (let at = text.indexOf('#', from); at >= 0 && at < to; at = text.indexOf('#', at)) {
      const before = text.charCodeAt(at - 1);
      if (at !== 0 && before !== 32 && before !== 9 && before !== 10 && before !== 13 && before !== 0xfeff) {
        at++;
        continue;
      }
      let stop = text.indexOf('\n', at);
      if (stop < 0 || stop > end) stop = end;
      if (text.charCodeAt(stop - 1) === 13) stop--;
      comments.push({ text: text.slice(at + 1, stop).trim(), start: at, end: stop });
      at = stop;
    }
  };
  if (root) {
    eachValue(root, (node) => {
      const isBlock = node.kind === 'scalar' && (node.style === 'literal' || node.style === 'folded');
      // The header of a block scalar (`|  # why`) may carry a comment of its own.
      const header = isBlock ? headerEnd(text, node.start, node.end) : node.start;
      if (header > from) gap(header);
      from = Math.max(from, node.end);
    });
  }
  gap(end);
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
