/** What people write into `expect` of a check: what can hold is let be, and what can't is said with what was meant. */
import assert from 'node:assert/strict';
import { parse } from '../../../server/src/core/document/parse.ts';
import { judge } from '../../../server/src/core/recovery/judge.ts';
import { checkSchema } from '../../../server/src/core/schema/check.ts';
import type { SchemaProblem } from '../../../server/src/core/schema/problem.ts';
import { misreadAnswer, shareOf } from '../../../server/src/core/values/answerConstraint.ts';

describe('what a check expects', () => {
  // Each holds for the answer beside it: nothing that works is refused.
  const fine: readonly (readonly [string, unknown])[] = [
    ['>=1000', 1000],
    ['> 0', '1'],
    [' >= 1 <2', 1],
    ['>=1, <5', 4],
    ['== 5', 5],
    ['!= null', 3],
    ['== null', null],
    ['!=draft', 'open'],
    ['<=2h', new Date(Date.now() - 60_000)],
    ['>=1 GiB', 2 ** 31],
    ['>=15.2 <16', '15.4'],
    ['open', 'open'],
    ['not open', 'not open'],
    ['order 1 to 5', 'order 1 to 5'],
    ['50%off', '50%off'],
    ['2026-11-22', '2026-11-22'],
    ['last', 'last'],
    ['true', true],
  ];
  for (const [expect, answer] of fine)
    it(`takes ${expect}`, () => {
      assert.equal(misreadAnswer(expect), undefined);
      assert.equal(judge({ expect }, answer, { now: Date.now() }).state, 'passed');
    });

  const meant: readonly (readonly [string, string, string?])[] = [
    ['>=95% of last', '95% of last', 'notLessThan'],
    ['95% of last', '95% of last', 'notLessThan'],
    ['>= 95%', '95% of last', 'notLessThan'],
    ['at least 99.5 percent of the last run', '99.5% of last', 'notLessThan'],
    ['>= last', '100% of last', 'notLessThan'],
    ['at least 5', '>=5'],
    ['=> 5', '>=5'],
    ['≥5', '>=5'],
    ['5+', '>=5'],
    ['5 or more', '>=5'],
    ['more than 5', '>5'],
    ['at most 5', '<=5'],
    ['fewer than 5', '<5'],
    ['between 1 and 10', '>=1 <=10'],
    ['1..10', '>=1 <=10'],
    ['1,000', '1000'],
    ['>=1,000', '>=1000'],
    ['> 1_000_000', '> 1000000'],
    ['>1000 rows', '>1000'],
    ['>=1 and <2', '>=1 <2'],
    ['not null', '!=null'],
  ];
  for (const [text, value, key] of meant)
    it(`knows what ${text} means`, () =>
      assert.deepEqual(misreadAnswer(text)?.instead, { ...(key === undefined ? {} : { key }), value }));

  it('says of what can never hold that it can’t, where nothing else was meant', () => {
    for (const text of ['>abc', '<5%', '95% of yesterday', '>='])
      assert.equal(misreadAnswer(text)?.instead, undefined, text);
    assert.match(misreadAnswer('>abc')?.why ?? '', /can never hold/u);
  });

  it('knows the shares that a floor may be written as', () => {
    assert.equal(shareOf('>=95% of last'), '95% of last');
    assert.equal(shareOf('1000'), undefined);
  });

  const runbook = (check: string): string =>
    `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: a }\ndryRuns: { a: { checks: [{ name: n, query: select 1 from t, ${check} }] } }\n`;
  const found = (check: string): SchemaProblem | undefined => {
    const text = runbook(check);
    const document = parse(text).documents[0];
    assert.ok(document);
    return checkSchema(document).find((each) => each.code === 'schema/format');
  };
  const mended = (check: string): string => {
    let text = runbook(check);
    const edits = [...(found(check)?.fixes?.[0]?.edits ?? [])].sort(
      (left, right) => right.span.start - left.span.start,
    );
    for (const { span, newText } of edits) text = text.slice(0, span.start) + newText + text.slice(span.end);
    return text;
  };

  it('is a finding when the document is checked, with a fix that says it by the right key', () => {
    assert.equal(
      found('expect: ">=95% of last"')?.message,
      "`>=95% of last` compares with the last passed run, which `expect` doesn't know; write `notLessThan: 95% of last`.",
    );
    assert.equal(mended('expect: ">=95% of last"'), runbook('notLessThan: 95% of last'));
    assert.equal(mended('expect: at least 5'), runbook('expect: ">=5"'));
    assert.equal(mended('notLessThan: ">= 95%"'), runbook('notLessThan: 95% of last'));
    assert.equal(found('expect: ">=1000"'), undefined);
    assert.equal(found('notLessThan: 95% of last'), undefined);
  });
});
