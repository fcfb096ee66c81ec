/** The static check as a whole: which documents, which severity, in which order, and on which text. */
import assert from 'node:assert/strict';
import { checkFile, checkWorkspace, finishFindings } from '../../server/src/app/checkWorkspace.ts';
import { parse } from '../../server/src/core/document/parse.ts';
import type { Finding } from '../../server/src/core/finding.ts';
import { REFERENCE_RULES } from '../../server/src/core/rules/reference/table.ts';
import { markedText, workspaceOf } from '../support/workspaces.ts';

const options = {
  now: Date.parse('2026-11-22T12:00:00Z'),
  evidence: { entries: [], problems: [] },
  rules: REFERENCE_RULES,
};
const codes = (findings: readonly Finding[]): string[] => findings.map((finding) => finding.code);
const RUNBOOK = 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders-db }\n';

describe('check of a workspace', () => {
  it("leaves other tools' documents alone, also beside ours and under our names", () => {
    const workspace = workspaceOf({
      'deploy.yaml': 'apiVersion: apps/v1\nkind: Deployment\nbogus: [1\n',
      'net.policy.yaml': 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n',
      'notes.yaml': '# drillbook-ignore\na: 1\na: 2\n',
      'both.yaml': `kind: ConfigMap\nvalue: 1\n---\n${RUNBOOK}bogus: 1\n---\nother: 1\n`,
    });
    const findings = checkWorkspace(workspace, options);
    assert.deepEqual(
      findings.map(({ file, code, document }) => [file, code, document]),
      [['both.yaml', 'schema/unknown-key', 1]],
    );
  });

  it('says once that a file of ours is no UTF-8, where that begins', () => {
    const decode = (bytes: Buffer): string => bytes.toString('utf8');
    const workspace = workspaceOf({
      'latin.runbook.yaml': decode(Buffer.from(`${RUNBOOK}# caf\u00e9 and th\u00e9\n`, 'latin1')),
      'wide.runbook.yaml': decode(Buffer.from(`\uFEFF${RUNBOOK}`, 'utf16le')),
      'none.policy.yaml': decode(Buffer.from(Array.from({ length: 256 }, (_, index) => index))),
      'other.yaml': decode(Buffer.from('name: caf\u00e9\n', 'latin1')),
    });
    const findings = checkWorkspace(workspace, options);
    assert.deepEqual(
      findings.map(({ file, code, span }) => [file, code, span?.start]),
      [
        ['latin.runbook.yaml', 'syntax/yaml', RUNBOOK.length + 5],
        ['none.policy.yaml', 'syntax/yaml', 0],
        ['wide.runbook.yaml', 'syntax/yaml', 0],
      ],
    );
  });

  it('says once what a key that stands twice would have said twice', () => {
    const workspace = workspaceOf({ 'a.runbook.yaml': `${RUNBOOK}environment: gone\nenvironment: gone\n` });
    assert.deepEqual(codes(checkWorkspace(workspace, options)), [
      'syntax/duplicate-key',
      'reference/unknown-environment',
    ]);
  });

  it('says nothing of what only follows from another fault', () => {
    const environment = 'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\n';
    const workspace = workspaceOf({
      'a.environment.yaml': environment,
      'b.environment.yaml': environment,
      'c.runbook.yaml': `${RUNBOOK}resources:
  a: { kind: aws/s3-buket, id: acme }
  b: { kind: database/postgres, id: x }
backups:
  h: { of: b, tool: pg_dump, in: { bucket: a }, schedule: "0 * * * *" }
restore:
  steps: [[1]]
`,
    });
    const found = checkWorkspace(workspace, options).filter(({ code }) => code !== 'reference/unknown-database');
    assert.deepEqual(
      found.map(({ file, code }) => `${file} ${code}`),
      [
        'a.environment.yaml reference/duplicate-name',
        'b.environment.yaml reference/duplicate-name',
        'c.runbook.yaml schema/value',
        'c.runbook.yaml schema/type',
      ],
    );
  });

  it('says what a document of our name lacks in its head, and that a text of our name is no YAML', () => {
    const workspace = workspaceOf({
      'a.runbook.yaml': 'kind: Runbook\nmetadata: { name: a }\n',
      'b.runbook.yaml': 'restore: { rto: 1h\n- x',
      'c.runbook.yaml': '',
    });
    const findings = checkWorkspace(workspace, options);
    assert.deepEqual(
      findings.filter((each) => each.file === 'a.runbook.yaml').map((each) => each.code),
      ['schema/missing-key'],
    );
    assert.ok(findings.some((each) => each.file === 'b.runbook.yaml' && each.code === 'syntax/yaml'));
    assert.equal(
      findings.some((each) => each.file === 'c.runbook.yaml'),
      false,
    );
  });

  it('sorts by file and place, and marks exact text with CRLF, a byte order mark and astral characters', () => {
    const text =
      `\uFEFF${RUNBOOK}title😀: 1\nrestore:\n  role: "nobody"\n  steps:\n    - id: a\n      run: "😀 \${{ vars.nope }}"\n      needs: [zz]\n`.replaceAll(
        '\n',
        '\r\n',
      );
    const workspace = workspaceOf({ 'b.yaml': text, 'a.yaml': `${RUNBOOK.replace('orders-db', 'x')}replica: gone\n` });
    const findings = checkWorkspace(workspace, options);
    assert.deepEqual(
      findings.map((finding) => [finding.file, finding.code, markedText(workspace, finding)]),
      [
        ['a.yaml', 'reference/unknown-resource', 'gone'],
        ['b.yaml', 'schema/unknown-key', 'title😀'],
        ['b.yaml', 'reference/unknown-resource', '"nobody"'],
        ['b.yaml', 'reference/unknown-expression', 'nope'],
        ['b.yaml', 'reference/unknown-step', 'zz'],
      ],
    );
  });

  it('gives a finding behind an anchor or a merge key once, where it is written', () => {
    const text = `${RUNBOOK}x-in: &in { bucket: nowhere }\nbackups:\n  a: { of: a, tool: files, in: *in, schedule: "0 * * * *" }\n  b: { of: a, tool: files, in: { <<: *in, prefix: x/ }, schedule: "0 * * * *" }\nresources: { a: { kind: aws/s3-bucket, id: aaa } }\n`;
    const workspace = workspaceOf({ 'a.yaml': text });
    const findings = checkWorkspace(workspace, options);
    assert.deepEqual(
      findings.map((finding) => markedText(workspace, finding)),
      ['nowhere'],
    );
  });

  const POLICY =
    'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: acme }\nappliesTo: ["runbooks/**"]\nseverity: { reference/unknown-resource: information, reference/unknown-step: off, drift/missing: warning }\n';
  const BODY = `${RUNBOOK}restore: { role: nobody, steps: [{ id: a, run: x, needs: [b] }] }\n`;

  it('weighs findings as the policy that applies says, switched off ones not at all', () => {
    const workspace = workspaceOf({
      'acme.policy.yaml': POLICY,
      'runbooks/a.yaml': BODY,
      'else/b.yaml': BODY.replace('orders-db', 'b'),
    });
    const findings = checkWorkspace(workspace, { ...options, files: ['runbooks/a.yaml', 'else/b.yaml'] });
    assert.deepEqual(
      findings.map(({ file, code, severity }) => [file, code, severity]),
      [
        ['runbooks/a.yaml', 'reference/unknown-resource', 'information'],
        ['else/b.yaml', 'reference/unknown-resource', 'error'],
        ['else/b.yaml', 'reference/unknown-step', 'error'],
      ],
    );
    const drift = (code: string): Finding => ({
      code,
      severity: 'error',
      message: 'x',
      file: 'runbooks/a.yaml',
      document: 0,
      path: ['restore'],
    });
    assert.deepEqual(
      finishFindings(workspace, [drift('drift/missing'), drift('unchecked/denied')], options).map(
        (each) => each.severity,
      ),
      ['warning', 'error'],
    );
  });

  it('sees a change in another file at once: a name that comes and goes', () => {
    const workspace = workspaceOf({ 'a.yaml': `${RUNBOOK}restore: { dependsOn: [b] }\n` });
    assert.deepEqual(codes(checkFile(workspace, 'a.yaml', options)), ['reference/unknown-runbook']);
    workspace.set('b.yaml', parse(RUNBOOK.replace('orders-db', 'b')));
    assert.deepEqual(codes(checkFile(workspace, 'a.yaml', options)), []);
    workspace.set('b.yaml', parse(`${RUNBOOK.replace('orders-db', 'b')}restore: { dependsOn: [orders-db] }\n`));
    assert.deepEqual(codes(checkFile(workspace, 'a.yaml', options)), ['reference/cycle']);
    workspace.set('b.yaml', parse('apiVersion: drillbook/v1\nkind: Runbook\nmetadata: {\n'));
    assert.deepEqual(
      codes(checkFile(workspace, 'a.yaml', options)),
      [],
      'the broken document may be the one that is meant',
    );
    workspace.remove('b.yaml');
    assert.deepEqual(codes(checkFile(workspace, 'a.yaml', options)), ['reference/unknown-runbook']);
  });

  it('never fails on half a document', () => {
    const whole = `${BODY}resources: { a: { kind: aws/s3-bucket, id: "\${{ vars.x }}" } }\nbackups: { a: { of: a, in: { bucket: a }, tool: pg_dump, schedule: "0 0 * * *" } }\ndryRuns: { a: { backup: a, checks: [{ name: x, query: select 1 }] } }\n`;
    const workspace = workspaceOf({ 'acme.policy.yaml': POLICY });
    for (let length = 0; length <= whole.length; length++) {
      workspace.set('runbooks/a.yaml', parse(whole.slice(0, length)));
      checkFile(workspace, 'runbooks/a.yaml', { now: options.now, evidence: options.evidence });
    }
  });
});
