/** Suppressions: what they leave out, when it comes back, and what is wrong with those that do nothing. */
import assert from 'node:assert/strict';
import { checkWorkspace, finishFindings } from '../../../server/src/app/checkWorkspace.ts';
import type { Finding } from '../../../server/src/core/finding.ts';
import { REFERENCE_RULES } from '../../../server/src/core/rules/reference/table.ts';
import { applySuppressions } from '../../../server/src/core/suppression/suppressions.ts';
import { markedText, workspaceOf } from '../../support/workspaces.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const HEAD = 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders-db }\n';
const CODE = 'reference/unknown-resource';

function check(
  body: string,
  now = NOW,
): { readonly findings: Finding[]; readonly suppressed: string[]; readonly marked: string[] } {
  const workspace = workspaceOf({ 'a.runbook.yaml': HEAD + body });
  const suppressed: string[] = [];
  const findings = checkWorkspace(workspace, {
    now,
    evidence: { entries: [], problems: [] },
    rules: REFERENCE_RULES,
    onSuppressed: (finding) => suppressed.push(finding.code),
  });
  return { findings, suppressed, marked: findings.map((finding) => markedText(workspace, finding)) };
}
const codes = (findings: readonly Finding[]): string[] => findings.map((finding) => finding.code);

describe('suppression', () => {
  it('leaves a finding out on its line', () => {
    const { findings, suppressed } = check(
      `restore:\n  role: nobody # drillbook-ignore ${CODE} until=2026-12-01 reason="created on Thursday"\n`,
    );
    assert.deepEqual(codes(findings), []);
    assert.deepEqual(suppressed, [CODE]);
  });

  it('leaves a finding out on the line below, past other comments, and there only', () => {
    const { findings } = check(
      `restore:\n  # drillbook-ignore ${CODE} until=2026-12-01 reason="x"\n  # and why\n  role: nobody\nreplica: nobody\n`,
    );
    assert.deepEqual(codes(findings), [CODE]);
    assert.deepEqual(findings[0]?.path, ['replica']);
  });

  it('does not reach from behind a value to the next line', () => {
    const { findings } = check(
      `restore:\n  rto: 1h # drillbook-ignore ${CODE} until=2026-12-01 reason="x"\n  role: nobody\n`,
    );
    assert.deepEqual(codes(findings), ['practice/idle-suppression', CODE]);
  });

  it('leaves out what stands inside a block text by a comment on its key', () => {
    const body = (comment: string): string =>
      `restore:\n  steps:\n    - id: a\n      run: | ${comment}\n        echo\n        echo \${{ vars.no }}\n`;
    assert.deepEqual(codes(check(body('')).findings), ['reference/unknown-expression']);
    assert.deepEqual(
      codes(check(body('# drillbook-ignore reference/unknown-expression until=2026-12-01 reason="x"')).findings),
      [],
    );
  });

  it('holds through its last day, and brings the finding back after it, saying so', () => {
    const body = `restore:\n  role: nobody # drillbook-ignore ${CODE} until=2026-11-22 reason="x"\n`;
    assert.deepEqual(codes(check(body, Date.parse('2026-11-22T23:59:59Z')).findings), []);
    const { findings } = check(body, Date.parse('2026-11-23T00:00:00Z'));
    assert.deepEqual(codes(findings), [CODE]);
    assert.match(findings[0]?.message ?? '', /drillbook-ignore ended on 2026-11-22/);
  });

  it('is a finding where it suppresses nothing, and can be removed', () => {
    const { findings, marked } = check(`restore:\n  rto: 1h # drillbook-ignore ${CODE} until=2026-12-01 reason="x"\n`);
    assert.deepEqual(codes(findings), ['practice/idle-suppression']);
    assert.equal(marked[0], `# drillbook-ignore ${CODE} until=2026-12-01 reason="x"`);
    assert.equal(findings[0]?.fixes?.[0]?.edits[0]?.newText, '');
  });

  it('is not idle for drift and evidence, which a static check did not look for', () => {
    const body = ['drift/version-major', 'evidence/overdue']
      .map((code) => `# drillbook-ignore ${code} until=2026-12-01 reason="x"\n`)
      .join('');
    assert.deepEqual(codes(check(`${body}restore: {}\n`).findings), []);
  });

  for (const [name, comment] of Object.entries({
    'has no date': `drillbook-ignore ${CODE} reason="x"`,
    'has no reason': `drillbook-ignore ${CODE} until=2026-12-01`,
    'has an empty reason': `drillbook-ignore ${CODE} until=2026-12-01 reason=" "`,
    'has a reason without quotes': `drillbook-ignore ${CODE} until=2026-12-01 reason=later`,
    'has no real date': `drillbook-ignore ${CODE} until=2026-02-30 reason="x"`,
    'has another date': `drillbook-ignore ${CODE} until=1.12.2026 reason="x"`,
    'names nothing': 'drillbook-ignore',
    'names an unknown code': 'drillbook-ignore reference/unknown-resourc until=2026-12-01 reason="x"',
    'names what is unchecked': 'drillbook-ignore unchecked/denied until=2026-12-01 reason="x"',
  })) {
    it(`suppresses nothing and is a finding where it ${name}`, () => {
      const { findings } = check(`restore:\n  role: nobody # ${comment}\n`);
      assert.deepEqual(codes(findings).sort(), [CODE, 'schema/suppression'].sort());
    });
  }

  it('marks an unknown code alone, and offers the near one', () => {
    const { findings, marked } = check(
      '# drillbook-ignore reference/unknown-resourc until=2026-12-01 reason="x"\nrestore: {}\n',
    );
    assert.deepEqual(marked, ['reference/unknown-resourc']);
    assert.equal(findings[0]?.fixes?.[0]?.edits[0]?.newText, CODE);
  });

  it('applies to drift findings, but never to what could not be checked', () => {
    const text = `${HEAD}resources:\n  a:\n    kind: aws/s3-bucket\n    # drillbook-ignore drift/missing until=2026-12-01 reason="x"\n    id: gone # drillbook-ignore unchecked/denied until=2026-12-01 reason="x"\n`;
    const workspace = workspaceOf({ 'a.runbook.yaml': text });
    const made = (code: string): Finding => ({
      code,
      severity: 'error',
      message: 'x',
      file: 'a.runbook.yaml',
      document: 0,
      path: ['resources', 'a', 'id'],
    });
    const all = [made('drift/missing'), made('drift/region'), made('unchecked/denied')];
    const parsed = workspace.files.get('a.runbook.yaml')!;
    assert.deepEqual(codes(applySuppressions(parsed, all, NOW)), ['drift/region', 'unchecked/denied']);
    assert.deepEqual(codes(finishFindings(workspace, all, { now: NOW })), ['drift/region', 'unchecked/denied']);
  });

  it('is idle for drift where all was looked up and none was found', () => {
    const text = `${HEAD}resources:\n  a:\n    kind: aws/s3-bucket\n    id: gone # drillbook-ignore drift/missing until=2026-12-01 reason="x"\n`;
    const workspace = workspaceOf({ 'a.runbook.yaml': text });
    const made = (code: string): Finding => ({
      code,
      severity: 'error',
      message: 'x',
      file: 'a.runbook.yaml',
      document: 0,
      path: ['resources', 'a', 'id'],
    });
    const finish = (findings: Finding[]): string[] =>
      codes(finishFindings(workspace, findings, { now: NOW, lookedAt: workspace.entries }));
    assert.deepEqual(finish([made('drift/missing')]), []);
    assert.deepEqual(finish([]), ['practice/idle-suppression']);
    assert.deepEqual(finish([made('unchecked/denied')]), ['unchecked/denied'], 'what is not known may be there');
  });

  it('is idle where its own resource was compared in full, though another could not be', () => {
    const ignore = (code: string) => `# drillbook-ignore ${code} until=2026-12-01 reason="x"`;
    const textOf = (code: string): string =>
      `${HEAD}resources:\n  a:\n    kind: aws/s3-bucket\n    id: kept ${ignore(code)}\n  b: { kind: aws/s3-bucket, id: other }\n`;
    const finish = (code: string, ...gaps: readonly Finding['path'][]): string[] => {
      const workspace = workspaceOf({ 'a.runbook.yaml': textOf(code) });
      const findings = gaps.map((path): Finding => ({
        code: 'unchecked/denied',
        severity: 'warning',
        message: 'x',
        file: 'a.runbook.yaml',
        document: 0,
        path,
      }));
      return codes(finishFindings(workspace, findings, { now: NOW, lookedAt: workspace.entries }));
    };
    const other = ['resources', 'b', 'id'];
    assert.deepEqual(finish('drift/missing', other), ['unchecked/denied', 'practice/idle-suppression']);
    assert.deepEqual(finish('drift/value', ['restore', 'steps', 0, 'run']), [
      'unchecked/denied',
      'practice/idle-suppression',
    ]);
    const unsure = ['unchecked/denied'];
    assert.deepEqual(finish('drift/missing', ['resources', 'a', 'expect', 'versioning']), unsure);
    assert.deepEqual(finish('drift/missing', ['resources']), unsure, 'nothing of the document was compared');
    assert.deepEqual(finish('drift/role-grows', other), unsure, 'other resources may decide it');
  });
});
