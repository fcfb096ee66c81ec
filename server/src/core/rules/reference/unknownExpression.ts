/** An expression that means nothing: a name that isn't there, a member that such a thing has not, or a text that is no path. */
import { suggest } from '../../references/suggest.ts';
import type { Rule } from '../rule.ts';
import { referenceFacts } from './facts.ts';
import { replacements, report } from './report.ts';

export const unknownExpression: Rule = {
  id: 'reference/unknown-expression',
  severity: 'error',
  title: 'An expression that means nothing here.',
  *check({ entry, workspace }) {
    for (const { result, path, node, text, expression } of referenceFacts(entry, workspace).expressions) {
      if (result.state !== 'unknown') continue;
      const span = text.spanOf(result.start, result.end);
      const near = result.wrong === undefined ? [] : suggest(result.wrong, result.candidates);
      const hint = near.length > 0 ? ` Did you mean ${near.map((name) => `"${name}"`).join(' or ')}?` : '';
      yield report({
        code: 'reference/unknown-expression',
        message: result.message.replace(/\.$/, '') + (hint === '' ? '.' : `;${hint.replace(' Did', ' did')}`),
        entry,
        path,
        within: { node, span },
        fixes: replacements(span, near, result.wrong),
        data: { expression: text.text.slice(expression.start, expression.end), suggestions: near },
      });
    }
  },
};
