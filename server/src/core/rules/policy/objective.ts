/** How an objective of a runbook (RPO, RTO) is held against the one of its class: at most that. */
import { replaceValue } from '../edits.ts';
import { durationOf, textOf, written } from '../read.ts';
import type { Rule } from '../rule.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

/** The rule that `restore.<key>` is at most what the class allows; an objective left out is inherited. */
export function objectiveRule(key: 'rpo' | 'rto', meaning: string): Rule {
  return runbookRule(
    { id: `policy/${key}`, title: `The ${key.toUpperCase()} is longer than the class allows.` },
    (view, say) => {
      const own = durationOf(view.restore[key]);
      const bound = textOf(view.class?.value[key]);
      const most = durationOf(bound);
      if (own === undefined || bound === undefined || most === undefined || own <= most) return;
      say(
        ['restore', key],
        `The ${key.toUpperCase()} of ${written(view.restore[key])} is longer than the ${bound} that ${classWords(view)} allows: ${meaning} ${bound}, or choose another class.`,
        {
          expected: bound,
          actual: view.restore[key],
          fixes: replaceValue(view.entry, ['restore', key], bound, `Change it to ${bound}`),
        },
      );
    },
  );
}
