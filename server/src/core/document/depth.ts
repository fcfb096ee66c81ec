/** How deep a text nests, found without recursion and before the library recurses over it. */
import { Parser, type CST } from 'yaml';

/** Collections within collections, at most; a document of people has less than ten. */
export const DEEPEST = 100;

/**
 * Where a piece of text nests deeper than is read; undefined where it does not. Counting brackets, dashes and indentation
 * rules out nearly every text at once; only what is left is tokenised.
 */
export function tooDeepAt(text: string): number | undefined {
  return mayBeDeep(text) ? deepToken(text) : undefined;
}

/** No depth is more than what this counts: open brackets, and per line its indentation and its indicators. */
function mayBeDeep(text: string): boolean {
  if (text.length <= DEEPEST) return false;
  let brackets = 0;
  let line = 0;
  let previous = 32;
  let blank = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 91 || code === 123) brackets++;
    else if (code === 93 || code === 125) brackets = Math.max(0, brackets - 1);
    else if (code === 10) {
      line = 0;
      blank = true;
    } else if (code === 32) {
      if (blank || previous === 45 || previous === 63 || previous === 58) line++;
    } else blank = false;
    if (brackets + line > DEEPEST) return true;
    previous = code;
  }
  return false;
}

interface Open {
  readonly token: CST.Token;
  readonly depth: number;
}

/** The first collection in the text that lies too deep. */
function deepToken(text: string): number | undefined {
  let first: number | undefined;
  for (const token of new Parser().parse(text)) {
    const open: Open[] = [{ token, depth: 0 }];
    for (let each = open.pop(); each; each = open.pop()) {
      const { token: here, depth } = each;
      if (here.type === 'document' && here.value) open.push({ token: here.value, depth });
      if (here.type !== 'block-map' && here.type !== 'block-seq' && here.type !== 'flow-collection') continue;
      if (depth >= DEEPEST) {
        first = Math.min(first ?? Infinity, here.offset);
        continue;
      }
      for (const { key, value } of here.items) {
        if (key) open.push({ token: key, depth: depth + 1 });
        if (value) open.push({ token: value, depth: depth + 1 });
      }
    }
  }
  return first;
}
