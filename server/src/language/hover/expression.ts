/** Hover on `${{ … }}`: what the expression means here, or when it will be known. */
import type { Hover } from 'vscode-languageserver-types';
import { rangeOf } from '../../core/document/navigate.ts';
import { expressionsOf, type PlacedExpression } from '../../core/references/references.ts';
import { evaluate } from '../../core/references/evaluate.ts';
import { scopeOf } from '../../core/references/scope.ts';
import { BACKUP_MEMBERS, RESOURCE_MEMBERS, ROOTS } from '../../core/references/vocabulary.ts';
import type { Entry } from '../../core/workspace.ts';
import type { LanguageContext } from '../context.ts';
import { code, words } from '../markdown.ts';

/** The hover for the expression that holds `offset`; undefined where there is none. */
export function expressionHover(context: LanguageContext, entry: Entry, offset: number): Hover | undefined {
  const placed = expressionsOf(entry).find(
    (each) => each.node.start <= offset && offset <= each.node.end && holds(each, offset),
  );
  if (!placed) return undefined;
  const span = placed.text.spanOf(placed.expression.start, placed.expression.end);
  const names = placed.expression.segments.map((segment) => segment.name);
  const meaning = evaluate(placed.expression, scopeOf(entry, context.workspace));
  const said = {
    value: () => (meaning.state === 'value' ? `= ${code(meaning.value)}` : ''),
    later: () => (meaning.state === 'later' ? words(meaning.why) : ''),
    undecided: () => (meaning.state === 'undecided' ? words(meaning.why) : ''),
    unknown: () => (meaning.state === 'unknown' ? words(meaning.message) : ''),
  }[meaning.state]();
  const value = [`**${code(names.join('.'))}**`, said, about(names)].filter((part) => part !== '').join('\n\n');
  return { contents: { kind: 'markdown', value }, range: rangeOf(context.parsed, span) };
}

function holds({ text, expression }: PlacedExpression, offset: number): boolean {
  const { start, end } = text.spanOf(expression.start, expression.end);
  return start <= offset && offset <= end;
}

function about(names: readonly string[]): string {
  const [root] = names;
  const last = names.at(-1);
  const member = [...RESOURCE_MEMBERS, ...BACKUP_MEMBERS].find((each) => names.length > 2 && each.name === last);
  return member?.title ?? ROOTS.find((each) => each.name === root)?.title ?? '';
}
