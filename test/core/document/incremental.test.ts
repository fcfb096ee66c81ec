/**
 * The incremental parse against the whole one: random edits of awkward documents. Seeded, so every run is the same;
 * DRILLBOOK_FUZZ_MS runs it longer, DRILLBOOK_FUZZ_SEED elsewhere.
 */
import assert from 'node:assert/strict';
import { parseAllDocuments } from 'yaml';
import { parse } from '../../../server/src/core/document/parse.ts';
import type { ParsedText } from '../../../server/src/core/document/node.ts';
import { checkSchema } from '../../../server/src/core/schema/check.ts';
import { dump } from '../../support/dump.ts';
import { isNothing, libraryShape, shape } from '../../support/libraryShape.ts';
import { randomFrom, type Random } from '../../support/random.ts';
import { fixtures } from '../../support/wants.ts';

const BUDGET_MS = Number(process.env['DRILLBOOK_FUZZ_MS'] ?? 2500);
const SEED = Number(process.env['DRILLBOOK_FUZZ_SEED'] ?? 20261122);
const AWKWARD = [
  ...[
    '\n',
    '\n\n',
    '  ',
    ' ',
    '\t',
    ':',
    ': ',
    '- ',
    '\n- ',
    '\n  - ',
    '#',
    ' # note\n',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ',',
    '|',
    '>',
    '|-\n',
  ],
  ...[
    '&a ',
    '*a',
    '*b',
    '<<: *a\n',
    '<<: [*a, *b]\n',
    '---\n',
    '...\n',
    '--- |\n',
    '--- {a: b}\n',
    '%YAML 1.2\n',
    '!!str ',
    '! ',
    '? ',
    '\n? a\n: b\n',
  ],
  ...[
    '${{ vars.x }}',
    '{ id: ${{ vars.x }} }',
    '\r\n',
    '\r',
    '\uFEFF',
    '😀',
    'key: value\n',
    '\nkey: value\n',
    '  nested: 1\n',
    'x-a: &a { b: 1 }\n',
    'null',
    '~',
    '0x1f',
  ],
  ...[
    'apiVersion: drillbook/v1\n',
    'kind: Policy\n',
    'key: |\n  text\n   more\n\n  end\n',
    'key: >-\n  folded\n',
    'key: "two\n  lines"\n',
    'key: plain\n  goes on\n',
    '\n"quoted key": 1\n',
    "\n'k': 2\n",
    '\n- x\n- y\n',
  ],
];

function edit(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + random.below(4));
    case 1:
      return text.slice(0, at) + text.slice(at + random.below(200));
    case 2: {
      const line = text.indexOf('\n', at) + 1;
      return text.slice(0, line) + random.pick(AWKWARD) + text.slice(line);
    }
    case 3: {
      // A line or several once more: equal pieces of text must not share their places.
      const from = text.lastIndexOf('\n', at) + 1;
      const end = text.indexOf('\n', Math.min(text.length, at + random.below(60)));
      const piece = text.slice(from, end < 0 ? text.length : end + 1);
      return text.slice(0, from) + piece + text.slice(from);
    }
    case 4: {
      const from = random.below(text.length + 1);
      return text.slice(0, at) + text.slice(from, from + random.below(120)) + text.slice(at);
    }
    default:
      return text.slice(0, at) + random.pick(AWKWARD) + text.slice(at);
  }
}

/** Long enough for nested pieces. */
function long(count: number): string {
  const names = Array.from({ length: count }, (_, index) => index);
  return [
    'apiVersion: drillbook/v1\nkind: Runbook\nx-base: &a\n  region: eu-west-1 # here\nmetadata:\n  name: long\n\nresources:\n  # first\n',
    ...names.map((index) => `  r${index}:\n    <<: *a\n    kind: aws/s3-bucket\n    id: bucket-${index}\n`),
    'restore:\n  rto: 1h\n  steps:\n',
    ...names.map(
      (index) =>
        `    - id: s${index}\n      run: |\n        echo ${index}\n        # not a comment\n\n      timeout: 1m\n`,
    ),
    'backups:\n  b:\n    schedule: "0 * * * *"\n',
  ].join('');
}

describe('incremental parse', () => {
  it('says the same as a parse from nothing after any edit', function () {
    this.timeout(20_000 + BUDGET_MS * 2);
    const random = randomFrom(SEED);
    const starts = [
      ...fixtures('documents').map(({ text }) => text),
      long(11),
      long(14).replaceAll('    <<: *a\n', '    region: eu-west-1\n'),
      'a: 1\n---\nb: 2\n',
      '',
    ];
    const deadline = Date.now() + BUDGET_MS;
    let edits = 0;
    let compared = 0;
    while (Date.now() < deadline) {
      let text = random.pick(starts);
      let previous: ParsedText = parse(text);
      for (let step = 0; step < 25 && Date.now() < deadline; step++) {
        const before = text;
        text = edit(random, text);
        previous = parse(text, previous);
        const context = `after edit ${edits} of seed ${SEED}:\n${JSON.stringify(before)}\n→\n${JSON.stringify(text)}`;
        assert.deepEqual(dump(previous), dump(parse(text)), context);
        for (const document of previous.documents) checkSchema(document);
        edits++;
        if (compareWithLibrary(text, previous, context)) compared++;
        // Broken text stays broken: mostly the edit is undone, which is an edit too.
        else if (random.below(12) > 0) {
          text = before;
          previous = parse(text, previous);
        }
      }
    }
    if (process.env['DRILLBOOK_FUZZ_MS'] !== undefined)
      console.log(`      ${edits} edits, ${compared} texts without error`);
    assert.ok(edits > 10, `only ${edits} edits were tried`);
  });
});

/** Where the library finds no error in the whole text, cutting it must give the same tree at the same places. */
function compareWithLibrary(text: string, parsed: ParsedText, context: string): boolean {
  if (text.includes('\uFEFF', 1)) return false;
  const whole = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent', version: '1.2' });
  if (!Array.isArray(whole)) return false;
  const errors = whole.flatMap((document) => document.errors);
  if (errors.length > 0) {
    // The library counts the byte order mark as a column, and finds faults that are none without it.
    if (text.startsWith('\uFEFF')) return false;
    const said = parsed.documents.flatMap((document) => document.problems);
    assert.ok(said.length > 0, `the library says ${errors[0]?.code ?? ''} (${errors[0]?.message ?? ''}) ${context}`);
    return false;
  }
  const problems = parsed.documents
    .flatMap((document) => document.problems)
    .filter(({ code }) => code === 'syntax/yaml');
  assert.deepEqual(
    problems.filter(({ message }) => !/refers to|for an alias|merges maps|would never end/.test(message)),
    [],
    `the library finds no error ${context}`,
  );
  // Whether `...` before anything makes an empty document is nobody's concern.
  const full = whole.map(({ contents }) => contents).filter((contents) => contents !== null && !isNothing(contents));
  const roots = parsed.documents.map(({ root }) => root).filter((root) => root !== undefined);
  assert.equal(roots.length, full.length, `number of documents ${context}`);
  for (const [index, contents] of full.entries())
    if (contents) assert.deepEqual(shape(roots[index]!), libraryShape(contents), context);
  return true;
}
