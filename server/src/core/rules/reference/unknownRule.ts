/** A finding code in a policy's `severity` that there is none of: the override would do nothing. */
import { suggest } from '../../references/suggest.ts';
import { pairsOf } from '../../references/pairs.ts';
import { find } from '../../references/walk.ts';
import { CATALOGUE } from '../catalogue.ts';
import type { Rule } from '../rule.ts';
import { replacements, report } from './report.ts';

/** As the schema lets it through. */
const CODE = /^(?:syntax|schema|reference|policy|practice|drift|evidence)\/[a-z0-9-]+$/;

export const unknownRule: Rule = {
  id: 'reference/unknown-rule',
  severity: 'error',
  title: 'A finding code in a policy that there is none of.',
  *check({ entry }) {
    if (entry.kind !== 'Policy') return;
    const known = CATALOGUE.map((row) => row.code).filter((code) => !code.startsWith('unchecked/'));
    for (const { node, path } of find(entry.document, ['severity'])) {
      if (node.kind !== 'map') continue;
      for (const [code, { key }] of pairsOf(node)) {
        // What is no code by its shape, the schema says.
        if (known.includes(code) || !CODE.test(code)) continue;
        const near = suggest(code, known);
        const hint =
          near.length > 0
            ? `did you mean ${near.map((each) => `"${each}"`).join(' or ')}?`
            : '`drillbook rules` lists them.';
        yield report({
          code: 'reference/unknown-rule',
          message: `There is no finding "${code}", so its severity can't be set; ${hint}`,
          entry,
          path: [...path, code],
          at: 'key',
          fixes: replacements(key, near, code),
        });
      }
    }
  },
};
