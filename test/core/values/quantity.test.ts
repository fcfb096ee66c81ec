/** Money and sizes: what is read, what is refused, and that what is written can be read again. */
import assert from 'node:assert/strict';
import { formatMoney, parseMoney } from '../../../server/src/core/values/money.ts';
import { formatSize, parseSize } from '../../../server/src/core/values/size.ts';
import { randomFrom } from '../../support/random.ts';

describe('money', () => {
  it('reads an amount and a currency', () => {
    assert.deepEqual(parseMoney('500 USD'), { amount: 500, currency: 'USD' });
    assert.deepEqual(parseMoney('0.0004 USD'), { amount: 0.0004, currency: 'USD' });
    assert.deepEqual(parseMoney('20,000.50EUR'), { amount: 20000.5, currency: 'EUR' });
  });
  for (const text of ['', '500', 'USD', '500 usd', '$500', '-5 USD', '5 USDX', '1,00 EUR', '5 USD a month']) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseMoney(text), undefined));
  }
  it('reads again what it writes', () => {
    for (const amount of [0, 0.09, 0.0004, 1.5, 500, 20000]) {
      const money = { amount, currency: 'CHF' };
      assert.deepEqual(parseMoney(formatMoney(money)), money);
    }
  });
});

describe('size', () => {
  const read: readonly (readonly [string, number])[] = [
    ['40 GiB', 40 * 2 ** 30],
    ['40GiB', 40 * 2 ** 30],
    ['500 MB', 5e8],
    ['1.5 KiB', 1536],
    ['12 b', 12],
    ['1024', 1024],
  ];
  for (const [text, bytes] of read) it(`reads ${text}`, () => assert.equal(parseSize(text), bytes));
  for (const text of ['', 'GiB', '-1 GiB', '4 gigs', '1 2 MB', '4 G B']) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseSize(text), undefined));
  }
  it('reads again what it writes, to within what it rounds', () => {
    const random = randomFrom(2);
    for (let round = 0; round < 500; round++) {
      const bytes = Math.floor(10 ** (random.next() * 14));
      const again = parseSize(formatSize(bytes)) ?? NaN;
      assert.ok(Math.abs(again - bytes) <= bytes * 0.06, `${bytes} → ${formatSize(bytes)} → ${again}`);
    }
  });
});
