/** Expressions in flow collections: YAML ends a plain value at `{`, so they are hidden from it, and a finding says to quote them. */
import type { ScalarNode, SyntaxProblem } from './node.ts';

const EXPRESSION = /\$\{\{[^{}\n]*\}\}/g;
// Noncharacters: they stand in no interchanged text. Each has the length of what it hides, so positions stay right.
const HIDDEN: readonly (readonly [string, string])[] = [
  ['{', '\uFDD0'],
  ['}', '\uFDD1'],
  [',', '\uFDD2'],
  ['[', '\uFDD3'],
  [']', '\uFDD4'],
  ['#', '\uFDD5'],
];
const TO_HIDE: ReadonlyMap<string, string> = new Map(HIDDEN);
const TO_REVEAL: ReadonlyMap<string, string> = new Map(HIDDEN.map(([plain, hidden]) => [hidden, plain]));

/** The text with the brackets of its expressions hidden, or undefined where it has none. */
export function hideExpressions(text: string): string | undefined {
  if (!text.includes('${{')) return undefined;
  return text.replace(EXPRESSION, (expression) =>
    expression.replace(/[{},[\]#]/g, (character) => TO_HIDE.get(character) ?? character),
  );
}

export function revealExpressions(text: string): string {
  return text.replace(/[\uFDD0-\uFDD5]/g, (character) => TO_REVEAL.get(character) ?? character);
}

/** The findings for plain values in flow collections that hold an expression; the fix quotes them. */
export function expressionProblems(scalars: readonly ScalarNode[]): SyntaxProblem[] {
  return scalars
    .filter(({ source }) => source.includes('${{') && source.includes('}}'))
    .map((node) => {
      const quote = node.source.includes('"') ? "'" : '"';
      const newText = `${quote}${node.source}${quote}`;
      const span = { start: node.start, end: node.end };
      return {
        code: 'syntax/yaml',
        message: `In \`{ … }\` and \`[ … ]\` YAML reads \`\${{\` as an opening bracket; quote the expression: \`${newText}\`.`,
        ...span,
        harmless: true,
        fixes: [{ title: 'Quote the expression', edits: [{ span, newText }], preferred: true, safe: true }],
      };
    });
}
