/** The schema check over marked fixtures, and what its findings say. */
import assert from 'node:assert/strict';
import { parse } from '../../../server/src/core/document/parse.ts';
import { syntaxFindings } from '../../../server/src/core/document/problems.ts';
import { checkSchema } from '../../../server/src/core/schema/check.ts';
import { describeError } from '../../../server/src/core/schema/describe.ts';
import type { SchemaProblem } from '../../../server/src/core/schema/problem.ts';
import { assertWants, fixtures, rangeOfFinding } from '../../support/wants.ts';

const HEAD = 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: x }\n';

function findingsOf(text: string): SchemaProblem[] {
  return parse(text).documents.flatMap((document) => [...syntaxFindings(document), ...checkSchema(document)]);
}

function only(text: string): SchemaProblem {
  const found = findingsOf(text);
  assert.equal(found.length, 1, found.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return found[0]!;
}

/** The text with the first fix of its only finding applied. */
function mended(text: string): string {
  const [edit] = only(text).fixes?.[0]?.edits ?? [];
  assert.ok(edit, 'a fix');
  return text.slice(0, edit.span.start) + edit.newText + text.slice(edit.span.end);
}

describe('schema check', () => {
  it('says which values there are where a choice of plain values is missed', () => {
    const [document] = parse(`${HEAD}recovery: fast\n`).documents;
    const error = { keyword: 'oneOf', instancePath: '/recovery', schemaPath: '#/oneOf', params: {} };
    const found = document && describeError(document, 'Runbook', { error, path: ['recovery'], value: 'fast' });
    assert.equal(found?.code, 'schema/value');
    assert.match(found.message, /^`fast` is not a value of `recovery`; allowed are .*`passive`/);
  });

  for (const area of ['schema', 'syntax', 'documents']) {
    for (const { name, text } of fixtures(area)) {
      it(`finds what is marked in ${area}/${name}`, () => {
        const parsed = parse(text);
        const findings = parsed.documents.flatMap((document) =>
          [...syntaxFindings(document), ...checkSchema(document)].map((problem) => ({
            ...problem,
            document: document.index,
          })),
        );
        assertWants(name, parsed, findings);
      });
    }
  }

  it('finds the same after CRLF and a byte order mark', () => {
    for (const { name, text } of [...fixtures('schema'), ...fixtures('syntax')]) {
      const codes = (of: string): string[] =>
        parse(of).documents.flatMap((document, index) =>
          [...syntaxFindings(document), ...checkSchema(document)].map((problem) => {
            const { start, end } = rangeOfFinding(parse(of), { ...problem, document: index });
            return `${start.line}:${start.character}-${end.line}:${end.character} ${problem.code}`;
          }),
        );
      assert.deepEqual(codes(text.replace(/\n/g, '\r\n')), codes(text), name);
      assert.equal(codes(`\uFEFF${text}`).length, codes(text).length, name);
    }
  });

  it('marks the key of an unknown key and the value of a wrong value, and never more than a line', () => {
    for (const { text } of [...fixtures('schema'), ...fixtures('syntax')]) {
      const parsed = parse(text);
      for (const document of parsed.documents) {
        for (const problem of [...syntaxFindings(document), ...checkSchema(document)]) {
          const { start, end } = rangeOfFinding(parsed, { ...problem, document: document.index });
          assert.ok(
            start.line === end.line || problem.code === 'schema/type',
            `${problem.message} over ${end.line - start.line + 1} lines`,
          );
          assert.ok(end.character > start.character || end.line > start.line, problem.message);
        }
      }
    }
  });

  it('names the value in one sentence that ends in a full stop', () => {
    for (const { text } of [...fixtures('schema'), ...fixtures('syntax')]) {
      for (const { message } of findingsOf(text)) assert.match(message, /^[^\n]+\.$/);
    }
  });

  it('never shows what may be a secret', () => {
    for (const { text } of fixtures('schema')) {
      for (const problem of findingsOf(text)) assert.doesNotMatch(JSON.stringify(problem), /hunter2/);
    }
  });

  it('is never doubled: no two findings of one code on one place', () => {
    for (const { text } of [...fixtures('schema'), ...fixtures('syntax')]) {
      for (const document of parse(text).documents) {
        const keys = checkSchema(document).map(({ code, path, at }) => JSON.stringify([code, path, at]));
        assert.equal(new Set(keys).size, keys.length);
      }
    }
  });

  it('calls a misspelt key unknown and not missing as well', () => {
    const vault = 'kind: aws/s3-bucket, id: acme';
    const backup = 'of: a, tool: pg_dump, in: { folder: x }';
    for (const text of [
      `${HEAD}resources: { a: { ${vault.replace('kind', 'knid')} } }\n`,
      `${HEAD}backups: { h: { ${backup}, shedule: "0 * * * *" } }\n`,
      'apiVersion: drillbook/v1\nkind: Runbook\nmetdata: { name: x }\n',
      `${HEAD}restore:\n  steps:\n    - { id: a, manul: Do it. }\n`,
    ])
      assert.equal(only(text).code, 'schema/unknown-key', text);
    const other = findingsOf(`${HEAD}resources: { a: { id: acme, regoin: eu-west-1 } }\n`);
    assert.deepEqual(other.map(({ code }) => code).sort(), ['schema/missing-key', 'schema/unknown-key']);
  });

  it('anchors items of sequences by id', () => {
    const finding = only(
      `${HEAD}restore:\n  steps:\n    - { id: a, run: x }\n    - { id: b, run: x, timeout: soon }\n`,
    );
    assert.deepEqual(finding.path, ['restore', 'steps', 'b', 'timeout']);
  });

  describe('fixes', () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ['renames a misspelt key', `${HEAD}recovry: scripted\n`, 'recovery: scripted'],
      ['replaces a misspelt value', `${HEAD}recovery: scriptd\n`, 'recovery: scripted'],
      [
        'quotes a version',
        `${HEAD}resources:\n  a: { kind: database/postgres, id: x, expect: { version: 15.40 } }\n`,
        'version: "15.40"',
      ],
      ['quotes text that YAML reads as a number', `${HEAD}environment: 0o17\n`, 'environment: "0o17"'],
      ['quotes an id that lost its zero', `${HEAD}resources:\n  a: { kind: aws/secret, id: 0123 }\n`, 'id: "0123"'],
      [
        'quotes an expression in a flow map',
        `${HEAD}resources:\n  a: { kind: aws/secret, id: \${{ vars.x }} }\n`,
        'id: "${{ vars.x }}" }',
      ],
      [
        'quotes SQL with a comma',
        `${HEAD}dryRuns:\n  a: { backup: b, checks: [{ query: select a, b from t, expect: 1 }] }\n`,
        '{ query: "select a, b from t", expect: 1 }',
      ],
      [
        'puts a blank behind a colon in a flow map, behind a value that the key would read like a part of',
        `${HEAD}resources:\n  a: { kind: aws/secret, id: x, region:eu-west-1 }\n`,
        '{ kind: aws/secret, id: x, region: eu-west-1 }',
      ],
      ['writes true for yes', `${HEAD}dryRuns:\n  a: { backup: b, steps: yes }\n`, 'steps: true'],
      ['takes a number out of its quotes', `${HEAD}dryRuns:\n  a: { backup: b, level: "3" }\n`, 'level: 3'],
      [
        'puts a missing key in',
        `${HEAD}resources:\n  a:\n    kind: aws/secret # why\n`,
        '  a:\n    kind: aws/secret # why\n    id: orders-prod\n',
      ],
      ['replaces a tab', `${HEAD}restore:\n\trto: 1h\n`, 'restore:\n  rto: 1h'],
      [
        'quotes a value with a colon',
        `${HEAD}restore:\n  authority: lead: on call # who\n`,
        'authority: "lead: on call" # who',
      ],
      ['quotes a value that begins badly', `${HEAD}restore:\n  authority: @lead\n`, 'authority: "@lead"'],
      ['names the kind', 'apiVersion: drillbook/v1\n', 'apiVersion: drillbook/v1\nkind: Runbook'],
    ];
    for (const [name, text, wanted] of cases) {
      it(name, () => {
        const after = mended(text);
        assert.ok(after.includes(wanted), after);
        if (!name.includes('kind')) assert.deepEqual(findingsOf(after), []);
      });
    }
  });
});
