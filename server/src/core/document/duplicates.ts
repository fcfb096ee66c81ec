/** Duplicate keys: linear where the library is quadratic, and reported on the second key. */
import type { DocNode, Pair, SyntaxProblem } from './node.ts';
import { keyText } from './value.ts';

/** Every duplicate key within `root`. */
export function duplicateKeys(root: DocNode | undefined): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  if (root) walk(root, problems);
  return problems;
}

function walk(node: DocNode, problems: SyntaxProblem[]): void {
  if (node.kind === 'seq') for (const item of node.items) walk(item, problems);
  else if (node.kind === 'map') {
    duplicatesAmong(node.pairs, problems);
    for (const pair of node.pairs) if (pair.value) walk(pair.value, problems);
  }
}

/** Adds the duplicates among the pairs of one map. */
export function duplicatesAmong(pairs: readonly Pair[], problems: SyntaxProblem[]): void {
  if (pairs.length < 2) return;
  const seen = new Map<string, DocNode>();
  for (const { key } of pairs) {
    if (key.kind !== 'scalar') continue;
    const name = keyText(key);
    if (name === '<<') continue;
    const first = seen.get(name);
    if (!first) {
      seen.set(name, key);
      continue;
    }
    problems.push({
      code: 'syntax/duplicate-key',
      message: `The key \`${name}\` stands here a second time; the two must become one.`,
      start: key.start,
      end: key.end,
      related: { span: { start: first.start, end: first.end }, message: `\`${name}\` stands here first.` },
    });
  }
}
