/** Trees of the YAML library and lean ones in one shape, so that they can be compared. */
import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { DocNode } from '../../server/src/core/document/node.ts';

/** A lean tree: starts of all nodes, and what scalars are and where they end. */
export function shape(node: DocNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return [node.start, node.end, node.value, node.source, node.style];
    case 'alias':
      return [node.start, node.name];
    case 'seq':
      return [node.start, node.flow ? node.end : '', node.items.map(shape)];
    case 'map':
      return [
        node.start,
        node.flow ? node.end : '',
        node.pairs.map(({ key, value }) => [shape(key), value ? shape(value) : null]),
      ];
  }
}

const STYLES: Readonly<Record<string, string>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

/** The same of the library's tree. */
export function libraryShape(node: Node): unknown {
  const range = node.range ?? [0, 0];
  if (isAlias(node)) return [range[0], node.source];
  if (isScalar(node)) return [range[0], range[1], node.value, node.source ?? '', STYLES[node.type ?? ''] ?? 'plain'];
  if (isSeq(node)) {
    return [range[0], node.flow === true ? range[1] : '', node.items.map((item) => libraryShape(item as Node))];
  }
  if (!isMap(node)) return undefined;
  const pairs = node.items.map(({ key, value }) => [
    libraryShape(key as Node),
    value === null || isNothing(value) ? null : libraryShape(value as Node),
  ]);
  return [range[0], node.flow === true ? range[1] : '', pairs];
}

/** A scalar that isn't written. */
export function isNothing(node: unknown): boolean {
  return isScalar(node) && node.value === null && (node.source ?? '') === '' && !node.anchor && !node.tag;
}
