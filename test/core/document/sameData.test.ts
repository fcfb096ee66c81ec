/** Plain data compared: by what it says, whatever is shared. */
import assert from 'node:assert/strict';
import { sameData } from '../../../server/src/core/document/sameData.ts';

describe('same data', () => {
  it('is what says the same', () => {
    const shared = { deep: [1, { two: 'three' }] };
    for (const [one, other] of [
      [1, 1],
      [NaN, NaN],
      [null, null],
      [shared, { deep: [1, { two: 'three' }] }],
      [
        { a: 1, b: shared },
        { b: shared, a: 1 },
      ],
      [[], []],
    ] as const)
      assert.ok(sameData(one, other), JSON.stringify([one, other]));
  });

  it('is not what says something else', () => {
    for (const [one, other] of [
      [1, '1'],
      [null, {}],
      [[], {}],
      [[1], [1, 2]],
      [{ a: 1 }, { a: 1, b: undefined }],
      [{ a: undefined }, { b: undefined }],
      [{ a: { b: [1] } }, { a: { b: [2] } }],
      [1n, 1],
    ] as const)
      assert.ok(!sameData(one, other));
  });
});
