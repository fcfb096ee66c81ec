/** Every mend on the page of its rule: applied, the finding is gone and nothing else is wrong; and steps' texts in every style. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkFile } from '../../server/src/app/checkWorkspace.ts';
import type { Finding } from '../../server/src/core/finding.ts';
import { findingSpan } from '../../server/src/core/findingSpan.ts';
import type { EvidenceSummary } from '../../server/src/core/rules/rule.ts';
import { ALL_LENSES, NO_LIVE_VIEW, type LanguageContext } from '../../server/src/language/context.ts';
import type { ProposedAction } from '../../server/src/language/quickFixes/action.ts';
import { MENDERS } from '../../server/src/language/quickFixes/mends/table.ts';
import { codeActions } from '../../server/src/language/quickFixes/table.ts';
import { applyEdit } from '../support/applyEdit.ts';
import { PROJECT } from '../support/program.ts';
import { EXAMPLE_NOW, exampleFiles, readRulePage } from '../support/ruleExamples.ts';
import { workspaceOf, workspaceOfFolder } from '../support/workspaces.ts';

const NONE: EvidenceSummary = { entries: [], problems: [] };

/** What a mend may bring up: it is there for the first time, so what is asked of such a thing is asked of it. */
const BRINGS: Readonly<Record<string, readonly string[]>> = {
  // Every bucket of the example lies in one region.
  'policy/copies': ['practice/same-region'],
  'policy/no-dry-run': ['evidence/overdue', 'practice/tested-by-backup-tool'],
  'practice/backup-not-restored': ['practice/tested-by-backup-tool'],
};
/** What the page's example leaves nothing to mend with: another bucket, another sandbox. */
const NOTHING_TO_MEND_WITH = new Set([
  'policy/restore-in',
  'policy/separate-account',
  'policy/separate-region',
  'practice/same-account',
  'practice/same-region',
]);

function contextOf(texts: Readonly<Record<string, string>>, file: string, evidence: EvidenceSummary): LanguageContext {
  const workspace = workspaceOf(texts);
  const parsed = workspace.files.get(file);
  assert.ok(parsed);
  return {
    uri: `file:///w/${file}`,
    file,
    parsed,
    entries: workspace.byFile(file),
    workspace,
    now: EXAMPLE_NOW,
    evidence,
    live: NO_LIVE_VIEW,
    lenses: ALL_LENSES,
    uriOf: (name) => `file:///w/${name}`,
  };
}

function findingsIn(texts: Readonly<Record<string, string>>, evidence: EvidenceSummary): Finding[] {
  const workspace = workspaceOf(texts);
  return Object.keys(texts).flatMap((file) => checkFile(workspace, file, { now: EXAMPLE_NOW, evidence }));
}

function mendsOf(context: LanguageContext, findings: readonly Finding[], finding: Finding): readonly ProposedAction[] {
  const span = findingSpan(context.parsed, finding);
  return codeActions(context, { span, findings, only: ['quickfix'] }).filter(
    (each) => each.finding === finding && !each.action.title.startsWith('Suppress'),
  );
}

const count = (findings: readonly Finding[], code: string): number =>
  findings.filter((each) => each.code === code).length;

/** What a page shows of these is mended by the rule itself; the rest stands in the fixtures. */
const IN_FIXTURES = new Set([
  'reference/wrong-kind',
  'reference/unknown-expression',
  'schema/type',
  'schema/value',
  'syntax/duplicate-key',
  'syntax/yaml',
]);

describe('mends', () => {
  for (const code of Object.keys(MENDERS).filter((each) => !IN_FIXTURES.has(each) && each !== 'schema/suppression')) {
    it(`of ${code} leave nothing of it, and bring nothing up`, async () => {
      const page = await readRulePage(join(PROJECT, 'docs', 'rules', `${code}.md`));
      const files = Object.fromEntries((await exampleFiles(page.failing)).map(({ file, text }) => [file, text]));
      const evidence = { entries: page.failing.records, problems: [] };
      for (const lines of ['\n', '\r\n']) {
        const texts = Object.fromEntries(
          Object.entries(files).map(([file, text]) => [file, text.replaceAll('\n', lines)]),
        );
        const before = findingsIn(texts, evidence);
        let mended = 0;
        for (const finding of before.filter((each) => each.code === code)) {
          const context = contextOf(texts, finding.file, evidence);
          for (const { action } of mendsOf(context, before, finding)) {
            assert.ok(action.edit, action.title);
            const after = findingsIn({ ...texts, ...applyEdit(context, action.edit) }, evidence);
            assert.ok(count(after, code) < count(before, code), `${action.title} leaves ${finding.message}`);
            const fresh = after.filter((each) => count(after, each.code) > count(before, each.code));
            assert.deepEqual(
              fresh.filter((each) => !BRINGS[code]?.includes(each.code)).map((each) => `${each.code} ${each.message}`),
              [],
              action.title,
            );
            mended += 1;
          }
        }
        if (!NOTHING_TO_MEND_WITH.has(code)) assert.ok(mended > 0, `nothing mends ${code}`);
      }
    });
  }

  for (const area of ['schema', 'syntax']) {
    it(`lessen what is wrong in the fixtures of ${area}, and break nothing`, () => {
      const texts = Object.fromEntries([...workspaceOfFolder(area).files].map(([file, { text }]) => [file, text]));
      const mended = new Set<string>();
      for (const file of Object.keys(texts)) {
        const context = contextOf(texts, file, NONE);
        const before = checkFile(context.workspace, file, { now: EXAMPLE_NOW, evidence: NONE });
        for (const finding of before) {
          for (const { action } of mendsOf(context, before, finding)) {
            if (!action.edit || action.title.startsWith('Add `kind')) continue;
            const workspace = workspaceOf(applyEdit(context, action.edit));
            const after = checkFile(workspace, file, { now: EXAMPLE_NOW, evidence: NONE });
            const what = `${action.title} in ${file}: ${finding.message}`;
            assert.ok(count(after, finding.code) < count(before, finding.code), what);
            assert.ok(count(after, 'syntax/yaml') <= count(before, 'syntax/yaml'), what);
            mended.add(finding.code);
          }
        }
      }
      for (const code of IN_FIXTURES) if (code.startsWith(area)) assert.ok(mended.has(code), code);
    });
  }

  it('stand under codes that there are', () => {
    for (const code of Object.keys(MENDERS)) assert.ok(existsSync(join(PROJECT, 'docs', 'rules', `${code}.md`)), code);
  });

  const HEAD = 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders-db }\n';

  /** The text after the first mend of that code. */
  function mended(body: string, code: string, more: Readonly<Record<string, string>> = {}): string | undefined {
    const texts = { 'a.runbook.yaml': HEAD + body, ...more };
    const findings = findingsIn(texts, NONE);
    const finding = findings.find((each) => each.code === code);
    assert.ok(finding, `${code} is none of ${findings.map((each) => each.code).join(', ')}`);
    const context = contextOf(texts, finding.file, NONE);
    const [first] = mendsOf(context, findings, finding);
    return first?.action.edit && applyEdit(context, first.action.edit)['a.runbook.yaml']?.slice(HEAD.length);
  }
  const step = (run: string): string => `restore:\n  steps:\n    - id: load\n      run: ${run}\n      timeout: 5m\n`;

  it('put a command right in whatever style it is written', () => {
    const cases: readonly (readonly [code: string, before: string, after: string])[] = [
      [
        'practice/unchecked-pipe',
        'gunzip -c a.gz | psql "$TARGET"',
        'set -o pipefail; gunzip -c a.gz | psql "$TARGET"',
      ],
      [
        'practice/unchecked-pipe',
        '"gunzip -c a.gz | psql \\"$TARGET\\""',
        '"set -o pipefail; gunzip -c a.gz | psql \\"$TARGET\\""',
      ],
      [
        'practice/unchecked-pipe',
        '|\n        gunzip -c a.gz | psql',
        '|\n        set -o pipefail\n        gunzip -c a.gz | psql',
      ],
      [
        'practice/unchecked-exit',
        '|\n        aws s3 cp a b\n        aws s3 cp c d',
        '|\n        set -e\n        aws s3 cp a b\n        aws s3 cp c d',
      ],
      ['practice/silent-failure', 'pg_restore -e -d x a.dump || true', 'pg_restore -e -d x a.dump'],
      ['practice/silent-failure', '"pg_restore -e -d x a.dump 2>/dev/null"', '"pg_restore -e -d x a.dump"'],
      ['practice/errors-ignored', 'pg_restore -d x a.dump', 'pg_restore --exit-on-error -d x a.dump'],
      ['practice/errors-ignored', "'psql -f ''a b.sql'''", "'psql -v ON_ERROR_STOP=1 -f ''a b.sql'''"],
      [
        'practice/statistics-missing',
        '|\n        pg_restore -e -d x a.dump',
        '|\n        pg_restore -e -d x a.dump\n        vacuumdb --analyze-in-stages --dbname "$TARGET"',
      ],
      [
        'practice/statistics-missing',
        '"pg_restore -e -d x a.dump"',
        '"pg_restore -e -d x a.dump && vacuumdb --analyze-in-stages --dbname \\"$TARGET\\""',
      ],
      [
        'practice/statistics-missing',
        'pg_restore -e -d x a.dump # c',
        'pg_restore -e -d x a.dump && vacuumdb --analyze-in-stages --dbname "$TARGET" # c',
      ],
    ];
    for (const [code, before, after] of cases) assert.equal(mended(step(before), code), step(after), code);
  });

  it('take a secret out of a step and read it from a variable', () => {
    assert.equal(
      mended(step('PGPASSWORD=hunter22 pg_restore -e -d x a.dump'), 'practice/secret-in-step'),
      'restore:\n  steps:\n    - id: load\n      run: pg_restore -e -d x a.dump\n      timeout: 5m\n      env: { PGPASSWORD: { env: PGPASSWORD } }\n',
    );
    assert.equal(
      mended(`${step('a')}      env: { DB_PASSWORD: hunter22 }\n`, 'practice/secret-in-step'),
      `${step('a')}      env: { DB_PASSWORD: { env: DB_PASSWORD } }\n`,
    );
  });

  it('remove a key with its value, in block and flow style', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['restore:\n  zzz: # why\n    - 1\n\n  rto: 1h\n', 'restore:\n\n  rto: 1h\n'],
      ['restore:\n  rto: 1h\n  zzz: 2', 'restore:\n  rto: 1h\n'],
      ['restore: { zzz: 1, rto: 1h }\n', 'restore: { rto: 1h }\n'],
      ['restore: { rto: 1h, zzz: [1, 2] }\n', 'restore: { rto: 1h }\n'],
      [
        'restore:\n  steps:\n    - zzz: 1\n      id: a\n      run: a\n',
        'restore:\n  steps:\n    - id: a\n      run: a\n',
      ],
    ];
    for (const [before, after] of cases) assert.equal(mended(before, 'schema/unknown-key'), after);
  });

  it('write values in the form that is read', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['restore:\n  rto: 1 hour\n', 'restore:\n  rto: 1h\n'],
      ['restore:\n  rto: "2 days and 3 hours"\n', 'restore:\n  rto: 2d3h\n'],
      ['restore:\n  budget: { cost: "$500" }\n', 'restore:\n  budget: { cost: 500 USD }\n'],
      [
        'backups:\n  a: { tool: pg_dump, schedule: daily }\n',
        'backups:\n  a: { tool: pg_dump, schedule: "0 0 * * *" }\n',
      ],
    ];
    for (const [before, after] of cases) assert.equal(mended(before, 'schema/format'), after);
    assert.equal(mended('restore:\n  rto: soon\n', 'schema/format'), undefined);
  });

  it('put a value into its type and its range', () => {
    const cases: readonly (readonly [code: string, before: string, after: string])[] = [
      ['schema/type', 'restore:\n  dependsOn: identity # why\n', 'restore:\n  dependsOn: [identity] # why\n'],
      ['schema/type', 'restore: { rto: 20 }\n', 'restore: { rto: 20m }\n'],
      ['schema/type', 'restore:\n  budget: { cost: 500 }\n', 'restore:\n  budget: { cost: 500 USD }\n'],
      [
        'schema/type',
        'backups:\n  a: { tool: pg_dump, decrypt: { with: age, key: hunter2 } }\n',
        'backups:\n  a: { tool: pg_dump, decrypt: { with: age, key: { env: DECRYPT_KEY } } }\n',
      ],
      ['schema/value', 'dryRuns:\n  a: { level: 7 }\n', 'dryRuns:\n  a: { level: 4 }\n'],
      [
        'schema/value',
        'restore: { steps: [{ id: a, run: b, manual: c }] }\n',
        'restore: { steps: [{ id: a, run: b }] }\n',
      ],
    ];
    for (const [code, before, after] of cases) assert.equal(mended(before, code), after);
    const named = { 'a.runbook.yaml': 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: Ördnung_DB }\n' };
    const findings = findingsIn(named, NONE);
    const context = contextOf(named, 'a.runbook.yaml', NONE);
    const finding = findings.find((each) => each.code === 'schema/format');
    assert.ok(finding);
    assert.equal(mendsOf(context, findings, finding)[0]?.action.title, 'Rename it to `ordnung-db`');
  });

  it('put in the character that lacks, and take out a second key', () => {
    const cases: readonly (readonly [code: string, before: string, after: string])[] = [
      ['syntax/yaml', 'restore:\n  rpo: 1h\n  rto\n  role: a\n', 'restore:\n  rpo: 1h\n  rto: \n  role: a\n'],
      ['syntax/yaml', 'restore: { rto: 1h # why\n', 'restore: { rto: 1h } # why\n'],
      ['syntax/yaml', 'recovery: "scripted\n', 'recovery: "scripted"\n'],
      ['syntax/duplicate-key', 'restore:\n  rto: 1h\n  rpo: 1h\n  rto: 2h # b\n', 'restore:\n  rto: 1h\n  rpo: 1h\n'],
    ];
    for (const [code, before, after] of cases) assert.equal(mended(before, code), after);
  });

  it('close an expression, and go on with the member that is meant', () => {
    const body = (text: string): string =>
      `resources: { a: { kind: aws/s3-bucket, id: abc } }\nbackups: { b: { tool: pg_dump } }\n${step(`cp ${text} .`)}`;
    const cases: readonly (readonly [string, string])[] = [
      ['${{ resources.a', '${{ resources.a }}'],
      ['${{ resources.a }}', '${{ resources.a.id }}'],
      ['${{ backups.b }}', '${{ backups.b.latest.uri }}'],
      ['${{ backups.b.key }}', '${{ backups.b.latest.key }}'],
    ];
    for (const [before, after] of cases)
      assert.equal(mended(body(before), 'reference/unknown-expression'), body(after));
  });

  it('complete a suppression, and restore with a role that is there and writes nothing', () => {
    const ignored = (words: string): string => `restore:\n  # drillbook-ignore policy/rto${words}\n  rto: 1h\n`;
    const words = ' until=2026-12-22 reason="say why here"';
    assert.equal(mended(ignored(''), 'schema/suppression'), ignored(words));
    assert.equal(
      mended(ignored(' until=2026-12-01'), 'schema/suppression'),
      ignored(' until=2026-12-01 reason="say why here"'),
    );
    const roles = (role: string): string =>
      `resources:\n  w: { kind: aws/iam-role, id: w }\n  r: { kind: aws/iam-role, id: r }\nbackups:\n  a: { tool: pg_dump, role: w }\nrestore:\n  role: ${role}\n`;
    assert.equal(mended(roles('w'), 'practice/shared-role'), roles('r'));
  });

  it('name a copy in the farthest bucket that is not used yet', () => {
    const body =
      'dataClass: gold\nresources:\n  db: { kind: aws/rds-instance, id: db, region: eu-west-1, account: prod }\n  near: { kind: aws/s3-bucket, id: n-1, region: eu-west-1, account: prod }\n  used: { kind: aws/s3-bucket, id: u-1, region: eu-west-1, account: prod }\n  far: { kind: aws/s3-bucket, id: f-1, region: eu-central-1, account: backup }\nbackups:\n  daily:\n    of: db\n    tool: pg_dump\n    in: { bucket: used, prefix: a/ }\n    schedule: "0 3 * * *"\n';
    const policy =
      'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: p }\nclasses: { gold: { backups: { copies: 2 } } }\n';
    assert.equal(
      mended(body, 'policy/copies', { 'p.policy.yaml': policy }),
      `${body}  daily-copy: { copyOf: daily, in: { bucket: far, prefix: "a/" }, within: 2h }\n`.replace('"a/"', 'a/'),
    );
  });

  it('write the lag of a replica beside the strategy that asks for it, never over it', () => {
    const body = 'strategy: replication\nreplica: r\nrestore: { rpo: 10m }\n';
    const lagging = mended(body, 'policy/replication-lag') ?? '';
    assert.match(lagging, /^lag: "<=10m"$/m);
    assert.match(lagging, /^strategy: replication$/m);
  });

  it('take no other name of the role that writes for another role', () => {
    const body =
      'resources:\n  w: { kind: aws/iam-role, id: w }\n  again: { kind: aws/iam-role, id: w }\n  r: { kind: aws/iam-role, id: r }\nbackups:\n  a: { tool: pg_dump, role: w }\nrestore:\n  role: again\n';
    assert.equal(mended(body, 'practice/shared-role'), body.replace('role: again', 'role: r'));
  });

  it('restore only where the class lets its data go, at the level that it asks for', () => {
    const policy = (places: string): Readonly<Record<string, string>> => ({
      'p.policy.yaml': `apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: p }\nclasses: { gold: { restoreIn: [${places}], verify: { restoreTest: { every: 30d, level: 3 } } } }\n`,
      'e.environment.yaml':
        'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: e }\nsandboxes: { lab: { kind: server, host: h, user: u } }\n',
    });
    const body = 'dataClass: gold\nbackups:\n  daily: { tool: pg_dump, in: { folder: ./a } }\n';
    const run = `${body}dryRuns:\n  daily: { backup: daily, level: 2 }\n`;
    const level = (places: string): string => mended(run, 'policy/restore-test-level', policy(places)) ?? '';
    assert.match(level('server'), /level: 3, sandbox: { use: lab }/);
    assert.match(level('container'), /level: 3, sandbox: { kind: container, engine: postgres }/);
    assert.match(level('workstation, server'), /level: 3, sandbox: { engine: postgres }/);
    assert.match(mended(body, 'policy/no-dry-run', policy('server')) ?? '', /sandbox: { use: lab }/);
  });

  it('run the dry run that the evidence asks for, by the command of the lens', () => {
    const body =
      'backups:\n  daily: { tool: pg_dump, in: { folder: ./a } }\ndryRuns:\n  daily: { backup: daily, sandbox: { engine: postgres }, checks: [{ query: select 1 }] }\ndataClass: gold\n';
    const texts = {
      'a.runbook.yaml': HEAD + body,
      'p.policy.yaml':
        'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: p }\nclasses: { gold: { verify: { restoreTest: { every: 30d, level: 3 } } } }\n',
    };
    const findings = findingsIn(texts, NONE);
    const finding = findings.find((each) => each.code === 'evidence/overdue');
    assert.ok(finding);
    const context = contextOf(texts, 'a.runbook.yaml', NONE);
    const action = mendsOf(context, findings, finding).find((each) => each.action.command)?.action;
    assert.deepEqual(action?.command?.arguments, [
      { uri: 'file:///w/a.runbook.yaml', runbook: 'orders-db', name: 'daily', level: 3 },
    ]);
  });
});
