/** The runbook's recovery budget (people's time, money) is larger than its class allows. */
import { replaceValue } from '../edits.ts';
import { at, durationOf, moneyOf, textOf, written } from '../read.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

export const budget = runbookRule(
  { id: 'policy/budget', title: 'The recovery budget is larger than the class allows.' },
  (view, say) => {
    for (const key of ['effort', 'cost'] as const) {
      const own = at(view.restore, 'budget', key);
      const most = textOf(at(view.class?.value, 'budget', key));
      if (own === undefined || most === undefined || !isMore(key, own, most)) continue;
      const path = ['restore', 'budget', key];
      say(
        path,
        `The ${key} budget of ${written(own)} an incident is more than the ${most} that ${classWords(view)} allows: plan for ${most} or less, or choose another class.`,
        {
          expected: most,
          actual: own,
          fixes: replaceValue(view.entry, path, most, `Change it to ${most}`),
        },
      );
    }
  },
);

/** Sums in different currencies can't be compared, so they are not. */
function isMore(key: 'effort' | 'cost', own: unknown, most: string): boolean {
  if (key === 'effort') return (durationOf(own) ?? 0) > (durationOf(most) ?? Infinity);
  const left = moneyOf(own);
  const right = moneyOf(most);
  return left !== undefined && right !== undefined && left.currency === right.currency && left.amount > right.amount;
}
