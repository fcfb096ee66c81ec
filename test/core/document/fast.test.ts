/** The fast reader against the library: it may give up on anything, and must never see something else. */
import assert from 'node:assert/strict';
import { parseAllDocuments } from 'yaml';
import { readFast } from '../../../server/src/core/document/fast.ts';
import { libraryShape, shape } from '../../support/libraryShape.ts';
import { randomFrom } from '../../support/random.ts';
import { fixtures } from '../../support/wants.ts';

const BUDGET_MS = Number(process.env['DRILLBOOK_FUZZ_MS'] ?? 1500);
const SEED = Number(process.env['DRILLBOOK_FUZZ_SEED'] ?? 20261122);
const TOKENS = [
  ...[
    'a',
    'b c',
    'key',
    '1',
    '15.40',
    '007',
    '-1',
    '-0',
    '1e3',
    '0x1f',
    '0o7',
    '.5',
    '1.',
    'null',
    '~',
    'True',
    'no',
    '-',
    '--',
    '---',
    '...',
    'x:y',
    'a#b',
    'é😀',
    '2026-10-02',
  ],
  ...[
    ': ',
    ':',
    ': ',
    ': ',
    '- ',
    '- ',
    ', ',
    ',',
    ' ',
    '  ',
    '    ',
    '\n',
    '\n',
    '\n',
    '\n  ',
    '\n  ',
    '\n    ',
    '\n- ',
    '\n  - ',
    ' # c\n',
    '#',
    ' #',
    '\n# c\n',
    '\n\n',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '{ ',
    ' }',
    '{}',
    '[]',
    '{ a: 1 }',
    '[1, b]',
    '{ a: { b: [c, "d"] } }',
    '"',
    "'",
    '"q"',
    "'q'",
    "'it''s'",
    '"a: b"',
    '""',
    "''",
  ],
  ...[
    '|\n',
    '|-\n',
    '| ',
    '>\n',
    '>-',
    '|\n  text\n',
    '|\n    more\n  less\n',
    '|-\n  a\n\n  b\n\n',
    '?',
    '? ',
    '&a ',
    '*a',
    '!t ',
    '@',
    '%',
    '`',
    '\\',
    '<<',
    '<<: ',
    '\u00a0',
    '\u2028',
    '\ufeff',
  ],
];

function given(text: string): Parameters<typeof readFast>[0] {
  return { text, block: { base: 0 }, reveal: (each) => each, flowScalars: undefined };
}

function compare(text: string): boolean {
  const root = readFast(given(text));
  if (!root) return false;
  const whole = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent', version: '1.2' });
  const context = `${JSON.stringify(text)} of seed ${SEED}`;
  assert.ok(Array.isArray(whole) && whole.length === 1, `the library reads ${whole.length} documents in ${context}`);
  const document = whole[0]!;
  assert.deepEqual(
    document.errors.map(({ message }) => message),
    [],
    context,
  );
  assert.ok(document.contents, context);
  assert.deepEqual(shape(root), libraryShape(document.contents), context);
  return true;
}

describe('fast reader', () => {
  it('reads every fixture of documents without aliases, as the library does', () => {
    for (const { name, text } of fixtures('documents')) {
      assert.ok(compare(text), name);
      assert.ok(compare(text.replaceAll('\n', '\r\n')), `${name} with CRLF`);
    }
  });

  it('sees what the library sees, or gives up, whatever the text', () => {
    const random = randomFrom(SEED);
    const deadline = Date.now() + BUDGET_MS;
    let tried = 0;
    let read = 0;
    while (Date.now() < deadline) {
      for (let round = 0; round < 100; round++) {
        let text = random.below(3) > 0 ? 'k: ' : '';
        for (let count = 1 + random.below(14); count > 0; count--) text += random.pick(TOKENS);
        if (random.below(4) === 0) text = text.replaceAll('\n', '\r\n');
        tried++;
        if (compare(text)) read++;
      }
    }
    if (process.env['DRILLBOOK_FUZZ_MS'] !== undefined) console.log(`      ${tried} texts, ${read} read`);
    assert.ok(read > 20, `only ${read} of ${tried} texts were read`);
  });

  it('sees what the library sees in fixtures with small edits', () => {
    const random = randomFrom(SEED);
    const texts = fixtures('documents').flatMap(({ text }) => text.split(/^(?=\S)/m));
    const deadline = Date.now() + BUDGET_MS;
    let read = 0;
    while (Date.now() < deadline) {
      let text = random.pick(texts);
      for (let count = 1 + random.below(3); count > 0; count--) {
        const at = random.below(text.length + 1);
        text =
          text.slice(0, at) + (random.below(2) === 0 ? random.pick(TOKENS) : '') + text.slice(at + random.below(3));
      }
      if (random.below(4) === 0) text = text.replaceAll('\n', '\r\n');
      if (compare(text)) read++;
    }
    assert.ok(read > 20, `only ${read} texts were read`);
  });
});
