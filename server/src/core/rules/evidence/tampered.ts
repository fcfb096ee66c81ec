/** The chain of evidence does not hold: a record was edited, removed or reordered, or the chain forked. */
import type { Finding } from '../../finding.ts';
import { at } from '../read.ts';
import type { Rule } from '../rule.ts';

/** The journal belongs to no document, so it is said once: at the first policy, else at the first runbook. */
export const tampered: Rule = {
  id: 'evidence/tampered',
  severity: 'error',
  title: 'The evidence has been changed after it was written.',
  check({ workspace, entry, evidence }): readonly Finding[] {
    if (evidence.problems.length === 0) return [];
    const place = workspace.byKind('Policy')[0] ?? workspace.byKind('Runbook')[0];
    if (entry !== place) return [];
    const kept = at(entry.document.value, 'evidence') === undefined ? ['metadata', 'name'] : ['evidence'];
    return evidence.problems.map((problem) => ({
      code: 'evidence/tampered',
      severity: 'error',
      message: `The evidence does not hold: ${problem.replace(/\.$/u, '')}; run drillbook evidence verify and restore the records from where they are anchored.`,
      file: entry.file,
      document: entry.document.index,
      path: kept,
      at: kept.length === 1 ? 'key' : 'value',
    }));
  },
};
