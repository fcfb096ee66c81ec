/** What a caller of the dry-run command may choose. */
import assert from 'node:assert/strict';
import { choiceOf } from '../../client/src/commands/dryRunChoice.ts';

describe('the choice of a dry run', () => {
  const all = { level: 3, scenario: 'slow-store', backup: 'a', before: '2026-11-22T10:00:00Z', maxCost: '20 USD' };

  it('is what there is to choose', () => assert.deepEqual(choiceOf({ ...all, uri: 'file:///a', runbook: 'b' }), all));

  it('is never that the person has confirmed it, whoever says so', () => {
    assert.deepEqual(choiceOf({ ...all, confirmed: true }), all);
    assert.deepEqual(choiceOf({ confirmed: true }), {});
  });

  it('is nothing where it is of another kind', () => {
    for (const odd of [undefined, null, 'x', { level: '3', scenario: 1, backup: null, before: {}, maxCost: 20 }])
      assert.deepEqual(choiceOf(odd), {});
  });
});
