/** The parser: positions, heads, anchors and merge keys, comments, and bad input of every sort that issue A names. */
import assert from 'node:assert/strict';
import { nodeAt, offsetAt, pairAt, placeAt, positionAt, spanAt } from '../../../server/src/core/document/navigate.ts';
import type { ParsedDocument, ParsedText } from '../../../server/src/core/document/node.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import { checkSchema } from '../../../server/src/core/schema/check.ts';
import { dump } from '../../support/dump.ts';
import { fixtures } from '../../support/wants.ts';

function first(parsed: ParsedText): ParsedDocument {
  const [document] = parsed.documents;
  assert.ok(document, 'a document');
  return document;
}
const valueOf = (text: string): unknown => first(parse(text)).value;
const textAt = (parsed: ParsedText, span: { readonly start: number; readonly end: number }): string =>
  parsed.text.slice(span.start, span.end);
const codes = (text: string): string[] =>
  parse(text).documents.flatMap(({ problems }) => problems.map(({ code }) => code));

/** Has computed what is computed only when asked for. */
function touch(document: ParsedDocument): unknown {
  return [document.value, document.comments];
}

describe('parse', () => {
  it('finds every key and value where it stands, whatever the line ends', () => {
    for (const { name, text } of fixtures('documents')) {
      for (const variant of [text, text.replace(/\n/g, '\r\n'), `\uFEFF${text}`, `# 😀 𝒳\n${text}`]) {
        const parsed = parse(variant);
        const document = first(parsed);
        assert.deepEqual(document.problems, [], name);
        assert.ok(document.root?.kind === 'map');
        for (const pair of document.root.pairs) {
          assert.equal(pair.key.kind === 'scalar' && pair.key.value, textAt(parsed, pair.key), name);
          assert.equal(
            positionAt(parsed, pair.key.start).character,
            variant.startsWith('\uFEFF') && pair.key.start === 1 ? 1 : 0,
          );
        }
        assert.equal(
          textAt(parsed, spanAt(document, ['metadata', 'name'])),
          (document.value as { metadata: { name: string } }).metadata.name,
        );
      }
    }
  });

  it('counts characters in UTF-16 units', () => {
    const parsed = parse('a: 😀\n"𝒳": { b: "é" , c: d }\n');
    assert.equal(textAt(parsed, spanAt(first(parsed), ['𝒳', 'c'])), 'd');
    assert.deepEqual(positionAt(parsed, spanAt(first(parsed), ['a']).end), { line: 0, character: 5 });
    assert.equal(offsetAt(parsed, { line: 1, character: 0 }), 6);
  });

  it('counts lone carriage returns as lines, as editors do', () => {
    const parsed = parse('a: 1 # x\ry\nb: 2');
    assert.deepEqual(positionAt(parsed, parsed.text.indexOf('b')), { line: 2, character: 0 });
  });

  it('keeps what is written beside what it means', () => {
    const document = first(
      parse('a: 15.40\nb: 0o17\nc: "x\\ty"\nd: |\n  two\n  lines\ne: 012345678901\nf: ~\ng: yes\nh: 2026-10-02\n'),
    );
    const source = (key: string): unknown => {
      const node = nodeAt(document, [key]);
      return node?.kind === 'scalar' ? [node.source, node.value, node.style] : undefined;
    };
    assert.deepEqual(source('a'), ['15.40', 15.4, 'plain']);
    assert.deepEqual(source('b'), ['0o17', 15, 'plain']);
    assert.deepEqual(source('c'), ['x\ty', 'x\ty', 'double']);
    assert.deepEqual(source('d'), ['two\nlines\n', 'two\nlines\n', 'literal']);
    assert.deepEqual(source('e'), ['012345678901', 12345678901, 'plain']);
    assert.deepEqual(source('f'), ['~', null, 'plain']);
    assert.deepEqual(source('g'), ['yes', 'yes', 'plain']);
    assert.deepEqual(source('h'), ['2026-10-02', '2026-10-02', 'plain']);
  });

  it('ends a block where its last value ends', () => {
    const parsed = parse('a:\n  b: 1\n\n# note\n\nc: 2\n');
    const node = nodeAt(first(parsed), ['a']);
    assert.equal(node && textAt(parsed, node), 'b: 1');
  });

  describe('documents', () => {
    it('tells them apart, and ours from others by the head alone', () => {
      const { documents } = parse(
        'a: 1\n---\napiVersion: drillbook/v1\nkind: Policy\n...\n# between\n---\n"apiVersion": "drillbook/v2"\nkind: Zebra\n---\napiVersion: v1\nkind: Pod\n---\n',
      );
      assert.deepEqual(
        documents.map(({ index, apiVersion, kindName }) => [index, apiVersion, kindName]),
        [
          [0, undefined, undefined],
          [1, 'drillbook/v1', 'Policy'],
          [2, 'drillbook/v2', 'Zebra'],
          [3, undefined, 'Pod'],
          [4, undefined, undefined],
        ],
      );
    });

    it('tells what belongs to none, or has no name', () => {
      for (const [text, said] of [
        ['%YAML 1.2\n...\n', /Missing directives-end/],
        ['a: &\n', /anchor has no name/],
        ['a: *\n', /alias has no name/],
      ] as const)
        assert.match(parse(text).documents[0]?.problems[0]?.message ?? '', said, text);
    });

    it('knows the head of a half-typed one', () => {
      for (const tail of ['meta', 'metadata: {', 'metadata:\n  name: "', 'a: [', '\t- x', '- a']) {
        const document = first(parse(`apiVersion: drillbook/v1\nkind: Runbook\n${tail}`));
        assert.deepEqual([document.apiVersion, document.kindName], ['drillbook/v1', 'Runbook'], tail);
      }
      const document = first(parse('ap\napiVersion: drillbook/v1\nkind: Runbook\n'));
      assert.deepEqual([document.apiVersion, document.kindName], ['drillbook/v1', 'Runbook']);
    });

    it('reads directives and what stands behind the marks', () => {
      assert.deepEqual(valueOf('%YAML 1.2\n---\na: 1\n'), { a: 1 });
      assert.deepEqual(valueOf('--- { a: 1 }\n'), { a: 1 });
      assert.equal(valueOf('--- |\n a\n b\n'), 'a\nb\n');
      assert.equal(valueOf('--- !!str 1\n'), '1');
      assert.deepEqual(parse('').documents, []);
      assert.deepEqual(parse('# nothing\n\n').documents, []);
    });
  });

  describe('anchors', () => {
    it('resolves aliases and merge keys over pieces, explicit keys first', () => {
      const text =
        'x-a: &a { p: 1, q: 2 }\nx-b: &b { q: 3, r: 4 }\nx-l: &l [*a, *b]\none: { <<: *a, q: 9 }\ntwo: { <<: [*a, *b] }\nthree: *a\nfour: { <<: *l }\n';
      const value = valueOf(text) as Record<string, unknown>;
      assert.deepEqual(value['one'], { p: 1, q: 9 });
      assert.deepEqual(value['two'], { p: 1, q: 2, r: 4 });
      assert.deepEqual(value['three'], { p: 1, q: 2 });
      assert.deepEqual(value['four'], { p: 1, q: 2, r: 4 });
      const document = first(parse(text));
      assert.equal(textAt(parse(text), spanAt(document, ['two', 'r'])), '4');
      assert.ok(pairAt(document, ['two', 'r']));
    });

    it('takes the last anchor of a name before the alias', () => {
      assert.deepEqual(valueOf('a: &x 1\nb: *x\nc: &x 2\nd: *x\n'), { a: 1, b: 1, c: 2, d: 2 });
    });

    it('moves with an edit above, and changes with one in the anchored value', () => {
      const before = 'x: &x { a: 1 }\ny: *x\nz: { <<: *x }\n';
      let parsed = parse(before);
      parsed = parse(`# more\n${before}`, parsed);
      assert.deepEqual(dump(parsed), dump(parse(`# more\n${before}`)));
      parsed = parse(before.replace('1', '2'), parsed);
      assert.deepEqual(first(parsed).value, { x: { a: 2 }, y: { a: 2 }, z: { a: 2 } });
      parsed = parse(before.replace('&x', '&w'), parsed);
      assert.deepEqual(codes(parsed.text), ['syntax/yaml', 'syntax/yaml']);
    });

    it('reports unknown and self-referring ones on the alias', () => {
      const parsed = parse('a: *nope\nb: &b [1, *b]\nc: &c\n  d: { <<: *c }\n');
      const { problems } = first(parsed);
      assert.deepEqual(
        problems.map((problem) => textAt(parsed, problem)),
        ['*nope', '*b', '*c'],
      );
      assert.deepEqual(first(parsed).value, { a: null, b: [1, null], c: { d: {} } });
    });
  });

  it('finds duplicate keys over and within pieces, and points to the first', () => {
    const parsed = parse('kind: a\nb: { c: 1, d: 2, c: 3 }\nkind: b\n1: x\n"1": y\n');
    const { problems } = first(parsed);
    assert.deepEqual(
      problems.map((problem) => [problem.code, problem.start, problem.related?.span.start]),
      [
        ['syntax/duplicate-key', 25, 13],
        ['syntax/duplicate-key', 32, 0],
        ['syntax/duplicate-key', 45, 40],
      ],
    );
  });

  it('finds merge keys that merge no map', () => {
    const text =
      'x: &x { a: 1 }\na: { <<: 3 }\nb:\n  <<:\nc: { <<: [*x, 4] }\nd: { <<: *x }\ne: { <<: [*x, { b: 2 }] }\n';
    const parsed = parse(text);
    assert.deepEqual(
      first(parsed).problems.map((problem) => textAt(parsed, problem)),
      ['3', '<<', '4'],
    );
  });

  it('finds comments, and nothing that only looks like one', () => {
    const text =
      '# top\na: 1 # one\nb: "# no"\nc: |  # header\n  # no\nd: x#no\n  # indented\ne: [1, # in\n 2]\n--- # mark\nf: # empty\n# end';
    const parsed = parse(text);
    assert.deepEqual(
      parsed.documents.map(({ comments }) => comments.map(({ text: said }) => said)),
      [
        ['top', 'one', 'header', 'indented', 'in'],
        ['mark', 'empty', 'end'],
      ],
    );
    for (const { comments } of parsed.documents) for (const comment of comments) assert.equal(text[comment.start], '#');
  });

  it('says where an offset stands', () => {
    const parsed = parse('a:\n  - id: x\n    b: 1\n');
    const at = (needle: string): unknown => placeAt(first(parsed), parsed.text.indexOf(needle))?.path;
    assert.deepEqual(at('b'), ['a', 0, 'b']);
    assert.deepEqual(at('1'), ['a', 0, 'b']);
    assert.deepEqual(nodeAt(first(parsed), ['a', 'x', 'b'])?.start, parsed.text.indexOf('1'));
  });

  it('keeps keys of any name and kind', () => {
    const value = valueOf('__proto__: 1\nconstructor: 2\n1: a\ntrue: b\n~: c\n? [x]\n: d\n') as Record<string, unknown>;
    assert.equal(Object.getOwnPropertyDescriptor(value, '__proto__')?.value, 1);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.deepEqual([value['constructor'], value['1'], value['true'], value['~']], [2, 'a', 'b', 'c']);
  });
});

describe('bad input', () => {
  const head = 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: a }\nx-a: ';
  let blockLevels = '\n';
  for (let level = 1; level < 1500; level++) blockLevels += `${' '.repeat(level)}a:\n`;
  const deep: Readonly<Record<string, string>> = {
    'open lists': '['.repeat(10_000),
    'closed lists': '['.repeat(10_000) + ']'.repeat(10_000),
    'open maps': '{a: '.repeat(10_000),
    'closed maps': '{a: '.repeat(10_000) + '}'.repeat(10_000),
    'lists on one line': `\n  ${'- '.repeat(10_000)}x`,
    'explicit keys': `\n  ${'? '.repeat(10_000)}x`,
    'levels of blocks': blockLevels,
  };
  for (const [name, text] of Object.entries(deep)) {
    it(`bounds 10,000 nested ${name}`, () => {
      const parsed = parse(head + text);
      const document = first(parsed);
      assert.ok(
        document.problems.some(({ code }) => code === 'syntax/too-deep'),
        JSON.stringify(document.problems),
      );
      for (const { start, end } of document.problems) assert.ok(end - start < 200);
      assert.ok(JSON.stringify(document.value).length < 1_000_000);
      checkSchema(document);
      assert.deepEqual(dump(parse(`${head}${text}\n# more`, parsed)), dump(parse(`${head}${text}\n# more`)));
    });
  }

  it('bounds an alias bomb, on the alias that goes too far', () => {
    let bomb = 'x-0: &a0 [1,1,1,1,1,1,1,1,1]\n';
    for (let level = 1; level < 30; level++)
      bomb += `x-${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(',')}]\n`;
    const parsed = parse(head.replace('x-a: ', bomb));
    const tooDeep = first(parsed).problems.filter(({ code }) => code === 'syntax/too-deep');
    assert.equal(tooDeep.length, 1);
    assert.match(textAt(parsed, tooDeep[0]!), /^\*a\d+$/);
    assert.ok(JSON.stringify(first(parsed).value).length < 2_000_000);
    checkSchema(first(parsed));
  });

  it('lets a fair use of aliases alone', () => {
    const text = `x: &x { a: 1, b: 2 }\n${Array.from({ length: 2000 }, (_, index) => `k${index}: { <<: *x }\n`).join('')}`;
    assert.deepEqual(codes(text), []);
  });

  it('reads 50,000 lines and 50,000 keys of one map without stalling', () => {
    const keys = Array.from({ length: 50_000 }, (_, index) => `k${index}: ${index}`);
    assert.equal(Object.keys(valueOf(keys.join('\n')) as object).length, 50_000);
    assert.equal(Object.keys(valueOf(`{ ${keys.join(', ')} }`) as object).length, 50_000);
    assert.deepEqual(codes(keys.join('\n')), []);
  });

  it('never throws on bytes that are no text', () => {
    for (const text of [
      '\u0000\u0001\u0002',
      '\uFFFD\uFFFE',
      '\uD800',
      '\u2028\u2029\u0085',
      '\uFEFF',
      '\uFEFF\uFEFFa: 1',
      '\t',
      '\r',
      '%',
      '---',
      '...',
      '&',
      '*',
      '!',
      '|',
      '>',
      '@',
      '`',
      '?',
      ':',
      '-',
      '"',
      "'",
    ]) {
      for (const variant of [text, `a: ${text}`, `${text}\na: 1`, `a:\n  - ${text}`]) {
        for (const document of parse(variant).documents) {
          touch(document);
          checkSchema(document);
        }
      }
    }
  });

  it('keeps an error to one line of the piece that it is in', () => {
    for (const broken of [
      '"never closed',
      "'never closed",
      '{ a: 1',
      '[ a',
      '@x',
      '*',
      '!<',
      '%x',
      '- a: b: c',
      'a: b',
    ]) {
      const text = `first: 1\nbroken: ${broken}\n${Array.from({ length: 50 }, (_, index) => `after${index}:\n  a: 1\n`).join('')}`;
      const parsed = parse(text);
      const { problems, value } = first(parsed);
      assert.ok(problems.length >= 1, broken);
      for (const { start, end } of problems) {
        assert.equal(positionAt(parsed, start).line, positionAt(parsed, end).line, broken);
        assert.ok(end > start, broken);
      }
      assert.deepEqual((value as Record<string, unknown>)['after49'], { a: 1 }, broken);
    }
  });
});

describe('a document while it is typed', () => {
  const typed = fixtures('documents').map(({ name, text }) => ({ name, text }));
  for (const { name, text } of typed) {
    it(`survives every character of ${name}`, () => {
      let parsed = parse('');
      for (let length = 1; length <= text.length; length++) {
        parsed = parse(text.slice(0, length), parsed);
        for (const document of parsed.documents) {
          touch(document);
          const problems = checkSchema(document);
          for (const problem of problems) {
            const { start, end } = spanAt(document, problem.path, problem.at);
            assert.ok(start >= 0 && start <= end && end <= length, `${problem.message} at ${length}`);
          }
        }
      }
      assert.deepEqual(first(parsed).problems, []);
      assert.deepEqual(checkSchema(first(parsed)), []);
    });
  }
});
