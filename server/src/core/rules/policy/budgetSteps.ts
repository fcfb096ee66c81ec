/** The steps ask for more of people's time than the budget has. */
import { at, durationOf, textOf } from '../read.ts';
import { runbookRule } from '../say.ts';
import { listWords, timeWords } from '../words.ts';

export const budgetSteps = runbookRule(
  { id: 'policy/budget-steps', title: "The steps ask for more of people's time than the budget has." },
  (view, say) => {
    const own = textOf(at(view.restore, 'budget', 'effort'));
    const budget = own ?? textOf(at(view.class?.value, 'budget', 'effort'));
    const most = durationOf(budget);
    if (budget === undefined || most === undefined) return;
    const steps = view.steps.filter((step) => (step.effortMs ?? 0) > 0);
    const sum = steps.reduce((total, step) => total + (step.effortMs ?? 0), 0);
    if (sum <= most) return;
    say(
      own === undefined ? ['restore', 'steps'] : ['restore', 'budget', 'effort'],
      `Steps ${listWords(steps.map((step) => step.title))} ask for ${timeWords(sum)} of people's time, more than the effort budget of ${budget}: script some of it, or raise the budget.`,
      { at: own === undefined ? 'key' : 'value', expected: budget, actual: timeWords(sum) },
    );
  },
);
