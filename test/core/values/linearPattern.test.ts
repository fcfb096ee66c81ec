/** Patterns of people: as RegExp answers, but in time that grows with the text alone. */
import assert from 'node:assert/strict';
import { linearPattern } from '../../../server/src/core/values/linearPattern.ts';
import { randomFrom } from '../../support/random.ts';

type Groups = Readonly<Record<string, string | undefined>> | undefined;
function ours(source: string, text: string): Groups {
  const pattern = linearPattern(source);
  assert.ok('match' in pattern, `${source}: ${'problem' in pattern ? pattern.problem : ''}`);
  return pattern.match(text);
}
function theirs(source: string, text: string): Groups {
  const found = new RegExp(source, 'u').exec(text);
  return found
    ? Object.fromEntries(
        Object.entries((found.groups ?? {}) as Record<string, string | undefined>).filter(
          ([, value]) => value !== undefined,
        ),
      )
    : undefined;
}

describe('linear patterns', () => {
  it('answer as RegExp does', () => {
    const sources = [
      ...[
        '',
        'a',
        '^a$',
        'a*',
        '^(?<x>a+)b',
        'a|b|',
        '(?<x>a|ab)(?<y>c|bcd)',
        '(?<x>a*?)b',
        '(?<x>a{2,3})',
        'a{2}',
        'a{2,}',
      ],
      ...[
        '[a-c]+',
        '[^a]',
        '\\d+',
        '\\bab\\b',
        '\\Ba',
        '.',
        '\\u{61}',
        '\\u0061',
        '\\x61',
        '\\p{L}',
        '(?:ab)+$',
        '(?:a*)*b',
      ],
      ...[
        '^v[0-9]+(?:\\.[0-9]+)*$',
        '(?<x>.*)-(?<y>.*)',
        '\\.',
        '[\\]a]',
        '(?<x>(?<y>a)b)?',
        '^$',
        '\\n',
        '(?:)*a',
        'a??b',
      ],
    ];
    const texts = ['', 'a', 'b', 'ab', 'aab', 'abcd', 'v1.20', 'aaa-b-c', 'x ab y', '\n', ']', 'ü', '😀a', '12ab'];
    for (const source of sources)
      for (const text of texts)
        assert.deepEqual(ours(source, text), theirs(source, text), `/${source}/u on ${JSON.stringify(text)}`);
  });

  it('answer as RegExp does for patterns put together at random', () => {
    const random = randomFrom(7);
    const make = (depth: number): string => {
      const one = (): string => random.pick(['a', 'b', '.', '[ab]', '[^a]', '\\w', '\\b', '^', '$']);
      if (depth === 0) return one();
      const inner = (): string => make(depth - 1);
      const quantified = (): string => {
        const part = random.pick([`(?:${inner()})`, random.pick(['a', 'b', '.', '[ab]'])]);
        return `${part}${random.pick(['*', '+', '?', '{2}', '{1,2}', '{1,}', '*?', '+?', '??'])}`;
      };
      return random.pick([inner, () => `${inner()}${inner()}`, () => `(?:${inner()}|${inner()})`, quantified])();
    };
    for (let round = 0; round < 2000; round++) {
      const source = make(4);
      const text = Array.from({ length: random.below(9) }, () => random.pick(['a', 'b', ' '])).join('');
      assert.equal(ours(source, text) !== undefined, new RegExp(source, 'u').test(text), `/${source}/ on "${text}"`);
    }
  });

  it('end where RegExp would not for years', () => {
    const text = `${'a'.repeat(5000)}!`;
    for (const source of ['^(a+)+$', '^(a|a)*$', '^(a?){40}a{40}$', '(?:a*)*b', '(.*)*(.*)*(.*)*b$', '([a-z]+)*[0-9]'])
      assert.equal(ours(source, text), undefined, source);
  });

  it('say in a phrase what they do not take', () => {
    const problem = (source: string): string => {
      const pattern = linearPattern(source);
      return 'problem' in pattern ? pattern.problem : '';
    };
    assert.match(problem('('), /no regular expression/u);
    assert.match(problem('(?=a)b'), /looks ahead/u);
    assert.match(problem('(?<!a)b'), /looks ahead/u);
    assert.match(problem('(a)\\1'), /refers back/u);
    assert.match(problem('(?<x>a)\\k<x>'), /refers back/u);
    assert.match(problem('(?:a{1000}){1000}'), /repeats too much/u);
    assert.match(problem(`${'('.repeat(500)}a${')'.repeat(500)}`), /nested/u);
  });
});
