/** One live value against one expectation. */
import assert from 'node:assert/strict';
import { satisfies, type ValueKind } from '../../../server/src/core/drift/expected.ts';

const CASES: readonly (readonly [expected: unknown, actual: unknown, kind: ValueKind, holds: string])[] = [
  ['enabled', 'Enabled', 'text', 'yes'],
  ['enabled', 'suspended', 'text', 'no'],
  ['!=none', 'enabled', 'text', 'yes'],
  ['>=35', 35, 'number', 'yes'],
  ['>=35', 34, 'number', 'no'],
  ['>=7 <=35', 14, 'number', 'yes'],
  ['>=7 <=35', 36, 'number', 'no'],
  [35, 35, 'number', 'yes'],
  ['35d', 35, 'number', 'yes'],
  ['>=many', 35, 'number', 'undecided'],
  ['>=', 35, 'number', 'undecided'],
  ['>=7, <=35', 14, 'number', 'yes'],
  ['>=7 <', 14, 'number', 'undecided'],
  ['none', 35, 'number', 'undecided'],
  ['<=1h', '3599000ms', 'duration', 'yes'],
  ['<=1h', '2h', 'duration', 'no'],
  ['PT15M', '15m', 'duration', 'yes'],
  [true, 'enabled', 'boolean', 'yes'],
  ['disabled', true, 'boolean', 'no'],
  ['perhaps', true, 'boolean', 'undecided'],
];

describe('expected values', () => {
  for (const [expected, actual, kind, holds] of CASES) {
    it(`${JSON.stringify(actual)} against ${JSON.stringify(expected)} as ${kind}: ${holds}`, () => {
      assert.equal(satisfies(expected, actual, kind), holds);
    });
  }
});
