/** Flow collections of the fast reader: `{ … }` and `[ … ]` on one line, or not at all. */
import { mayBeginPlain, plainScalar, quotedScalar, type FastText } from './fastScalar.ts';
import { MapNode, SeqNode, type DocNode, type Pair, type ScalarNode } from './node.ts';

/** The collection whose bracket opens at an offset; undefined where only the library can tell. */
export function flowCollection(from: number, given: FastText): MapNode | SeqNode | undefined {
  return given.text.charCodeAt(from) === 123 ? flowMap(from, given) : flowSequence(from, given);
}

function flowMap(from: number, given: FastText): MapNode | undefined {
  const { text, block } = given;
  const pairs: Pair[] = [];
  let at = blanks(text, from + 1);
  if (text.charCodeAt(at) === 125) return finish(new MapNode(block, from, at + 1, true, pairs));
  for (;;) {
    const key = flowScalar(at, given);
    if (!key || text.charCodeAt(key.to) !== 58 || text.charCodeAt(key.to + 1) !== 32) return undefined;
    const value = flowValue(blanks(text, key.to + 1), given);
    if (!value) return undefined;
    pairs.push({ key, value });
    at = blanks(text, value.to);
    const code = text.charCodeAt(at);
    if (code === 125) return finish(new MapNode(block, from, at + 1, true, pairs));
    if (code !== 44 || text.charCodeAt(at + 1) !== 32) return undefined;
    at = blanks(text, at + 1);
  }
}

function flowSequence(from: number, given: FastText): SeqNode | undefined {
  const { text, block } = given;
  const items: DocNode[] = [];
  let at = blanks(text, from + 1);
  if (text.charCodeAt(at) === 93) return finish(new SeqNode(block, from, at + 1, true, items));
  for (;;) {
    const item = flowValue(at, given);
    if (!item) return undefined;
    items.push(item);
    at = blanks(text, item.to);
    const code = text.charCodeAt(at);
    if (code === 93) return finish(new SeqNode(block, from, at + 1, true, items));
    // A colon makes it a pair within a list.
    if (code !== 44 || text.charCodeAt(at + 1) !== 32) return undefined;
    at = blanks(text, at + 1);
  }
}

function finish<Node extends MapNode | SeqNode>(node: Node): Node {
  node.stable = true;
  return node;
}

function flowValue(from: number, given: FastText): DocNode | undefined {
  const code = given.text.charCodeAt(from);
  return code === 123 || code === 91 ? flowCollection(from, given) : flowScalar(from, given);
}

/** A scalar within brackets; a plain one ends before `,`, a bracket, or a colon and a blank. */
function flowScalar(from: number, given: FastText): ScalarNode | undefined {
  const { text } = given;
  const first = text.charCodeAt(from);
  if (first === 34 || first === 39) {
    const quoted = quotedScalar(from, given);
    // `{ "a":b }` is a pair even without the blank: left to the library.
    return quoted && text.charCodeAt(quoted.to) === 58 && text.charCodeAt(quoted.to + 1) !== 32 ? undefined : quoted;
  }
  if (!mayBeginPlain(first, text.charCodeAt(from + 1))) return undefined;
  let to = from;
  for (; ; to++) {
    const code = text.charCodeAt(to);
    if (Number.isNaN(code) || code === 10 || code === 13 || code === 9 || code === 91 || code === 123) return undefined;
    if (code === 44 || code === 93 || code === 125) break;
    if (code === 58) {
      const next = text.charCodeAt(to + 1);
      if (next === 32) break;
      if (
        next === 44 ||
        next === 91 ||
        next === 93 ||
        next === 123 ||
        next === 125 ||
        next === 10 ||
        next === 13 ||
        Number.isNaN(next)
      )
        return undefined;
    }
    if (code === 35 && text.charCodeAt(to - 1) === 32) return undefined;
  }
  const colon = text.charCodeAt(to) === 58;
  const end = to;
  while (text.charCodeAt(to - 1) === 32) to--;
  if (colon && to !== end) return undefined;
  const made = plainScalar(from, to, given);
  if (made) given.flowScalars?.push(made);
  return made;
}

function blanks(text: string, at: number): number {
  let here = at;
  while (text.charCodeAt(here) === 32) here++;
  return here;
}
