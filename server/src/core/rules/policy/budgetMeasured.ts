/** The last restore or drill took more of people's time, or of money, than the recovery budget has. */
import { cadenceIn } from '../cadenceView.ts';
import { replaceValue } from '../edits.ts';
import { at, durationOf, moneyOf, textOf } from '../read.ts';
import type { EvidenceEntry } from '../rule.ts';
import type { RunbookView } from '../runbookView.ts';
import { runbookRule, type Extra, type Say } from '../say.ts';
import { timeWords } from '../words.ts';

const MINUTE = 60_000;

export const budgetMeasured = runbookRule(
  { id: 'policy/budget-measured', title: 'The last restore or drill took more than the recovery budget has.' },
  (view, say, context) => {
    if (context.evidence.entries.length === 0) return;
    const records = cadenceIn(context, view).measured.filter((record) => record.spent !== undefined);
    if (records.length === 0) return;
    effort(view, records, say);
    cost(view, records, say);
  },
);

/** The budget that counts: the runbook's own, else its class's. */
function budgetOf(
  view: RunbookView,
  key: 'effort' | 'cost',
): { readonly text: string; readonly own: boolean } | undefined {
  const own = textOf(at(view.restore, 'budget', key));
  const text = own ?? textOf(at(view.class?.value, 'budget', key));
  return text === undefined ? undefined : { text, own: own !== undefined };
}

const runOf = (record: EvidenceEntry): string =>
  `${record.level === 5 ? 'drill' : 'restore'} of ${record.finishedAt.slice(0, 10)}`;

function effort(view: RunbookView, records: readonly EvidenceEntry[], say: Say): void {
  const budget = budgetOf(view, 'effort');
  const most = durationOf(budget?.text);
  if (!budget || most === undefined) return;
  // Steps that ask for more by themselves are policy/budget-steps.
  if (view.steps.reduce((sum, step) => sum + (step.effortMs ?? 0), 0) > most) return;
  const [worst] = records
    .flatMap((record) => (record.spent?.effort ? [{ record, ...record.spent.effort }] : []))
    .sort((one, other) => other.total - one.total);
  if (!worst || worst.total <= most) return;
  const item = worst.largest ? `, the largest part for ${worst.largest.item} (${timeWords(worst.largest.amount)})` : '';
  const path = ['restore', 'budget', 'effort'];
  const roomy = durationOf(at(view.class?.value, 'budget', 'effort')) ?? Infinity;
  const minutes = Math.ceil(worst.total / MINUTE);
  say(
    budget.own ? path : ['restore', 'steps'],
    `The ${runOf(worst.record)} took ${timeWords(worst.total)} of people's time${item}, more than the effort budget of ${budget.text}: script some of it, or raise the budget.`,
    extraOf(
      view,
      worst.record,
      budget,
      timeWords(worst.total),
      budget.own && minutes * MINUTE <= roomy ? [path, `${String(minutes)}m`] : undefined,
    ),
  );
}

function cost(view: RunbookView, records: readonly EvidenceEntry[], say: Say): void {
  const budget = budgetOf(view, 'cost');
  const most = moneyOf(budget?.text);
  if (!budget || !most) return;
  const [worst] = records
    .flatMap((record) => (record.spent?.cost?.currency === most.currency ? [{ record, ...record.spent.cost }] : []))
    .sort((one, other) => other.total - one.total);
  if (!worst || worst.total <= most.amount) return;
  const sum = (amount: number): string => `${money(amount)} ${worst.currency}`;
  const item = worst.largest ? `, the largest part for ${worst.largest.item} (${sum(worst.largest.amount)})` : '';
  const prices = worst.pricesAsOf === undefined ? '' : ` by prices of ${worst.pricesAsOf}`;
  const path = ['restore', 'budget', 'cost'];
  const bound = moneyOf(at(view.class?.value, 'budget', 'cost'));
  const raised = Math.ceil(worst.total);
  const fits = !bound || (bound.currency === worst.currency && raised <= bound.amount);
  say(
    budget.own ? path : ['restore', 'steps'],
    `The ${runOf(worst.record)} cost ${worst.atLeast === true ? 'at least' : 'about'} ${sum(worst.total)}${prices}${item}, more than the cost budget of ${budget.text}: restore from where reading costs less, or raise the budget.`,
    extraOf(
      view,
      worst.record,
      budget,
      sum(worst.total),
      budget.own && fits ? [path, `${String(raised)} ${worst.currency}`] : undefined,
    ),
  );
}

/** Cents count where they are all there is. */
function money(amount: number): string {
  return amount >= 1 ? amount.toFixed(2).replace(/\.00$/u, '') : String(Number(amount.toPrecision(2)));
}

function extraOf(
  view: RunbookView,
  record: EvidenceEntry,
  budget: { readonly text: string; readonly own: boolean },
  actual: string,
  raise: readonly [path: readonly string[], to: string] | undefined,
): Extra {
  return {
    at: budget.own ? 'value' : 'key',
    expected: budget.text,
    actual,
    data: { evidence: record.id },
    ...(raise ? { fixes: replaceValue(view.entry, raise[0], raise[1], `Raise the budget to ${raise[1]}`) } : {}),
  };
}
