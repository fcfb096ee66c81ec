/** A parse as plain data, for comparing two of them. */
import type { DocNode, ParsedText } from '../../server/src/core/document/node.ts';

/** Everything that a parse says, with absolute positions. */
export function dump(parsed: ParsedText): unknown {
  return {
    lineStarts: parsed.lineStarts,
    documents: parsed.documents.map((document) => ({
      index: document.index,
      start: document.start,
      end: document.end,
      apiVersion: document.apiVersion,
      kindName: document.kindName,
      problems: document.problems,
      comments: document.comments,
      value: document.value,
      root: dumpNode(document.root),
    })),
  };
}

function dumpNode(node: DocNode | undefined): unknown {
  if (!node) return undefined;
  const base = { kind: node.kind, start: node.start, end: node.end, anchor: node.anchor };
  switch (node.kind) {
    case 'scalar':
      return { ...base, value: node.value, source: node.source, style: node.style };
    case 'alias':
      return { ...base, name: node.name, target: node.target?.start };
    case 'seq':
      return { ...base, flow: node.flow, items: node.items.map(dumpNode) };
    case 'map':
      return { ...base, flow: node.flow, pairs: node.pairs.map(({ key, value }) => [dumpNode(key), dumpNode(value)]) };
  }
}
