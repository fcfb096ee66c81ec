/** Formatting documents that were spoilt at random: never another value, no comment lost, and nothing left the second time. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { parse } from '../../server/src/core/document/parse.ts';
import { format } from '../../server/src/language/format/format.ts';
import { applyEdits } from '../support/markedContext.ts';
import { PROJECT } from '../support/program.ts';
import { randomFrom, type Random } from '../support/random.ts';
import { ENVIRONMENT, POLICY, RUNBOOK } from '../support/runbooks.ts';

const ODD = `# top
apiVersion: drillbook/v1
kind: Runbook
metadata:
      name: odd-🛒
      owners:
      - name: A   # beside
        contact: a@b.c
      # between
      - {name: B,contact: "b"}
x-text: &text
    literal: |
        text
          more

        end
    folded: >-
      folded
      text
    single: 'one
      line'
    double: "two \\
      lines"
resources:
    a: {<<: *text,kind: aws/s3-bucket,id: x}
    b:
        <<: [*text]
        kind: aws/s3-bucket # why
        id: [
          1,2,
          3 ]
    ? c
    : kind: aws/s3-bucket
restore:
  steps:
  -   id: a
      run: |2-
          keep
        this
  - - nested
    - list
  -
    id: z
    # tail
# last
---
apiVersion: drillbook/v1
kind: Policy
metadata: {name: p}
`;

function corpus(): readonly string[] {
  const fixtures = join(PROJECT, 'test', 'fixtures');
  const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((file) => /\.ya?ml$/u.test(file));
  const given = files.sort().map((file) => readFileSync(join(fixtures, file), 'utf8'));
  return [
    RUNBOOK,
    POLICY,
    `${POLICY}---\n${ENVIRONMENT}`,
    ODD,
    ODD.replaceAll('\n', '\r\n'),
    `\ufeff${RUNBOOK}`,
    ...given,
  ];
}

/** The text with its white space spoilt here and there, and indented more deeply where `deep`. */
function spoilt(text: string, random: Random, deep: boolean): string {
  const lines = text.split('\n').map((line) => {
    const chance = random.next();
    if (chance < 0.1) return `${line.replace(/\r$/u, '')}   ${line.endsWith('\r') ? '\r' : ''}`;
    if (chance < 0.2) return line.replace(/: (?=\S)/u, ':    ');
    if (chance < 0.25) return `${line}\n\n\n`;
    if (chance < 0.35) return line.replace(/\{ /u, '{').replace(/ \}/u, '}').replaceAll(', ', ',  ');
    return chance < 0.42 ? line.replace(/- (?=\S)/u, '-   ') : line;
  });
  return lines.map((line) => (deep ? line.replace(/^ +/u, (blanks) => blanks + blanks) : line)).join('\n');
}

/** What the library reads, whole. */
function valueOf(text: string): string {
  return JSON.stringify(
    parseAllDocuments(text, { uniqueKeys: false }).map((document) => {
      try {
        return document.toJS({ maxAliasCount: 1000 }) as unknown;
      } catch (error) {
        return String(error);
      }
    }),
  );
}

const commentsOf = (text: string): readonly string[] =>
  (text.match(/(?:^|\s)#.*$/gmu) ?? []).map((each) => each.trim());

describe('formatting of spoilt documents', function () {
  this.timeout(60_000);
  for (const [index, text] of corpus().entries()) {
    it(`keeps value and comments, and is done at once: text ${index + 1}, ${JSON.stringify(text.slice(0, 30))}`, () => {
      const random = randomFrom(index + 1);
      for (let round = 0; round < 12; round++) {
        const before = spoilt(text, random, round > 6);
        const after = applyEdits(before, format(parse(before)));
        assert.equal(valueOf(after), valueOf(before));
        assert.deepEqual(commentsOf(after), commentsOf(before));
        assert.deepEqual(format(parse(after)), [], after);
      }
    });
  }
});
