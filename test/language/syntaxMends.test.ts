/** Mends of slips that YAML itself stumbles over: what is offered where, and the text once it is taken. */
import assert from 'node:assert/strict';
import { checkFile } from '../../server/src/app/checkWorkspace.ts';
import { findingSpan } from '../../server/src/core/findingSpan.ts';
import { codeActions } from '../../server/src/language/quickFixes/table.ts';
import { applyEdit } from '../support/applyEdit.ts';
import { contextAt } from '../support/markedContext.ts';

const HEAD =
  'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: test }\nresources:\n  p: { kind: aws/rds-instance, id: x }\nbackups:\n  h:\n    of: p\n    tool: pg_dump\n';

/** What is written, the title of the mend, and what it makes of it. */
const CASES: readonly (readonly [written: string, title: string, made: string])[] = [
  ['    schedule: * * * * *\n    takes: 20m\n', 'Quote the value', '    schedule: "* * * * *"\n    takes: 20m\n'],
  ['    schedule: */5 * * * * # often\n', 'Quote the value', '    schedule: "*/5 * * * *" # often\n'],
  ['    continuous:\n      lag: >=5m\n', 'Quote the value', '    continuous:\n      lag: ">=5m"\n'],
  ['    continuous: { window: >=7d, lag: 5m }\n', 'Quote the value', '    continuous: { window: ">=7d", lag: 5m }\n'],
  ['    retention:35d\n    takes: 20m\n', 'Add the blank behind the colon', '    retention: 35d\n    takes: 20m\n'],
  ['    takes: 20m\n    retention:35d\n', 'Add the blank behind the colon', '    takes: 20m\n    retention: 35d\n'],
  ['    takes 20m\n    retention: 35d\n', 'Add the colon', '    takes: 20m\n    retention: 35d\n'],
  [
    '    in: { bucket: p, prefix: [\n        a\n    ] }\n    takes: 20m\n',
    'Indent the closing bracket',
    '    in: { bucket: p, prefix: [\n        a\n      ] }\n    takes: 20m\n',
  ],
  [
    '    in: { folder: ./x }\nrestore:\n  steps:\n    -id: a\n      run: b\n',
    'Add the blank behind the dash',
    '    in: { folder: ./x }\nrestore:\n  steps:\n    - id: a\n      run: b\n',
  ],
  ['    continuous: { window: 7d lag: 5m }\n', 'Put the comma in', '    continuous: { window: 7d, lag: 5m }\n'],
  ['    takes: >=7m\n    retention: @35d\n', 'Quote the value', '    takes: ">=7m"\n    retention: @35d\n'],
  ['    takes: 20m\n     retention: 35d\n', 'Indent it like the line above', '    takes: 20m\n    retention: 35d\n'],
  ['    takes: 20m\n\tretention: 35d\n', 'Indent it like the line above', '    takes: 20m\n    retention: 35d\n'],
];

/** The titles of the mends of every syntax finding, with the text once each is taken. */
function mends(written: string, lines: string): Map<string, string> {
  const { context } = contextAt(`${HEAD}${written}`.replaceAll('\n', lines));
  const evidence = { entries: [], problems: [] };
  const findings = checkFile(context.workspace, context.file, { now: 0, evidence });
  const found = new Map<string, string>();
  for (const finding of findings.filter(({ code }) => code === 'syntax/yaml')) {
    const span = findingSpan(context.parsed, finding);
    for (const { action, finding: of } of codeActions(context, { span, findings, only: ['quickfix'] })) {
      if (of !== finding || !action.edit) continue;
      const made = applyEdit(context, action.edit)[context.file] ?? '';
      found.set(action.title, made.replaceAll(lines, '\n').slice(HEAD.length));
    }
  }
  return found;
}

describe('mends of slips in YAML', () => {
  for (const [written, title, made] of CASES) {
    it(`make of ${JSON.stringify(written.trim())} what was meant`, () => {
      for (const lines of ['\n', '\r\n']) assert.equal(mends(written, lines).get(title), made);
    });
  }

  it('quote no bracket that is not closed', () => {
    const found = mends('    in: { bucket: p, prefix: a/\n    retention: 35d\n', '\n');
    assert.deepEqual([...found.keys()], ['Close it with  }']);
  });

  it('replace all tabs that indent at once', () => {
    const found = mends('    takes: 20m\nrestore:\n\trpo: 1h\n\tsteps:\n\t\t- { id: a, run: b }\n', '\n');
    assert.equal(
      found.get('Replace tabs by spaces'),
      '    takes: 20m\nrestore:\n  rpo: 1h\n  steps:\n    - { id: a, run: b }\n',
    );
    assert.deepEqual([...found.keys()], ['Replace tabs by spaces']);
  });

  it('tell one fault where an alias breaks a line', () => {
    const { context } = contextAt(`${HEAD}    in: { folder: ./x, match: */5 * * }\n    takes: 20m\n`);
    const messages = context.entries.flatMap(({ document }) => document.problems.map(({ message }) => message));
    assert.deepEqual(messages, ['YAML takes `*/5` for an alias; quote the text that begins with `*`.']);
  });

  it('say that a blank is missing, and not a colon', () => {
    const { context } = contextAt(`${HEAD}    retention:35d\n    takes: 20m\n`);
    const [problem] = context.entries.flatMap(({ document }) => document.problems);
    assert.equal(problem?.message, 'A blank is missing behind the colon; write `retention: 35d`.');
  });
});
