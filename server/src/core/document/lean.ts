/** The YAML library's nodes → lean ones: positions relative to a block, no parents, no source tokens. */
import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { AliasNode, MapNode, ScalarNode, SeqNode } from './node.ts';
import type { Block, DocNode, Pair, ScalarStyle, ScalarValue } from './node.ts';

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};
/** What the conversion of one piece of text gathers besides the tree. */
export interface Gathered {
  readonly block: Block;
  /** Anchored nodes and aliases in document order. */
  readonly marks: DocNode[];
  aliases: number;
  /** Plain scalars in flow collections; only gathered where `wantsFlowScalars`. */
  readonly flowScalars: ScalarNode[];
  readonly wantsFlowScalars: boolean;
  /** Gives back the text of an expression that was hidden from the library. */
  readonly reveal: (text: string) => string;
}

/** The lean node; how deep it may nest is bounded before (depth.ts). */
export function lean(node: Node, gathered: Gathered, inFlow = false): DocNode {
  const { block, marks } = gathered;
  const range = node.range;
  const from = range ? range[0] : 0;
  const to = range ? range[1] : 0;
  if (isScalar(node)) return leanScalar(node, gathered, from, to, inFlow);
  if (isAlias(node)) {
    const alias = new AliasNode(block, from, to, node.source);
    marks.push(alias);
    gathered.aliases++;
    return alias;
  }
  const marksBefore = marks.length;
  const anchor = (node as { anchor?: string }).anchor;
  // The anchor of a collection counts for what is within: its place among the marks is held.
  if (anchor) marks.push(PLACEHOLDER);
  const made =
    isMap(node) || isSeq(node)
      ? leanCollection(node, gathered, inFlow, from, to)
      : new ScalarNode(block, from, to, null, '', 'plain');
  if (anchor) {
    made.anchor = anchor;
    marks[marksBefore] = made;
  }
  if (node.tag !== undefined) made.tag = node.tag;
  return made;
}

const PLACEHOLDER: DocNode = new ScalarNode({ base: 0 }, 0, 0, null, '', 'plain');

function leanScalar(
  node: { value: unknown; source?: string; type?: string; anchor?: string; tag?: string },
  gathered: Gathered,
  from: number,
  to: number,
  inFlow: boolean,
): ScalarNode {
  const { reveal } = gathered;
  const value = node.value as ScalarValue;
  const style = STYLES[node.type ?? 'PLAIN'] ?? 'plain';
  const made = new ScalarNode(
    gathered.block,
    from,
    to,
    typeof value === 'string' ? reveal(value) : value,
    reveal(node.source ?? ''),
    style,
  );
  if (node.anchor) {
    made.anchor = node.anchor;
    gathered.marks.push(made);
  }
  if (node.tag !== undefined) made.tag = node.tag;
  if (inFlow && gathered.wantsFlowScalars && style === 'plain') gathered.flowScalars.push(made);
  return made;
}

function leanCollection(
  node: YAMLMap | YAMLSeq,
  gathered: Gathered,
  inFlow: boolean,
  from: number,
  to: number,
): DocNode {
  const { block } = gathered;
  const flow = node.flow ?? false;
  const aliasesBefore = gathered.aliases;
  let made: MapNode | SeqNode;
  if (isMap(node)) {
    const pairs: Pair[] = [];
    for (const { key, value } of node.items) {
      pairs.push({
        key: key ? lean(key as Node, gathered, inFlow || flow) : new ScalarNode(block, from, from, null, '', 'plain'),
        value: isNothing(value) ? undefined : lean(value as Node, gathered, inFlow || flow),
      });
    }
    const last = pairs.at(-1);
    made = new MapNode(block, from, flow || !last ? to : (last.value ?? last.key).to, flow, pairs);
  } else {
    const items = (node.items as Node[]).map((item) => lean(item, gathered, inFlow || flow));
    made = new SeqNode(block, from, flow ? to : (items.at(-1)?.to ?? to), flow, items);
  }
  made.stable = gathered.aliases === aliasesBefore;
  return made;
}

/** A value that isn't written: `key:` with nothing behind it. */
export function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return isScalar(value) && value.value === null && (value.source ?? '') === '' && !value.anchor && !value.tag;
}
