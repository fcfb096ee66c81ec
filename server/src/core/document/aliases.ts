/** Aliases → the nodes they mean, in document order; unknown ones, those that hold themselves, and bombs are problems. */
import type { ParsedLeaf } from './leaf.ts';
import type { AliasNode, DocNode, SyntaxProblem } from './node.ts';

/** A document may grow to this many nodes through its aliases. */
const MOST_NODES = 200_000;

/** Sets the target of every alias of a document. */
export function resolveAliases(leaves: readonly ParsedLeaf[]): SyntaxProblem[] {
  if (!leaves.some((leaf) => leaf.marks.length > 0)) return [];
  const anchors = new Map<string, DocNode>();
  const sizes = new Map<DocNode, number>();
  const problems: SyntaxProblem[] = [];
  let total = 0;
  let isTold = false;
  for (const leaf of leaves) {
    for (const mark of leaf.marks) {
      if (mark.kind !== 'alias') {
        if (mark.anchor !== undefined) anchors.set(mark.anchor, mark);
        continue;
      }
      mark.target = undefined;
      const target = anchors.get(mark.name);
      if (!target) {
        // That it has no name is told where it is read.
        if (mark.name !== '') problems.push(unknownAnchor(mark, [...anchors.keys()]));
      } else if (target.start <= mark.start && mark.end <= target.end) {
        problems.push(
          said(mark, 'syntax/yaml', `\`*${mark.name}\` stands inside the value that it refers to; it would never end.`),
        );
      } else {
        const size = sizeOf(target, sizes);
        total += size;
        if (total > MOST_NODES) {
          // A bomb is one fault, however many aliases it is made of.
          const message = `\`*${mark.name}\` makes the document grow beyond ${MOST_NODES.toLocaleString('en-US')} values; it is not followed, nor are those like it.`;
          if (!isTold) problems.push(said(mark, 'syntax/too-deep', message));
          isTold = true;
          total -= size;
        } else mark.target = target;
      }
    }
  }
  return problems;
}

function unknownAnchor(alias: AliasNode, anchors: readonly string[]): SyntaxProblem {
  // `*/5 * * * *` is no alias to whoever wrote it.
  if (!/^[\p{L}\p{N}_.-]/u.test(alias.name))
    return said(
      alias,
      'syntax/yaml',
      `YAML takes \`*${alias.name}\` for an alias; quote the text that begins with \`*\`.`,
    );
  const known =
    anchors.length > 0
      ? `anchors above are ${anchors
          .slice(0, 10)
          .map((name) => `\`&${name}\``)
          .join(', ')}`
      : 'there is none above';
  return said(alias, 'syntax/yaml', `\`*${alias.name}\` refers to the anchor \`&${alias.name}\`, and ${known}.`);
}

function said(alias: AliasNode, code: SyntaxProblem['code'], message: string): SyntaxProblem {
  return { code, message, start: alias.start, end: alias.end };
}

/** Nodes within, aliases followed; what was counted is remembered, and no count goes over the bound. */
function sizeOf(node: DocNode, sizes: Map<DocNode, number>): number {
  if (node.kind === 'scalar') return 1;
  if (node.kind === 'alias') return node.target ? sizeOf(node.target, sizes) : 1;
  const known = sizes.get(node);
  if (known !== undefined) return known;
  let size = 1;
  if (node.kind === 'seq') for (const item of node.items) size += sizeOf(item, sizes);
  else for (const pair of node.pairs) size += sizeOf(pair.key, sizes) + (pair.value ? sizeOf(pair.value, sizes) : 0);
  size = Math.min(size, MOST_NODES + 1);
  sizes.set(node, size);
  return size;
}
