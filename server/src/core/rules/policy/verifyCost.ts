/** The restore tests cost more a month than the class allows, by the size of the last backup and the environment's prices. */
import { environmentIn } from '../environmentView.ts';
import { cadenceIn } from '../cadenceView.ts';
import { at, durationOf, moneyOf, textOf, written } from '../read.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

const MONTH = 30 * 86_400_000;
const GIB = 2 ** 30;

export const verifyCost = runbookRule(
  { id: 'policy/verify-cost', title: 'Restore tests cost more a month than the class allows.' },
  (view, say, context) => {
    const test = at(view.class?.value, 'verify', 'restoreTest');
    const bound = textOf(at(test, 'costPerMonth'));
    const most = moneyOf(bound);
    const every = durationOf(at(test, 'every'));
    if (bound === undefined || !most || every === undefined || context.evidence.entries.length === 0) return;
    const environment = environmentIn(view, context.workspace);
    const price = moneyOf(at(environment?.document.value, 'prices', 'egress per GiB'));
    if (!price) return;
    const layers = cadenceIn(context, view).layers;
    const bytes = layers
      .filter((layer) => layer.layer === 'restore-test')
      .reduce((sum, layer) => sum + (layer.last?.backup?.bytes ?? 0), 0);
    const cost = (bytes / GIB) * price.amount * (MONTH / every);
    const told = `Restoring ${(bytes / GIB).toFixed(1)} GiB every ${written(at(test, 'every'))} costs about ${cost.toFixed(2)} ${price.currency} a month`;
    const actual = `${cost.toFixed(2)} ${price.currency}`;
    if (price.currency !== most.currency) {
      if (bytes === 0) return;
      say(
        ['dryRuns'],
        `${told}, which can't be held against the ${bound} that ${classWords(view)} allows: give the prices of environment ${environment?.name ?? ''} in ${most.currency}.`,
        { at: 'key', expected: bound, actual },
      );
      return;
    }
    if (cost <= most.amount) return;
    const asOf = textOf(at(environment?.document.value, 'prices', 'asOf'));
    say(
      ['dryRuns'],
      `${told} (prices${asOf === undefined ? '' : ` of ${asOf}`}), more than the ${bound} that ${classWords(view)} allows: run it where reading costs less, or less often.`,
      { at: 'key', expected: bound, actual },
    );
  },
);
