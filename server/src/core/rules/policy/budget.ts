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
      if (own === undefined || most === undefined) continue;
      const path = ['restore', 'budget', key];
      const currency = key === 'cost' ? otherCurrency(own, most) : undefined;
      if (currency !== undefined) {
        say(
          path,
          `The cost budget of ${written(own)} an incident can't be held against the ${most} that ${classWords(view)} allows: give it in ${currency}.`,
          { expected: most, actual: own },
        );
        continue;
      }
      if (!isMore(key, own, most)) continue;
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

function isMore(key: 'effort' | 'cost', own: unknown, most: string): boolean {
  if (key === 'effort') return (durationOf(own) ?? 0) > (durationOf(most) ?? Infinity);
  const [left, right] = [moneyOf(own), moneyOf(most)];
  return left !== undefined && right !== undefined && left.amount > right.amount;
}

/** The currency of the bound, where the budget is in another: sums in different ones can't be compared. */
function otherCurrency(own: unknown, most: string): string | undefined {
  const [left, right] = [moneyOf(own), moneyOf(most)];
  return left && right && left.currency !== right.currency ? right.currency : undefined;
}
