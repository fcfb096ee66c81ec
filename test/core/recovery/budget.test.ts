/** What a recovery costs is estimated with its source named, measured where people were timed, and told where it is over. */
import assert from 'node:assert/strict';
import {
  budgetWords,
  estimateBudget,
  overBudget,
  withMeasuredEffort,
} from '../../../server/src/core/recovery/budget.ts';

const GIB = 1024 ** 3;
const plan = {
  steps: [],
  allSteps: [
    { id: 'freeze', manual: 'x', effort: '5m' },
    { id: 'cutover', manual: 'y', effort: '20m' },
  ],
  prices: {
    asOf: '2026-10-01',
    'S3 GET per 1000': '0.0004 USD',
    'egress per GiB': '0.09 USD',
    'retrieval per GiB': '0.02 USD',
  },
  effortMs: 15 * 60_000,
  cost: { amount: 5, currency: 'USD' },
  raw: {},
};
const backup = { name: 'a', tool: 'pg_dump', id: 'a', uri: 's3://vault/a', bytes: 100 * GIB };

describe('the budget of a recovery', () => {
  it('names the largest item of what is over, and the date of its prices', () => {
    const budget = estimateBudget(plan, backup.bytes, [{ ...backup, storageClass: 'DEEP_ARCHIVE' }]);
    assert.ok(budget);
    const notes = overBudget(budget, 3_600_000, false);
    assert.deepEqual(
      notes.map((note) => note.code),
      ['budget-effort', 'budget-cost', 'budget-time'],
    );
    assert.match(
      notes[0]?.message ?? '',
      /estimated.*the budget is 15 minutes; the largest item is step cutover \(20 minutes,/u,
    );
    assert.match(notes[1]?.message ?? '', /prices of 2026-10-01.*5 USD; the largest item is transfer \(9 USD/u);
    assert.match(notes[2]?.message ?? '', /after 12 h of retrieval/u);
    assert.match(budgetWords(budget), /25 minutes of people's time/u);
  });

  it('puts what was timed in the place of the estimate', () => {
    const budget = estimateBudget(plan, backup.bytes, [backup]);
    assert.ok(budget);
    const measured = withMeasuredEffort(budget, [
      { id: 'cutover', kind: 'manual', state: 'confirmed', effortMs: 60_000 },
    ]);
    assert.equal(measured.effort?.measuredMs, 6 * 60_000);
    assert.equal(measured.effort.over, false);
  });

  it('is silent within the budget, and about the time once it was measured', () => {
    const budget = estimateBudget(
      { ...plan, effortMs: 3_600_000, cost: { amount: 500, currency: 'USD' } },
      backup.bytes,
      [backup],
    );
    assert.ok(budget);
    assert.deepEqual(overBudget(budget, 1000, true), []);
  });

  it('never counts as free what has no price', () => {
    const { prices: _prices, ...rest } = plan;
    const asked = { found: {}, unknown: { 'egress per GiB': 'AWS Pricing could not be asked (no answer within 8 s)' } };
    const partly = { ...rest, prices: { 'S3 GET per 1000': '0.0004 USD' } };
    const budget = estimateBudget(partly, backup.bytes, [backup], { asked });
    assert.ok(budget);
    const words = budgetWords(budget);
    assert.match(
      words,
      /at least 0\.00512 USD, a cost that is not known whole: the environment's "prices" have no "egress/u,
    );
    assert.match(words, /and AWS Pricing could not be asked \(no answer within 8 s\)/u);
    assert.deepEqual(
      overBudget(budget, undefined, true).map((note) => note.code),
      ['budget-effort', 'price-missing'],
    );
    assert.equal(estimateBudget({ ...rest, prices: {} }, backup.bytes, [backup])?.cost?.estimated, undefined);
  });

  it('adds up no two currencies', () => {
    const prices = { 'S3 GET per 1000': '0.0004 USD', 'egress per GiB': '0.09 EUR' };
    const cost = estimateBudget({ ...plan, prices }, backup.bytes, [backup])?.cost;
    assert.equal(cost?.estimated, 0.00512);
    assert.deepEqual(cost.missing, ['"egress per GiB" is in EUR, not in USD as the others']);
  });
});
