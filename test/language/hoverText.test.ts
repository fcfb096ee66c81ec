/** What a hover quotes of a document is text: no link, command, picture or markup of a document's becomes the hover's. */
import assert from 'node:assert/strict';
import { hover } from '../../server/src/language/hover/hover.ts';
import { code, codeBlock, words } from '../../server/src/language/markdown.ts';
import { contextAt } from '../support/markedContext.ts';

const HOSTILE = '[click](command:drillbook.dryRun) <img src=x> ![i](https://evil.example/x.png) ` ``` $(error)';

/** The text without what CommonMark shows as code and without what is escaped: in the rest markup would work. */
function live(markdown: string): string {
  return markdown
    .replace(/^(`{3,})\n[\s\S]*?\n\1$/gmu, '')
    .replace(/\\[\\`*[\]<>$]/gu, '')
    .replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/gu, '');
}

describe('a hover over hostile words', () => {
  const quoted = JSON.stringify(HOSTILE);
  const runbook = (mark: string): string =>
    `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders, title: ${quoted} }
restore:
  dependsOn: [orders]
  steps:
    - { id: a, manual: ${quoted} }
    - { id: b, manual: then, needs: [a] }
backups:
  n: { tool: files, in: { folder: ${quoted} } }
resources:
  r: { kind: aws/s3-bucket, id: ${quoted}, expect: { encryption: ${JSON.stringify(`=${HOSTILE}`)} } }
dryRuns:
  d: { backup: n }
`.replace(mark.replace('‸', ''), mark);
  for (const [what, mark] of [
    ['a title', 'dependsOn: [ord‸ers]'],
    ['a step', 'needs: [‸a]'],
    ['a folder', 'backup: ‸n }'],
    ['a resource', '  ‸r: {'],
    ['a constraint', 'encryption: "=‸['],
  ] as const) {
    it(`shows ${what} as text`, () => {
      const { context, offset } = contextAt(runbook(mark));
      const found = hover(context, offset);
      assert.ok(found && typeof found.contents === 'object' && 'kind' in found.contents, 'nothing was shown');
      const { value } = found.contents;
      if (what !== 'a constraint') assert.match(value, /click/u);
      assert.doesNotMatch(live(value), /\[|<|!\[|\$\(/u);
    });
  }

  it('fences code with more backticks than it holds', () => {
    assert.equal(code('a'), '`a`');
    assert.equal(code('a `` b'), '```a `` b```');
    assert.equal(code('`a`'), '`` `a` ``');
    assert.equal(code('a\n\n[b](command:c)'), '`a [b](command:c)`');
    assert.equal(codeBlock('```\n[b](command:c)'), '````\n```\n[b](command:c)\n````');
  });

  it('leaves the words of people as they are', () => {
    assert.equal(
      words('Restore the orders_db database (EU), 50 USD & more'),
      'Restore the orders_db database (EU), 50 USD & more',
    );
    assert.equal(words('a\n\n# b'), 'a # b');
  });
});
