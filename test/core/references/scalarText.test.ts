/** Indexes of a value lead back to exact offsets in the source, whatever the scalar's style and the line endings. */
import assert from 'node:assert/strict';
import { parse } from '../../../server/src/core/document/parse.ts';
import { placedText } from '../../../server/src/core/references/scalarText.ts';
import { scalarsOf } from '../../../server/src/core/references/scalars.ts';

const WORD = /WORD\d/g;

/** Every WORDn of the value has to be found at the place where the source writes it. */
function assertPlaced(text: string, least = 1): void {
  const parsed = parse(text);
  let found = 0;
  for (const document of parsed.documents) {
    for (const { node } of scalarsOf(document, () => true)) {
      const placed = placedText(text, node);
      if (!placed) continue;
      for (const match of placed.text.matchAll(WORD)) {
        const span = placed.spanOf(match.index, match.index + match[0].length);
        assert.equal(text.slice(span.start, span.end), match[0], JSON.stringify(text));
        found++;
      }
    }
  }
  assert.ok(found >= least, `${found} words found in ${JSON.stringify(text)}`);
}

const CASES: Readonly<Record<string, string>> = {
  plain: 'a: WORD1 and WORD2\n',
  'plain over lines': 'a: WORD1\n  WORD2\n\n  WORD3\n',
  single: "a: 'it''s WORD1, ''WORD2'''\n",
  'single over lines': "a: 'WORD1\n  WORD2\n\n   WORD3'\n",
  double: 'a: "\\t\\"WORD1\\" \\u00e9 \\U0001F600 \\x41 WORD2"\n',
  'double over lines': 'a: "WORD1 \\\n   WORD2\n   WORD3\\n  \\\n   \\  WORD4"\n',
  literal: 'a: |\n  WORD1\n    WORD2\n\n  WORD3\n',
  'literal with indicator': 'a: |2-\n    WORD1\n  WORD2\n',
  'literal with comment on the header': 'a: |- # why\n  WORD1 WORD2\n',
  'literal that begins with empty lines': 'a: |\n\n\n  WORD1\n   WORD2\n',
  folded: 'a: >\n  WORD1\n  WORD2\n\n    WORD3\n  WORD4\n',
  'folded, kept': 'a: >+\n\n  WORD1\n\n\n  WORD2\n\n',
  'in a flow map': 'a: { b: "x WORD1", c: [WORD2, \'WORD3\'] }\n',
  'behind an anchor and a tag': 'a: &x !!str WORD1\nb: *x\nc: &y |\n  WORD2\n',
  'with astral characters': 'a: "😀 WORD1 𝒳 WORD2"\nb: |\n  😀😀 WORD3\n',
  'with tabs': 'a: "x\tWORD1"\nb: |\n  x\tWORD2\n',
};

describe('placed text', () => {
  for (const [name, text] of Object.entries(CASES)) {
    it(`is exact: ${name}`, () => {
      assertPlaced(text);
    });
    it(`is exact with CRLF: ${name}`, () => {
      assertPlaced(text.replaceAll('\n', '\r\n'));
    });
    it(`is exact behind a byte order mark and another document: ${name}`, () => {
      assertPlaced(`\uFEFFx: 1\n---\n${text}`);
    });
  }

  it('is exact for random texts in every style', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    const pieces = [
      'WORD1',
      'WORD2',
      ' ',
      '  ',
      '\n',
      '\n\n',
      "'",
      '"',
      '\\',
      '😀',
      'é',
      '$',
      '{',
      '}',
      ': ',
      '\t',
      '#',
      '.',
    ];
    for (let round = 0; round < 600; round++) {
      const value = `WORD0 ${Array.from({ length: random(14) }, () => pieces[random(pieces.length)]).join('')} WORD9`;
      const indented = (indent: string): string =>
        value
          .split('\n')
          .map((line) => (line === '' ? '' : indent + line))
          .join('\n');
      assertPlaced(`a: ${JSON.stringify(value)}\n`, 2);
      assertPlaced(`a: '${value.replaceAll("'", "''").replaceAll('\n', '\n\n  ')}'\n`, 2);
      for (const header of ['|', '>', '|-', '>+']) assertPlaced(`b:\n  a: ${header}\n${indented('    ')}\nz: 1\n`, 2);
    }
  });
});
