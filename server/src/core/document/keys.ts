/** Faults of keys: duplicates (linear where the library is quadratic, reported on the second key) and merge keys that merge nothing. */
import type { DocNode, Pair, SyntaxProblem } from './node.ts';
import { keyText } from './value.ts';

/** Every fault of a key within `root`. */
export function keyProblems(root: DocNode | undefined): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  if (root) walk(root, problems);
  return problems;
}

function walk(node: DocNode, problems: SyntaxProblem[]): void {
  if (node.kind === 'seq') for (const item of node.items) walk(item, problems);
  else if (node.kind === 'map') {
    duplicatesAmong(node.pairs, problems);
    for (const pair of node.pairs) {
      mergeOfNoMap(pair, problems);
      if (pair.value) walk(pair.value, problems);
    }
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

/** `<<` takes a map or a list of maps; what an alias means is known only later. */
function mergeOfNoMap({ key, value }: Pair, problems: SyntaxProblem[]): void {
  if (key.kind !== 'scalar' || key.value !== '<<' || key.style !== 'plain') return;
  const wrong =
    value?.kind === 'seq' ? value.items.find((item) => item.kind === 'scalar' || item.kind === 'seq') : value;
  if (wrong !== undefined && (wrong.kind === 'map' || wrong.kind === 'alias')) return;
  if (value?.kind === 'seq' && wrong === undefined) return;
  const { start, end } = wrong && wrong.end > wrong.start && wrong.kind === 'scalar' ? wrong : key;
  problems.push({
    code: 'syntax/yaml',
    message: '`<<` merges maps: write an alias such as `*defaults`, or a list of them.',
    start,
    end,
  });
}
