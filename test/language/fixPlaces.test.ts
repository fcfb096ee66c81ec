/** Quick fixes at awkward places: a key that stands there without a value, texts over several lines, line breaks of Windows. */
import assert from 'node:assert/strict';
import { checkFile } from '../../server/src/app/checkWorkspace.ts';
import { parse } from '../../server/src/core/document/parse.ts';
import { codeActions } from '../../server/src/language/quickFixes/table.ts';
import { applyEdit } from '../support/applyEdit.ts';
import { contextAt } from '../support/markedContext.ts';

const HEAD = 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: x }\n';

/** The texts that the actions of that title make of a text, any place in it. */
function made(text: string, title: RegExp): readonly string[] {
  const { context } = contextAt(text);
  const evidence = { entries: [], problems: [] };
  const findings = checkFile(context.workspace, context.file, { now: Date.parse('2026-11-22T12:00:00Z'), evidence });
  const actions = codeActions(context, { span: { start: 0, end: text.length }, findings });
  return actions.flatMap(({ action }) => {
    const whole = action.edit && title.test(action.title) ? applyEdit(context, action.edit)[context.file] : undefined;
    return whole === undefined ? [] : [whole];
  });
}

describe('quick fixes at awkward places', () => {
  const body = 'metadata: { name: x }\n';
  for (const [kind, becomes] of [
    ['kind:\n', 'kind: Runbook\n'],
    ['kind: # which\n', 'kind: Runbook # which\n'],
    ['kind: { a: b }\n', 'kind: Runbook\n'],
    ['', 'kind: Runbook\n'],
  ] as const) {
    it(`say what a document is where it says ${JSON.stringify(kind)}`, () => {
      const [first] = made(`apiVersion: drillbook/v1\n${kind}${body}`, /kind: Runbook/u);
      assert.equal(first, `apiVersion: drillbook/v1\n${becomes}${body}`);
    });
  }

  it('leave the line break behind a text over several lines', () => {
    const [first] = made(`apiVersion: drillbook/v1\nkind: |\n  Runbok\n${body}`, /^Change to `Runbook`$/u);
    assert.equal(first, `apiVersion: drillbook/v1\nkind: Runbook\n${body}`);
  });

  for (const [there, becomes] of [
    ['approval:', 'approval: '],
    ['approval: null', 'approval: '],
    ['approval: ~ # who', 'approval: '],
  ] as const) {
    it(`fill in what stands there without a value: ${there}`, () => {
      const step = (approval: string): string =>
        `${HEAD}restore:\n  authority: lead\n  steps:\n    - id: a\n      run: dropdb orders\n      ${approval}\n      timeout: 1m\n`;
      const texts = made(step(there), /for approval first$/u);
      assert.ok(texts.length > 0);
      for (const text of texts) {
        assert.deepEqual(parse(text).documents[0]?.problems, []);
        assert.match(text, new RegExp(`\n {6}${becomes}lead( # who)?\n`, 'u'));
      }
    });
  }

  it('add no key a second time', () => {
    const step = 'id: a, run: psql -v ON_ERROR_STOP=1 -f orders.sql "$TARGET", timeout: 1m';
    const text = (verify: string): string =>
      `${HEAD}restore:\n  steps:\n    - { ${step}${verify} }\ndryRuns:\n  d: { checks: [{ table: orders }] }\n`;
    assert.equal(made(text(''), /^Verify that rows/u).length, 1);
    assert.deepEqual(made(text(', verify: [x]'), /^Verify that rows/u), []);
  });

  it('put a comment that suppresses above a value that goes over lines', () => {
    for (const run of [
      'ssh nas cat x\n        || true',
      '"ssh nas cat x\n        || true"',
      '|\n        cat x || true',
    ]) {
      const texts = made(`${HEAD}restore:\n  steps:\n    - id: a\n      run: ${run}\n`, /^Suppress practice\/silent/u);
      assert.equal(texts.length, 1);
      assert.match(texts[0] ?? '', /\n {6}# drillbook-ignore [^\n]*\n {6}run:/u);
      assert.deepEqual(parse(texts[0] ?? '').documents[0]?.problems, []);
    }
  });

  it('have the line breaks of the file', () => {
    const text = `${HEAD}resources:\n  a: { kind: aws/s3-bucket, id: a }\nbackups:\n  b:\n    of: a\n    in: { bucket: a }\nrestore:\n  steps:\n    - run: dropdb a\n`;
    const texts = made(text.replaceAll('\n', '\r\n'), /./u);
    assert.ok(texts.length > 5);
    for (const each of texts) assert.doesNotMatch(each, /(?<!\r)\n/u);
  });
});
