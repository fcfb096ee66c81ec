/** A check that passes on an empty database. */
import type { Path } from '../../document/node.ts';
import { opinion } from '../say.ts';
import { queryOf } from './commands.ts';
import { textOf, written } from '../read.ts';

export const trivialCheck = opinion(
  { id: 'practice/trivial-check', title: 'A check would pass on an empty restore.' },
  (view, say) => {
    for (const dryRun of view.dryRuns) {
      dryRun.checks.forEach((check, index) => {
        const query = queryOf(check);
        const name = textOf(check['name']);
        const pathOf = (key: string): Path => [...dryRun.path, 'checks', name ?? index, key];
        if (query !== undefined && !/\bfrom\b|\bshow\b|\bcall\b|\bcheck\b|\(/u.test(query.toLowerCase())) {
          say(
            pathOf('query'),
            `Check "${name ?? query}" asks ${query.trim()}, which reads nothing that was restored: ask a table that must hold rows.`,
            { actual: query },
          );
        } else if (isAnyCount(check['expect'])) {
          say(
            pathOf('expect'),
            `Check "${name ?? written(query)}" expects ${written(check['expect'])}, which an empty table meets as well: expect at least one row.`,
            { actual: check['expect'] },
          );
        }
      });
    }
  },
);

function isAnyCount(expect: unknown): boolean {
  return typeof expect === 'string' && /^\s*(?:>=\s*0+|>\s*-\d+)\s*$/u.test(expect);
}
