/** Expressions: parsed with exact places, evaluated where they are static, and marked at the very name that is wrong. */
import assert from 'node:assert/strict';
import { checkFile } from '../../../server/src/app/checkWorkspace.ts';
import { parseExpressions } from '../../../server/src/core/references/expressions.ts';
import { interpolate } from '../../../server/src/core/references/evaluate.ts';
import { scopeOf } from '../../../server/src/core/references/scope.ts';
import { REFERENCE_RULES } from '../../../server/src/core/rules/reference/table.ts';
import { entryOf, markedText, workspaceOf } from '../../support/workspaces.ts';

const ENVIRONMENT = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
vars: { vault: acme-backups, deep: "\${{ vars.vault }}-x", port: 5432 }
aws: { accounts: { prod: { id: "123456789012" } }, regions: [eu-west-1] }
`;
const RUNBOOK = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders-db }
resources:
  vault: { kind: aws/s3-bucket, id: "\${{ vars.vault }}", account: prod }
  china: { kind: aws/s3-bucket, id: x, region: cn-north-1 }
  role: { kind: aws/iam-role, id: orders, account: prod }
  db: { kind: aws/rds-instance, id: orders, account: prod }
  whole: { kind: aws/kms-key, id: "arn:aws:kms:eu-west-1:123456789012:key/1" }
  alias: { kind: aws/kms-key, id: alias/backups, account: prod }
  secret: { kind: aws/secret, id: pw, account: prod }
  homeless: { kind: aws/rds-instance, id: orders }
backups:
  hourly: { of: db, tool: pg_dump, schedule: "0 * * * *" }
restore:
  steps:
    - id: a
      run: |
        TEXT
`;

function scopeFor(text: string, environment = ENVIRONMENT): ReturnType<typeof scopeOf> {
  const workspace = workspaceOf({ 'a.yaml': RUNBOOK.replace('TEXT', text), 'e.yaml': environment });
  return scopeOf(entryOf(workspace, 'a.yaml'), workspace);
}

describe('expressions', () => {
  const values: Readonly<Record<string, string>> = {
    '${{ vars.vault }}': 'acme-backups',
    '${{vars.deep}}': 'acme-backups-x',
    "${{ vars['vault'] }}": 'acme-backups',
    '${{ vars["vault"] }}': 'acme-backups',
    '${{ vars.port }}': '5432',
    '${{ resources.vault.id }}': 'acme-backups',
    '${{ resources.vault.region }}': 'eu-west-1',
    '${{ resources.vault.account }}': '123456789012',
    '${{ resources.vault.arn }}': 'arn:aws:s3:::acme-backups',
    '${{ resources.china.arn }}': 'arn:aws-cn:s3:::x',
    '${{ resources.role.arn }}': 'arn:aws:iam::123456789012:role/orders',
    '${{ resources.db.arn }}': 'arn:aws:rds:eu-west-1:123456789012:db:orders',
    '${{ resources.whole.arn }}': 'arn:aws:kms:eu-west-1:123456789012:key/1',
    '${{ resources.alias.arn }}': 'arn:aws:kms:eu-west-1:123456789012:alias/backups',
    '${{ environment.name }}': 'production',
    's3://${{ vars.vault }}/${{ resources.db.id }}': 's3://acme-backups/orders',
    'echo $X ${Y} $(z) {{ w }}': 'echo $X ${Y} $(z) {{ w }}',
  };
  for (const [text, expected] of Object.entries(values)) {
    it(`${text} is ${expected}`, () => {
      assert.deepEqual(interpolate(text, scopeFor('')), { text: expected, complete: true, open: [] });
    });
  }

  it('of the newest backup are known later, unless a run tells them', () => {
    const text = '${{ backups.hourly.latest.uri }}';
    const workspace = workspaceOf({ 'a.yaml': RUNBOOK });
    const entry = entryOf(workspace, 'a.yaml');
    assert.deepEqual(
      interpolate(text, scopeOf(entry, workspace)).open.map((each) => each.result.state),
      ['later'],
    );
    assert.equal(interpolate(text, scopeOf(entry, workspace, { hourly: { uri: 's3://b/k' } })).text, 's3://b/k');
  });

  it('that depend on what can’t be read are undecided, and no finding', () => {
    const broken = `${ENVIRONMENT}other: [\n`;
    assert.deepEqual(
      interpolate('${{ vars.no }}', scopeFor('', broken)).open.map((each) => each.result.state),
      ['undecided'],
    );
    assert.deepEqual(
      interpolate('${{ resources.secret.arn }}', scopeFor('')).open.map((each) => each.result.state),
      ['later'],
    );
  });

  const marked: readonly (readonly [string, string, RegExp])[] = [
    ['${{ vars.valt }}', 'valt', /no variable "valt".*did you mean "vault"/],
    ['${{ vras.vault }}', 'vras', /know no "vras".*did you mean "vars"/],
    ['${{ vars }}', 'vars', /goes on like vars\.NAME/],
    ['${{ vars.vault.id }}', 'id', /is text and has no member "id"/],
    ['${{ resources.valt.id }}', 'valt', /no resource "valt"/],
    ['${{ resources.vault.nam }}', 'nam', /has no "nam"; it has id, region, account, arn/],
    ['${{ resources.vault }}', 'resources.vault', /goes on like resources\.vault\.id/],
    ['${{ resources.homeless.arn }}', '', /^$/],
    ['${{ backups.houry.latest.uri }}', 'houry', /no backup "houry".*did you mean "hourly"/],
    ['${{ backups.hourly.newest.uri }}', 'newest', /no "newest"/],
    ['${{ backups.hourly.latest }}', 'backups.hourly.latest', /goes on like/],
    ['${{ environment.nam }}', 'nam', /did you mean "name"/],
    ['${{ vars.vault || 1 }}', '|| 1', /can't go on with/],
    ['${{ 1 + 1 }}', '+ 1', /can't go on/],
    ['${{ "x" }}', '"x"', /is no name/],
    ['${{ vars. }}', '.', /ends in a dot/],
    ['${{ vars.vault } }', '${{ vars.vault } }', /no closing/],
    ['${{}}', '${{}}', /is empty/],
  ];
  for (const [text, expected, message] of marked) {
    it(`${text} is marked at ${expected}`, () => {
      for (const lines of ['\n', '\r\n']) {
        const workspace = workspaceOf({
          'a.yaml': RUNBOOK.replace('TEXT', () => `😀 "x" \\ ${text}`).replaceAll('\n', lines),
          'e.yaml': ENVIRONMENT,
        });
        const findings = checkFile(workspace, 'a.yaml', {
          now: 0,
          evidence: { entries: [], problems: [] },
          rules: REFERENCE_RULES,
        });
        assert.deepEqual(
          findings.map((finding) => markedText(workspace, finding)),
          expected === '' ? [] : [expected],
        );
        assert.match(findings[0]?.message ?? '', message);
      }
    });
  }

  it('that multiply are bounded', () => {
    const wide = Array.from(
      { length: 19 },
      (_, index) => `  v${index}: "${`\${{ vars.v${index + 1} }}`.repeat(9)}"`,
    ).join('\n');
    for (const last of ['x', '${{ vars.no }}', '${{ vars.v0 }}']) {
      const text = `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: e }\nvars:\n${wide}\n  v19: "${last}"\n`;
      assert.deepEqual(
        interpolate('${{ vars.v0 }}', scopeFor('', text)).open.map((each) => each.result.state),
        ['undecided'],
      );
    }
  });

  it('are all found in one text, half-typed ones included', () => {
    const text = 'a ${{ vars.a }} ${{ vars.b ${{ vars.c }}\n${{ vars.d\nx }} ${{';
    assert.deepEqual(
      parseExpressions(text).map((each) => [text.slice(each.start, each.end), each.problem?.message ?? 'fine']),
      [
        ['${{ vars.a }}', 'fine'],
        ['${{ vars.b', 'The expression has no closing "}}".'],
        ['${{ vars.c }}', 'fine'],
        ['${{ vars.d', 'The expression has no closing "}}".'],
        ['${{', 'The expression has no closing "}}".'],
      ],
    );
  });

  it('are read in one go, however many half-typed ones a line holds', () => {
    // What `indexOf` walks over is the work; a time would say more of the machine than of the parser.
    const indexOf = String.prototype.indexOf; // eslint-disable-line @typescript-eslint/unbound-method -- put back below
    const text = '${{ vars'.repeat(2_000);
    let walked = 0;
    String.prototype.indexOf = function (this: string, needle: string, from = 0): number {
      const found = indexOf.call(this, needle, from);
      walked += (found < 0 ? this.length : found) - from;
      return found;
    };
    try {
      assert.equal(parseExpressions(text).length, 2_000);
    } finally {
      String.prototype.indexOf = indexOf;
    }
    assert.ok(walked < 10 * text.length, `walked over ${walked} characters of a text of ${text.length}`);
  });
});
