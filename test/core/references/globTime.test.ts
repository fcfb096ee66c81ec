/** Patterns of `appliesTo` match what they always did, and none of them can keep the editor busy. */
import assert from 'node:assert/strict';
import { matchesGlob } from '../../../server/src/core/references/glob.ts';

describe('path patterns', () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['runbooks', 'runbooks/a/b.yaml', true],
    ['runbooks/**', 'runbooks', false],
    ['runbooks/**', 'runbooks/a.yaml', true],
    ['**/*.yaml', 'a.yaml', true],
    ['**/*.yaml', 'a/b/c.yaml', true],
    ['*.yaml', 'a/b.yaml', false],
    ['a/**/b/**/c.yaml', 'a/x/b/b/y/c.yaml', true],
    ['a/**/b/**/c.yaml', 'a/x/y/c.yaml', false],
    ['a?[bc]*.y{a,}ml', 'axbzz.yml', true],
    ['[!a]*.yaml', 'a.yaml', false],
    ['[!a]*.yaml', 'b.yaml', true],
    ['a[', 'a[', true],
    ['*a*b*c', 'xxaxxbxxc', true],
    ['*a*b*c', 'xxbxxaxxc', false],
  ];
  for (const [pattern, file, wanted] of rows) {
    it(`${pattern} ${wanted ? 'fits' : 'does not fit'} ${file}`, () =>
      assert.equal(matchesGlob(pattern, file), wanted));
  }
  it('ends for patterns and names made to hang a regular expression', () => {
    assert.equal(matchesGlob(`${'*a'.repeat(40)}b`, 'a'.repeat(200)), false);
    assert.equal(matchesGlob(`${'**/a/'.repeat(40)}b`, 'a/'.repeat(200)), false);
  });
});
