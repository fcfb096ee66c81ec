/** Constraints and versions: syntax, meaning by kind, and laws that hold for any of them. */
import assert from 'node:assert/strict';
import {
  describeConstraint,
  isConstraintOf,
  parseConstraint,
  satisfies,
  type ValueKind,
} from '../../../server/src/core/values/constraint.ts';
import { compareVersions, versionCovers } from '../../../server/src/core/values/version.ts';
import { randomFrom } from '../../support/random.ts';

function holds(constraint: unknown, actual: unknown, kind: ValueKind): boolean | undefined {
  const parsed = parseConstraint(constraint);
  assert.ok(parsed, String(constraint));
  return satisfies(parsed, actual, kind);
}

describe('constraint', () => {
  const cases: readonly (readonly [unknown, unknown, ValueKind, boolean | undefined])[] = [
    [35, 35, 'number', true],
    ['35', 35, 'number', true],
    ['>=35', 34, 'number', false],
    ['>=7 <=30', 30, 'number', true],
    ['>=7, <30', 30, 'number', false],
    ['!=3', 3, 'number', false],
    ['<=1h', '3600s', 'duration', true],
    ['<=1h', 3_600_001, 'duration', false],
    ['2h', '120m', 'duration', true],
    ['>=1 MiB', 1_048_576, 'size', true],
    ['15', '15.4', 'version', true],
    ['15', '15.4-R2', 'version', true],
    ['15.4', '15.40', 'version', false],
    ['15.4', '15.4-R2', 'version', true],
    ['>=15.2 <16', '15.10', 'version', true],
    ['>=15.2 <16', '16.0', 'version', false],
    ['<=15', '15.9', 'version', true],
    ['>15', '15.9', 'version', false],
    ['>15', '16', 'version', true],
    ['*', '3.4', 'version', true],
    ['8.0.mysql_aurora.3.05', '8.0.mysql_aurora.3.05.2', 'version', true],
    ['>=1000', 1000, 'any', true],
    ['open', 'open', 'any', true],
    [true, true, 'any', true],
    ['>=2026-01-01', '2026-05-01T00:00:00Z', 'any', true],
    ['>=35', 'many', 'number', undefined],
    ['>=35', null, 'number', undefined],
  ];
  for (const [constraint, actual, kind, wanted] of cases) {
    it(`${JSON.stringify(constraint)} ${String(wanted)} for ${JSON.stringify(actual)} as ${kind}`, () =>
      assert.equal(holds(constraint, actual, kind), wanted));
  }

  const refused: readonly (readonly [string, ValueKind])[] = [
    ['>=', 'number'],
    ['>= <3', 'number'],
    ['>=x', 'number'],
    ['many', 'number'],
    ['>=1 and <2', 'any'],
    ['>=1 hour', 'duration'],
    ['<>3', 'number'],
    ['>=15 || <16', 'version'],
    ['fifteen', 'version'],
    ['', 'version'],
  ];
  for (const [text, kind] of refused) {
    it(`refuses ${JSON.stringify(text)} as ${kind}`, () => {
      const parsed = parseConstraint(text);
      assert.equal(parsed !== undefined && isConstraintOf(parsed, kind), false);
    });
  }

  it('takes no time for absurd text', () => {
    assert.equal(parseConstraint(`>${' '.repeat(100_000)}`), undefined);
    assert.equal(parseConstraint('>='.repeat(200)), undefined);
  });

  it('says it in words', () =>
    assert.equal(describeConstraint(parseConstraint('>=15.2 <16')!), 'at least 15.2 and below 16'));

  it('holds the laws of order for any numbers', () => {
    const random = randomFrom(4);
    for (let round = 0; round < 500; round++) {
      const [a, b] = [random.below(20), random.below(20)];
      assert.equal(holds(`>=${a}`, b, 'number'), b >= a);
      assert.equal(holds(`<${a}`, b, 'number'), !holds(`>=${a}`, b, 'number'));
      assert.equal(holds(`>=${a} <=${a}`, b, 'number'), holds(a, b, 'number'));
    }
  });
});

describe('version', () => {
  const version = (random: ReturnType<typeof randomFrom>): string =>
    Array.from({ length: 1 + random.below(3) }, () => random.below(12)).join('.');

  it('orders versions totally', () => {
    const random = randomFrom(5);
    for (let round = 0; round < 500; round++) {
      const [a, b, c] = [version(random), version(random), version(random)];
      assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) + 0, `${a} ${b}`);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        assert.ok(compareVersions(a, c) <= 0, `${a} ${b} ${c}`);
      assert.ok(versionCovers(a, a) && versionCovers(a, `${a}.7`), a);
      if (versionCovers(a, b))
        assert.ok(compareVersions(a, b) <= 0 || b.split('.').length <= a.split('.').length, `${a} ${b}`);
    }
  });

  it('compares by numbers, not by digits', () => {
    assert.ok(compareVersions('15.10', '15.9') > 0);
    assert.equal(compareVersions('15', '15.0'), 0);
    assert.equal(versionCovers('15.4', '15.40'), false);
    assert.equal(versionCovers('', '15'), false);
  });
});
