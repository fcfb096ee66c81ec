/** What rules need of a record: of the budget only what was really taken. */
import assert from 'node:assert/strict';
import { recordFor } from '../support/records.ts';
import type { BudgetRecord, DraftRecord, EvidenceRecord } from '../../server/src/core/recovery/record.ts';
import { entryOf } from '../../server/src/evidence/entry.ts';

const record = (more: Partial<DraftRecord>): EvidenceRecord => ({
  ...recordFor(more),
  chain: { writer: 'w', sequence: 1, previous: '0'.repeat(64) },
  hash: '',
});

describe('the summary of a record', () => {
  const spent = (budget: BudgetRecord): unknown => entryOf(record({ budget })).spent;

  it("takes people's time where it was timed, and the step that took the most", () => {
    const items = [
      { item: 'step freeze', effortMs: 60_000, how: 'measured' },
      { item: 'step cutover', effortMs: 240_000, how: 'measured' },
    ];
    assert.deepEqual(spent({ effort: { estimatedMs: 1, measuredMs: 300_000, over: false }, items }), {
      effort: { total: 300_000, largest: { item: 'cutover', amount: 240_000 } },
    });
    assert.equal(spent({ effort: { estimatedMs: 300_000, over: false }, items }), undefined, 'an estimate is none');
  });

  it('takes the money that was reckoned of what was really read', () => {
    const items = [
      { item: 'reading the backup', cost: 0.2, currency: 'USD', how: '' },
      { item: 'transfer', cost: 9, currency: 'USD', how: '' },
    ];
    const cost = { estimated: 9.2, currency: 'USD', over: false, pricesAsOf: '2026-11-01', missing: ['x'] };
    assert.deepEqual(spent({ cost, items }), {
      cost: {
        total: 9.2,
        largest: { item: 'transfer', amount: 9 },
        currency: 'USD',
        atLeast: true,
        pricesAsOf: '2026-11-01',
      },
    });
    assert.equal(spent({ cost: { over: false, missing: ['x'] }, items: [] }), undefined);
  });

  it('tells the storage class that the backup lay in', () => {
    const backup = { name: 'hourly', tool: 'pg_dump', id: 'a', uri: 's3://b/a', storageClass: 'GLACIER' };
    assert.equal(entryOf(record({ backup })).backup?.storageClass, 'GLACIER');
  });
});
