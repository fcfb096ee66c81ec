/** Slips of people new to the format: what is offered for each, and that the finding is gone once it is taken, with nothing new. */
import assert from 'node:assert/strict';
import { checkFile } from '../../server/src/app/checkWorkspace.ts';
import type { Finding } from '../../server/src/core/finding.ts';
import { findingSpan } from '../../server/src/core/findingSpan.ts';
import { codeActions } from '../../server/src/language/quickFixes/table.ts';
import { applyEdit } from '../support/applyEdit.ts';
import { contextAt, type Marked } from '../support/markedContext.ts';

const RUNBOOK = `apiVersion: drillbook/v1
kind: Runbook
metadata:
  name: slips
  ‹owners›
resources:
  primary:
    kind: aws/rds-instance
    id: x
    region: eu-west-1
    expect: ‹expect›
  role: { kind: aws/iam-role, id: r, expect: ‹role› }
  vault:
    kind: aws/s3-bucket
    region: eu-west-1
    id: ‹id›
backups:
  hourly:
    of: primary
    tool: pg_dump
    in: ‹in›
    schedule: ‹schedule›
restore:
  ‹restore›
dryRuns:
  orders: { backup: hourly, sandbox: ‹sandbox›, checks: [{ query: select count(*) from orders, expect: ">=1" }] }
`;
const WHOLE: Readonly<Record<string, string>> = {
  owners: 'owners: [{ name: A }, { name: B }]',
  expect: '{ engine: postgres }',
  id: 'backups',
  role: '{ maxSession: 1h }',
  in: '{ bucket: vault, prefix: a/, match: "*.dump" }',
  schedule: '"0 * * * *"',
  restore: 'rpo: 2h',
  sandbox: '{ engine: postgres, version: "15" }',
};

/** The place, what is written there, the title of the mend, and what it makes of it. */
const CASES: readonly (readonly [place: string, written: string, title: string, made: string])[] = [
  ['expect', '{ version: 15.40 }', 'Quote: "15.40"', '{ version: "15.40" }'],
  [
    'owners',
    'owners:\n    - Payments\n    - name: B',
    'Change to { name: Payments }',
    'owners:\n    - { name: Payments }\n    - name: B',
  ],
  ['owners', 'owners: Payments', 'Put it in a list', 'owners: [{ name: Payments }]'],
  [
    'owners',
    'owners: Payments <pay@example.com>, Data',
    'Put it in a list',
    'owners: [{ name: Payments, contact: "pay@example.com" }, { name: Data }]',
  ],
  ['owners', 'owners: { name: A }', 'Put it in a list', 'owners: [{ name: A }]'],
  [
    'owners',
    'owners:\n    name: A\n\n    contact: b',
    'Put it in a list',
    'owners:\n    - name: A\n\n      contact: b',
  ],
  [
    'owners',
    'owners:\n    - name: A\n      contact: #payments # by day\n    - name: B',
    'Quote: "#payments"',
    'owners:\n    - name: A\n      contact: "#payments" # by day\n    - name: B',
  ],
  [
    'owners',
    'owners:\n    - { name: A, contact: #a }\n    - { name: B }',
    'Quote: "#a"',
    'owners:\n    - { name: A, contact: "#a" }\n    - { name: B }',
  ],
  ['owners', 'reviewedOn: 02.10.2026', 'Change to `2026-10-02`', 'reviewedOn: 2026-10-02'],
  ['owners', 'title:\n  reviewedOn: 2026-10-02', 'Remove `title`', 'reviewedOn: 2026-10-02'],
  ['expect', '{ backupRetentionDays: =>35 }', 'Change to `>=35`', '{ backupRetentionDays: ">=35" }'],
  ['expect', '{ backupRetentionDays: 35 days }', 'Change to `35`', '{ backupRetentionDays: 35 }'],
  ['expect', '{ version: ^15.2 }', 'Change to `15.2`', '{ version: "15.2" }'],
  ['id', '{{ vars.vault }}', 'Write "${{ vars.vault }}"', '"${{ vars.vault }}"'],
  ['expect', '\n      version: >15', 'Quote the value', '\n      version: ">15"'],
  ['expect', '\n      backupRetentionDays: >7', 'Quote: ">7"', '\n      backupRetentionDays: ">7"'],
  [
    'expect',
    '\n      backupRetentionDays: >7 # a week\n      engine: postgres',
    'Quote: ">7"',
    '\n      backupRetentionDays: ">7" # a week\n      engine: postgres',
  ],
  ['id', '{{ vars.vault }}/x', 'Write "${{ vars.vault }}/x"', '"${{ vars.vault }}/x"'],
  ['id', '[backups]', 'Take it out of the list', 'backups'],
  ['role', '{ allows: s3:GetObject }', 'Put it in a list', '{ allows: [{ actions: ["s3:GetObject"] }] }'],
  ['in', 'vault', 'Change to { bucket: vault }', '{ bucket: vault }'],
  ['in', './backups', 'Change to { folder: ./backups }', '{ folder: ./backups }'],
  ['schedule', '* * * * *', 'Quote the value', '"* * * * *"'],
  ['schedule', 'every 15 minutes', 'Change to `*/15 * * * *`', '"*/15 * * * *"'],
  ['restore', 'rpo: 35 days', 'Change to `35d`', 'rpo: 35d'],
  ['restore', 'rpo: 2', 'Change to 2h', 'rpo: 2h'],
  ['restore', 'budget: 500 USD', 'Change to { cost: 500 USD }', 'budget: { cost: 500 USD }'],
  [
    'restore',
    'steps:\n    - pg_restore "$TARGET"',
    'Change to { id: step-1, run: "pg_restore \\"$TARGET\\"" }',
    'steps:\n    - { id: step-1, run: "pg_restore \\"$TARGET\\"" }',
  ],
  ['sandbox', 'postgres:15', 'Change to { engine: postgres, version: "15" }', '{ engine: postgres, version: "15" }'],
];

function written(place: string, text: string): string {
  return RUNBOOK.replace(/‹(\w+)›/gu, (_, name: string) => (name === place ? text : (WHOLE[name] ?? '')));
}

function errorsIn({ context }: Marked): Finding[] {
  const evidence = { entries: [], problems: [] };
  return checkFile(context.workspace, context.file, { now: 0, evidence }).filter(
    ({ severity, code }) => severity === 'error' && !code.startsWith('policy'),
  );
}

describe('slips of people new to the format', () => {
  it('stand in a runbook without a fault', () => {
    assert.deepEqual(errorsIn(contextAt(written('', ''))), []);
  });

  for (const [place, text, title, made] of CASES) {
    for (const lines of ['\n', '\r\n']) {
      it(`${JSON.stringify(text)} is mended by ${title}${lines === '\n' ? '' : ', with carriage returns'}`, () => {
        const marked = contextAt(written(place, text).replaceAll('\n', lines));
        const { context } = marked;
        const findings = errorsIn(marked);
        assert.equal(findings.length, 1, 'one fault is one finding');
        const [finding] = findings;
        assert.ok(finding);
        const request = { span: findingSpan(context.parsed, finding), findings, only: ['quickfix'] };
        const offered = codeActions(context, request).map(({ action }) => action);
        const titles = offered.map((action) => action.title);
        assert.equal(new Set(titles).size, titles.length);
        const action = offered.find((each) => each.title === title);
        assert.ok(action?.edit, `offered: ${titles.join(', ')}`);
        const texts = applyEdit(context, action.edit);
        assert.equal(texts[context.file], written(place, made).replaceAll('\n', lines));
        assert.deepEqual(errorsIn(contextAt(texts[context.file] ?? '')), []);
      });
    }
  }

  it('offers one mend for a number that was to be a version', () => {
    const marked = contextAt(written('expect', '{ version: 15.40 }'));
    const findings = errorsIn(marked);
    const [finding] = findings;
    assert.ok(finding);
    const request = { span: findingSpan(marked.context.parsed, finding), findings, only: ['quickfix'] };
    const edits = codeActions(marked.context, request).map(({ action }) => JSON.stringify(action.edit));
    assert.equal(edits.filter((edit) => edit.includes('15.40')).length, 1);
  });

  it('are mended together where nothing else can be meant', () => {
    const text = written('expect', '{ version: 15.40, backupRetentionDays: =>35 }').replace('rpo: 2h', 'rpo: 2 hours');
    const marked = contextAt(text);
    const findings = errorsIn(marked);
    const request = { span: { start: 0, end: text.length }, findings, only: ['source.fixAll'] };
    const [all] = codeActions(marked.context, request);
    assert.ok(all?.action.edit);
    const made = applyEdit(marked.context, all.action.edit)[marked.context.file];
    assert.equal(made, written('expect', '{ version: "15.40", backupRetentionDays: ">=35" }'));
  });

  it('offer a key that lacks with a name of its own', () => {
    const steps = 'steps:\n    - { id: load, run: a }\n    - { run: b }\n    - { id: load-2, run: c }';
    const marked = contextAt(written('restore', steps));
    const findings = errorsIn(marked);
    const request = { span: { start: 0, end: marked.text.length }, findings, only: ['quickfix'] };
    const [add] = codeActions(marked.context, request).filter(({ action }) => action.title === 'Add `id`');
    assert.ok(add?.action.edit);
    const made = applyEdit(marked.context, add.action.edit)[marked.context.file] ?? '';
    assert.match(made, /\{ id: load-3, run: b \}/u);
  });

  it('offer a key that a rule brings along once', () => {
    const policy =
      'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: p }\nclasses: { c: { backups: { immutable: true } } }\n';
    const marked = contextAt(written('', '').replace('metadata:', 'dataClass: c\nmetadata:'), {
      files: { 'p.policy.yaml': policy },
    });
    const evidence = { entries: [], problems: [] };
    const findings = checkFile(marked.context.workspace, marked.context.file, { now: 0, evidence }).filter(
      ({ code }) => code === 'policy/immutable',
    );
    assert.equal(findings.length, 1);
    const request = { span: { start: 0, end: marked.text.length }, findings, only: ['quickfix'] };
    const made = codeActions(marked.context, request).map(
      ({ action }) => action.edit && applyEdit(marked.context, action.edit)[marked.context.file],
    );
    assert.equal(made.filter((text) => text?.includes('immutable: true')).length, 1);
  });

  it('write the number of an account as it is read', () => {
    const account = (id: string): Marked =>
      contextAt(
        `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: e }\naws: { accounts: { prod: ${id} } }\n`,
        {
          file: 'e.environment.yaml',
        },
      );
    for (const [text, made] of [
      ['{ id: "1234-5678-9012" }', '{ id: "123456789012" }'],
      ['{ id: "12345678901" }', '{ id: "012345678901" }'],
      ['"1234-5678-9012"', '{ id: "123456789012" }'],
    ] as const) {
      const marked = account(text);
      const findings = errorsIn(marked);
      assert.equal(findings.length, 1);
      const request = { span: { start: 0, end: marked.text.length }, findings, only: ['quickfix'] };
      const edits = codeActions(marked.context, request).map(
        ({ action }) => action.edit && applyEdit(marked.context, action.edit)[marked.context.file],
      );
      assert.ok(edits.includes(account(made).text), text);
    }
  });
});
