/** Quick fixes: every one of them mends what it says, breaks nothing, and leaves comments alone. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkFile } from '../../server/src/app/checkWorkspace.ts';
import type { Finding } from '../../server/src/core/finding.ts';
import { findingSpan } from '../../server/src/core/findingSpan.ts';
import type { LanguageContext } from '../../server/src/language/context.ts';
import type { ProposedAction } from '../../server/src/language/quickFixes/action.ts';
import { codeActions } from '../../server/src/language/quickFixes/table.ts';
import { applyEdit } from '../support/applyEdit.ts';
import { cursorIn } from '../support/languageContext.ts';
import { workspaceOf, workspaceOfFolder } from '../support/workspaces.ts';

const OPTIONS = { now: Date.parse('2026-11-22T12:00:00Z'), evidence: { entries: [], problems: [] } };
const check = (context: LanguageContext, file = context.file): Finding[] => checkFile(context.workspace, file, OPTIONS);

function actionsAt(
  context: LanguageContext,
  span: { readonly start: number; readonly end: number },
  only?: readonly string[],
): readonly ProposedAction[] {
  return codeActions(context, { span, findings: check(context), ...(only ? { only } : {}) });
}

/** The text of the context's file after the action of that title at the cursor. */
function after(texts: Record<string, string>, title: RegExp, only?: readonly string[], file?: string): string {
  const { context, offset } = cursorIn(texts);
  const actions = actionsAt(context, { start: offset, end: offset }, only);
  const found = actions.find((each) => title.test(each.action.title));
  assert.ok(found?.action.edit, `${title.source} is none of ${actions.map((each) => each.action.title).join(' | ')}`);
  return applyEdit(context, found.action.edit)[file ?? context.file] ?? '';
}

const HEAD = 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders-db }\n';

describe('quick fixes', () => {
  const folder = join(import.meta.dirname, '..', 'fixtures', 'references');
  for (const name of readdirSync(folder).sort()) {
    it(`mend what they say, in every fixture of ${name}`, () => {
      const texts = Object.fromEntries(
        [...workspaceOfFolder('references', name).files].map(([file, { text }]) => [file, text]),
      );
      for (const file of Object.keys(texts)) {
        for (const lines of ['\n', '\r\n']) {
          const files = { [file]: '', ...texts };
          for (const key of Object.keys(files)) files[key] = (files[key] ?? '').replaceAll('\n', lines);
          mendAll(cursorIn(files).context);
        }
      }
    });
  }

  function mendAll(context: LanguageContext): void {
    const findings = check(context);
    for (const finding of findings) {
      const span = findingSpan(context.parsed, finding);
      for (const { action, finding: mended } of actionsAt(context, span, ['quickfix'])) {
        if (
          mended?.code !== finding.code ||
          JSON.stringify(mended.path) !== JSON.stringify(finding.path) ||
          !action.edit
        )
          continue;
        const texts = applyEdit(context, action.edit);
        const now = checkFile(workspaceOf(texts), context.file, OPTIONS);
        const count = (all: readonly Finding[], code: string): number =>
          all.filter((each) => each.code === code).length;
        const what = `${action.title} for ${finding.message} in ${context.file}:\n${texts[context.file] ?? ''}`;
        assert.ok(count(now, finding.code) < count(findings, finding.code), `not mended: ${what}`);
        assert.equal(count(now, 'syntax/yaml'), count(findings, 'syntax/yaml'), `broken: ${what}`);
      }
    }
  }

  it('declare a missing resource where resources stand, or in a section of its own in its usual place', () => {
    const body = 'restore:\n  role: opera‸tor\n';
    const made = 'resources:\n  operator: { kind: aws/iam-role, id: operator }\n';
    assert.equal(
      after({ 'a.yaml': `${HEAD}${body}` }, /^Declare resource/),
      `${HEAD}${made}restore:\n  role: operator\n`,
    );
    const given = 'resources:\n  vault:\n    kind: aws/s3-bucket\n    id: acme # why\n  # behind it\n\n';
    assert.equal(
      after({ 'a.yaml': `${HEAD}${given}${body}` }, /^Declare resource/),
      `${HEAD}resources:\n  vault:\n    kind: aws/s3-bucket\n    id: acme # why\n  operator: { kind: aws/iam-role, id: operator }\n  # behind it\n\nrestore:\n  role: operator\n`,
    );
    assert.match(
      after({ 'a.yaml': `${HEAD}resources: { a: { kind: aws/s3-bucket, id: aaa } }\n${body}` }, /^Declare resource/),
      /id: aaa \}, operator: \{ kind/,
    );
    assert.match(
      after({ 'a.yaml': `${HEAD}resources:\n${body}` }, /^Declare resource/),
      /resources:\n {2}operator: \{/,
    );
  });

  it('define what the environment or the policy lacks, in its own file', () => {
    const environment =
      'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws:\n  accounts:\n    prod: { id: "123456789012" }\n';
    const text = (body: string): Record<string, string> => ({
      'a.yaml': HEAD + body,
      'e.yaml': environment,
      'p.policy.yaml':
        'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: acme }\nclasses:\n  low: { rpo: 1d }\n',
    });
    assert.match(
      after(
        text('resources: { a: { kind: aws/s3-bucket, id: aaa, account: zz‸z } }\n'),
        /Add account/,
        undefined,
        'e.yaml',
      ),
      /prod: .*\n {4}zzz: \{ id: "000000000000" \}\n/,
    );
    assert.match(
      after(
        text('resources: { a: { kind: aws/s3-bucket, id: "${{ vars.zz‸z }}" } }\n'),
        /Define vars\.zzz/,
        undefined,
        'e.yaml',
      ),
      /vars:\n {2}zzz: ""\n/,
    );
    assert.match(
      after(text('dataClass: zz‸z\n'), /Add class "zzz"/, undefined, 'p.policy.yaml'),
      /low: .*\n {2}zzz: \{ rpo/,
    );
    assert.match(
      after(text('restore: { dependsOn: [zz‸z] }\n'), /Create zzz\.runbook\.yaml/, undefined, 'zzz.runbook.yaml'),
      /name: zzz\n$/,
    );
  });

  it('add a suppression above the line, or above the key of a block text, and give an ended one more time', () => {
    assert.equal(
      after({ 'a.yaml': `${HEAD}restore:\n  role: no‸body\n` }, /^Suppress reference/),
      `${HEAD}restore:\n  # drillbook-ignore reference/unknown-resource until=2026-12-22 reason="say why here"\n  role: nobody\n`,
    );
    const block = `${HEAD}restore:\n  steps:\n    - id: a\n      run: |\n        echo\n        echo \${{ vars.no‸pe }}\n`;
    const made = after({ 'a.yaml': block }, /^Suppress reference/);
    assert.match(made, /\n {6}# drillbook-ignore reference\/unknown-expression .*\n {6}run: \|/);
    assert.deepEqual(
      checkFile(workspaceOf({ 'a.yaml': made }), 'a.yaml', OPTIONS).filter((each) =>
        each.code.startsWith('reference/'),
      ),
      [],
    );
    const ended = `${HEAD}restore:\n  role: no‸body # drillbook-ignore reference/unknown-resource until=2026-01-01 reason="x"\n`;
    assert.match(after({ 'a.yaml': ended }, /^Suppress .* again/), /until=2026-12-22 reason="x"/);
  });

  const ENVIRONMENT =
    'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { accounts: { backup: { id: "210987654321" } } }\n';

  it('make a resource of what only a text names, and let the text say it by name', () => {
    const text = `${HEAD}restore:\n  steps:\n    - id: a\n      run: aws s3 cp s3://acme-for‸gotten/x . # and s3://acme-forgotten/y\n    - id: b\n      manual: "Assume arn:aws:iam::210987654321:role/restore, then s3://acme-forgotten/z"\n`;
    const declared = after({ 'a.yaml': text }, /^Declare acme-forgotten as resource "acme-forgotten"$/);
    assert.match(declared, /resources:\n {2}acme-forgotten: \{ kind: aws\/s3-bucket, id: acme-forgotten \}\nrestore:/);
    const named = after({ 'a.yaml': text }, /refer to it by name/);
    assert.match(named, /s3:\/\/\$\{\{ resources\.acme-forgotten\.id \}\}\/x \./);
    assert.match(named, /then s3:\/\/\$\{\{ resources\.acme-forgotten\.id \}\}\/z"/);
    assert.match(named, /# and s3:\/\/acme-forgotten\/y/, 'a comment stays as it is');
    assert.deepEqual(
      checkFile(workspaceOf({ 'a.yaml': named }), 'a.yaml', OPTIONS).filter((each) => each.severity === 'error'),
      [],
    );
    const role = after(
      { 'a.yaml': text.replace('‸', '').replace('role/restore', 'role/res‸tore'), 'e.yaml': ENVIRONMENT },
      /refer to it by name/,
    );
    assert.match(role, /restore: \{ kind: aws\/iam-role, id: restore, account: backup \}/);
    assert.match(role, /Assume \$\{\{ resources\.restore\.arn \}\}, then/);
  });

  it('extract a resource from an ARN that stands as a value, and from a vault’s name', () => {
    const key = `${HEAD}resources:\n  vault:\n    kind: aws/s3-bucket\n    id: acme\n    expect: { kmsKey: arn:aws:kms:eu-west-1:210987654321:key/1a‸b2 }\n`;
    const made = after({ 'a.yaml': key, 'e.yaml': ENVIRONMENT }, /^Extract resource/, ['refactor.extract']);
    assert.match(made, /kmsKey: "\$\{\{ resources\.ab2\.arn \}\}"/);
    assert.match(made, /\n {2}ab2: \{ kind: aws\/kms-key, id: "1ab2", region: eu-west-1, account: backup \}/);
    const vault = `${HEAD}backups:\n  daily: { tool: aws-backup, in: { vault: Def‸ault }, schedule: "0 0 * * *" }\n`;
    assert.match(
      after({ 'a.yaml': vault }, /^Extract resource/),
      /resources:\n {2}Default: \{ kind: aws\/backup-vault, id: Default \}\nbackups:/,
    );
  });

  it('split a role that writes and restores', () => {
    const text = `${HEAD}resources:\n  role: { kind: aws/iam-role, id: orders-backup, account: backup }\nbackups:\n  daily: { tool: files, role: role, schedule: "0 0 * * *" }\nrestore:\n  role: ro‸le\n`;
    const made = after({ 'a.yaml': text }, /role of its own/);
    assert.match(made, /\n {2}operator: \{ kind: aws\/iam-role, id: orders-restore, account: backup \}\n/);
    assert.match(made, /restore:\n {2}role: operator\n/);
  });

  it('gives the backups a role of their own where the shared one is the restore’s by name', () => {
    const text = `${HEAD}resources:\n  operator: { kind: aws/iam-role, id: orders-restore, account: backup }\nbackups:\n  a: { tool: files, in: { folder: ./a }, role: operator }\n  b: { tool: files, in: { folder: ./b }, role: "operator" }\nrestore:\n  role: oper‸ator\n`;
    const made = after({ 'a.yaml': text }, /role of their own/);
    assert.match(made, /^ {2}writer: \{ kind: aws\/iam-role, id: orders-backup, account: backup \}$/mu);
    assert.match(made, /a: \{.* role: writer \}\n.*b: \{.* role: "writer" \}/u);
    assert.match(made, /^ {2}role: operator$/mu);
  });

  it('take the live value over, as exact as the declared one was', () => {
    const text = `${HEAD}resources:\n  db:\n    kind: aws/rds-instance\n    id: a\n    region: eu-west-1\n    expect: { version: "15", storageEncrypted: true, backupRetentionDays: ">=7" }\n`;
    const { context } = cursorIn({ 'a.yaml': text });
    const live = (code: string, path: readonly string[], actual: unknown): string[] => {
      const finding: Finding = {
        code,
        severity: 'error',
        message: 'x',
        file: 'a.yaml',
        document: 0,
        path: ['resources', 'db', ...path],
        actual,
      };
      const span = findingSpan(context.parsed, finding);
      const actions = codeActions(context, { span, findings: [finding], only: ['quickfix'] }).filter((each) =>
        each.action.title.startsWith('Change to what is live'),
      );
      return actions.map(
        (each) =>
          (applyEdit(context, each.action.edit ?? {})['a.yaml'] ?? '')
            .split('\n')
            .find((line, index) => line !== text.split('\n')[index]) ?? '',
      );
    };
    assert.deepEqual(live('drift/version-major', ['expect', 'version'], '16.3'), [
      '    expect: { version: "16", storageEncrypted: true, backupRetentionDays: ">=7" }',
    ]);
    assert.deepEqual(live('drift/region', ['region'], 'eu-central-1'), ['    region: eu-central-1']);
    assert.deepEqual(live('drift/value', ['expect', 'storageEncrypted'], false), [
      '    expect: { version: "15", storageEncrypted: false, backupRetentionDays: ">=7" }',
    ]);
    assert.deepEqual(live('drift/value', ['expect', 'backupRetentionDays'], 3), [], 'a bound is what is wanted');
    assert.deepEqual(live('unchecked/denied', ['region'], 'x'), []);
  });

  it('fix all that is safe at once, and nothing that is a guess', () => {
    const text = `${HEAD}resources: { vault: { kind: aws/s3-bucket, id: acme }, orders-1: { kind: aws/rds-instance, id: a } }\nbackups:\n  a: { tool: files, of: orders-2, in: { bucket: vualt }, schedule: "0 0 * * *" }\n  b: { tool: files, in: { bucket: valut }, schedule: "0 0 * * *" } # drillbook-ignore reference/unknown-step until=2027-01-01 reason="x"\n‸`;
    const made = after({ 'a.yaml': text }, /^Fix all/, ['source.fixAll']);
    assert.ok(!/vualt|valut|drillbook-ignore/.test(made), made);
    assert.ok(made.includes('of: orders-2'), made);
  });

  it('offer what changes the whole file only where it is asked for', () => {
    const { context } = cursorIn({ 'a.yaml': 'kind: Runbook\napiVersion: drillbook/v1\nmetadata: { name: x }\n' });
    assert.deepEqual(
      actionsAt(context, { start: 0, end: 0 }).filter((each) => each.action.kind?.startsWith('source')),
      [],
    );
  });
});

describe('flow style', () => {
  const rewrite = (body: string): string =>
    after({ 'a.yaml': HEAD + body }, /over several lines$/, ['refactor.rewrite']).slice(HEAD.length);

  it('is written over several lines, with what is around it left alone', () => {
    assert.equal(
      rewrite('resources:\n  a: { ki‸nd: aws/s3-bucket, id: abc, expect: { versioning: enabled } } # why\n'),
      'resources:\n  a:\n    kind: aws/s3-bucket\n    id: abc\n    expect: { versioning: enabled } # why\n',
    );
    assert.equal(rewrite('restore:\n  dependsOn: [o‸ne, "two"]\n'), 'restore:\n  dependsOn:\n    - one\n    - "two"\n');
    assert.equal(
      rewrite('restore:\n  steps:\n    - { id: a, r‸un: "b, c" }\n'),
      'restore:\n  steps:\n    - id: a\n      run: "b, c"\n',
    );
    assert.equal(
      rewrite('restore:\n  steps:\n    - id: a\n      run: b\n      needs: [‸x]\n'),
      'restore:\n  steps:\n    - id: a\n      run: b\n      needs:\n        - x\n',
    );
    assert.equal(rewrite('x-a: &a { b: ‸1 }\nx-c: *a\n'), 'x-a: &a\n  b: 1\nx-c: *a\n');
    assert.equal(
      rewrite('restore:\n  steps:\n    - needs: [‸x]\n      id: a\n'),
      'restore:\n  steps:\n    - needs:\n        - x\n      id: a\n',
    );
  });

  it('is written in the columns of the document', () => {
    assert.equal(
      rewrite('resources:\n    a: { ki‸nd: aws/s3-bucket, id: x }\n    b:\n        kind: aws/s3-bucket\n'),
      'resources:\n    a:\n        kind: aws/s3-bucket\n        id: x\n    b:\n        kind: aws/s3-bucket\n',
    );
  });

  it('is left where nothing is in it, or where it stands over several lines', () => {
    for (const body of ['x-a: {‸ }\n', 'x-a: { b: ‸1, c }\n', 'x-a: { b: ‸1,\n  c: 2 }\n', 'recovery: scr‸ipted\n']) {
      const { context, offset } = cursorIn({ 'a.yaml': HEAD + body });
      assert.deepEqual(actionsAt(context, { start: offset, end: offset }, ['refactor.rewrite']), []);
    }
  });
});

describe('sort keys', () => {
  const sort = (text: string): string => after({ 'a.yaml': text }, /^Sort keys/, ['source.sortKeys']);

  it('moves comments with the key that they stand above, or that they end', () => {
    const head = '# about the file\n\napiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: x }\n';
    assert.equal(
      sort(
        `‸${head}dryRuns: {}\n  # the end of it\nrestore:\n  # the RTO\n  # is long\n  rto: 1h # elapsed\n\n  # the RPO\n  rpo: 2h\n  steps:\n    - run: a\n      id: one\n    - run: b\n      # its id\n      id: two\n`,
      ),
      `${head}restore:\n  # the RPO\n  rpo: 2h\n  # the RTO\n  # is long\n  rto: 1h # elapsed\n  steps:\n    - id: one\n      run: a\n    - run: b\n      # its id\n      id: two\ndryRuns: {}\n  # the end of it\n`,
    );
    const first = '# of kind\nkind: Runbook\napiVersion: drillbook/v1\nmetadata: { name: x }\n';
    assert.equal(
      sort(`‸# the file\n\n${first}`),
      '# the file\n\napiVersion: drillbook/v1\n# of kind\nkind: Runbook\nmetadata: { name: x }\n',
    );
    assert.equal(sort(`‸${first}`), '# of kind\napiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: x }\n');
  });

  it('puts keys into the order of the schema, with the comments above and beside them', () => {
    const text = `# the file\nkind: Runbook # what\napiVersion: drillbook/v1\n\n# the restore\nrestore:\n  rto: 1h\n  # how much\n  rpo: 2h\n  steps:\n    - run: |\n        a\n        b\n      id: x\n    - id: y\n      verify: z\n      run: w\nmetadata:\n  title: T\n  name: orders-db\n# the end\n`;
    assert.equal(
      sort(`‸${text}`),
      `# the file\napiVersion: drillbook/v1\nkind: Runbook # what\nmetadata:\n  name: orders-db\n  title: T\n\n# the restore\nrestore:\n  # how much\n  rpo: 2h\n  rto: 1h\n  steps:\n    - id: x\n      run: |\n        a\n        b\n    - id: y\n      run: w\n      verify: z\n# the end\n`,
    );
  });

  it('changes only the lines that move', () => {
    const { context } = cursorIn({ 'a.yaml': `${HEAD}restore:\n  rto: 1h\n  rpo: 2h\nrecovery: scripted\n` });
    const [found] = actionsAt(context, { start: 0, end: 0 }, ['source.sortKeys']);
    const edits = Object.values(found?.action.edit?.changes ?? {}).flat();
    assert.deepEqual(
      edits.map((each) => each.range.start.line),
      [3],
    );
  });

  it('keeps line endings, and offers nothing where all is in order or an anchor would move behind its alias', () => {
    assert.equal(
      sort('‸kind: Runbook\r\napiVersion: drillbook/v1\r\nmetadata: { name: x }\r\n'),
      'apiVersion: drillbook/v1\r\nkind: Runbook\r\nmetadata: { name: x }\r\n',
    );
    for (const text of [
      `${HEAD}recovery: scripted\n`,
      'apiVersion: drillbook/v1\nkind: Runbook\nrestore: { steps: &s [] }\nmetadata: { name: x, owners: *s }\n',
    ]) {
      const { context } = cursorIn({ 'a.yaml': text });
      assert.deepEqual(actionsAt(context, { start: 0, end: 0 }, ['source.sortKeys']), []);
    }
  });
});
