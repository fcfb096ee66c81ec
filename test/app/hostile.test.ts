/** Documents made to harm: nesting, alias bombs and the names of JavaScript's own objects end in a finding, soon, and change nothing. */
import assert from 'node:assert/strict';
import { checkWorkspace } from '../../server/src/app/checkWorkspace.ts';
import { parse } from '../../server/src/core/document/parse.ts';
import type { Finding } from '../../server/src/core/finding.ts';
import { readinessOf } from '../../server/src/core/recovery/readiness.ts';
import { recoveryPlanOf } from '../../server/src/core/recovery/plan.ts';
import { buildWorkspace } from '../../server/src/core/workspaceIndex.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const EVIDENCE = { entries: [], problems: [] };
const HEAD = 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: x }\n';

function findingsOf(texts: Readonly<Record<string, string>>): readonly Finding[] {
  const workspace = buildWorkspace(Object.entries(texts).map(([file, text]) => ({ file, parsed: parse(text) })));
  readinessOf(workspace, EVIDENCE, NOW);
  recoveryPlanOf(workspace, workspace.byKind('Runbook'), EVIDENCE);
  return checkWorkspace(workspace, { now: NOW, evidence: EVIDENCE });
}
const codes = (text: string): readonly string[] => findingsOf({ 'x.runbook.yaml': text }).map((each) => each.code);

function bomb(levels: number, line: (level: number) => string): string {
  return `${HEAD}${Array.from({ length: levels }, (_, level) => line(level + 1)).join('\n')}\n`;
}

describe('documents made to harm', () => {
  for (const [what, text] of [
    ['10,000 flow lists in each other', `${HEAD}x-a: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`],
    ['10,000 flow maps in each other', `${HEAD}x-a: ${'{ a: '.repeat(10_000)}1${'}'.repeat(10_000)}\n`],
    ['50,000 open flow lists', `${HEAD}x-a: ${'['.repeat(50_000)}\n`],
    ['2,000 block maps in each other', bomb(2000, (level) => `${'  '.repeat(level - 1)}x-a:`)],
    [
      'a bomb of aliases',
      bomb(
        20,
        (level) =>
          `x-${level}: &a${level} [${Array(9)
            .fill(level === 1 ? '1' : `*a${level - 1}`)
            .join(', ')}]`,
      ),
    ],
    [
      'a bomb of merge keys',
      bomb(30, (level) =>
        level === 1
          ? 'x-1: &m1 { k: 1 }'
          : `x-${level}: &m${level}\n  <<: [*m${level - 1}, *m${level - 1}]\n  k${level}: *m${level - 1}`,
      ),
    ],
  ] as const) {
    it(`ends with syntax/too-deep: ${what}`, () => {
      assert.ok(codes(text).includes('syntax/too-deep'), codes(text).join(' '));
    });
  }

  it('reads texts made to keep the patterns of the rules busy, soon', function () {
    this.timeout(60_000);
    for (const piece of [
      '\n',
      ' ',
      'psql ',
      'curl -u ',
      'mysql < ',
      'pg_restore ',
      'a | ',
      'ssh -i a ',
      '; echo ',
      'arn:aws:',
      'rsync ',
      'aws s3 rm ',
      'kubectl ',
      'mongorestore ',
      'terraform apply ',
      'dd ',
      'az ',
      'rm -r',
      'velero x restore x ',
      'patch kubectl ',
      'pg_ctl promote ',
      'docker run --a=b ',
      'echo "rm -rf /x"\n',
      'grep a || true\n',
    ]) {
      const text = JSON.stringify(`${piece.repeat(Math.ceil(400_000 / piece.length))}x`);
      const step = `{ id: a, run: ${text}, verify: ${text}, manual: ${text} }`;
      assert.ok(codes(`${HEAD}restore: { steps: [${step}] }\n`).length > 0, piece);
    }
  });

  it('looks for what became a comment in brackets that nobody closes, soon', function () {
    this.timeout(60_000);
    const line = `[ ${': #a'.repeat(450)}\n`;
    const text = `${HEAD}x-a:\n${Array.from({ length: 400 }, (_, index) => `  k${index}: ${line}`).join('')}`;
    assert.ok(codes(text).includes('syntax/yaml'));
  });

  it('brings the mend of many tabs with the first of them alone', () => {
    const lines = Array.from({ length: 2000 }, (_, index) => `\tb${index}: 1\n`);
    const fixes = findingsOf({ 'x.runbook.yaml': `${HEAD}x-a:\n${lines.join('')}` }).flatMap(
      (each) => each.fixes ?? [],
    );
    const counts = fixes.map(({ edits }) => edits.length);
    assert.equal(counts[0], lines.length);
    assert.deepEqual([...new Set(counts.slice(1))], [1]);
  });

  it('reads a command of many options, soon', () => {
    const options = Array.from({ length: 60 }, (_, index) => `--env=A${index}=1`).join(' ');
    const run = `docker run --rm ${options} postgres:16 psql`;
    assert.ok(
      !codes(`${HEAD}restore: { steps: [{ id: a, run: ${JSON.stringify(run)} }] }\n`).includes(
        'practice/unpinned-version',
      ),
    );
  });

  it('ends with an error on an alias of itself, as value and as merge key', () => {
    assert.ok(codes(`${HEAD}x-a: &a\n  b: *a\n  <<: *a\n`).some((code) => code.startsWith('syntax/')));
  });

  it('takes names of JavaScript for names: nothing is inherited, nothing is changed', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    const found = findingsOf({
      'p.runbook.yaml': `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: proto, __proto__: { polluted: yes }, constructor: { prototype: { polluted: yes } } }
__proto__: { polluted: yes, backups: { hidden: { tool: pg_dump } } }
x-a: &a { __proto__: { polluted: yes } }
environment: production
dataClass: toString
resources:
  __proto__: { kind: aws/s3-bucket, id: b, polluted: yes }
  constructor: { kind: aws/s3-bucket, id: "\${{ vars.__proto__ }}" }
  valueOf: { <<: *a, kind: aws/s3-bucket, id: "\${{ vars.hasOwnProperty }}" }
backups:
  __proto__: { of: toString, tool: pg_dump, in: { bucket: isPrototypeOf } }
  nightly: { of: hasOwnProperty, tool: pg_dump, in: { bucket: valueOf } }
restore:
  role: propertyIsEnumerable
  dependsOn: [__proto__, constructor]
  steps:
    - { id: __proto__, run: "echo \${{ resources.toString.id }} \${{ backups.valueOf.latest.uri }}", needs: [toLocaleString] }
dryRuns: { __proto__: { backup: toString, sandbox: { engine: constructor } } }
`,
      'p.policy.yaml': `apiVersion: drillbook/v1
kind: Policy
metadata: { name: __proto__ }
extends: constructor
classes: { __proto__: { rpo: 1h, polluted: yes }, constructor: { prototype: { polluted: yes } } }
severity: { __proto__: off, constructor: error, drift/missing: toString }
`,
      'q.policy.yaml':
        'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: constructor }\nextends: __proto__\nclasses: {}\n',
      'e.environment.yaml': `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
vars: { __proto__: { toString: x }, a: b }
aws: { accounts: { __proto__: { id: "123456789012", polluted: yes } } }
databases: { constructor: { engine: postgres, host: localhost, polluted: yes } }
`,
    });
    assert.equal(Object.getOwnPropertyNames(Object.prototype).join(), before);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    assert.equal((Object as unknown as Record<string, unknown>)['polluted'], undefined);
    const said = new Set(found.map((each) => `${each.code} ${each.message}`));
    const unknown = (code: string, name: string): void =>
      assert.ok(
        [...said].some((each) => each.startsWith(code) && each.includes(name)),
        `${code} of ${name}: ${[...said].join('\n')}`,
      );
    // What every object inherits is no resource, backup, step, class or variable.
    unknown('reference/unknown-class', 'toString');
    unknown('reference/unknown-resource', 'hasOwnProperty');
    unknown('reference/unknown-resource', 'isPrototypeOf');
    unknown('reference/unknown-resource', 'propertyIsEnumerable');
    unknown('reference/unknown-step', 'toLocaleString');
    unknown('reference/unknown-backup', 'toString');
    unknown('reference/unknown-expression', 'toString');
    unknown('reference/unknown-expression', 'valueOf');
    unknown('reference/unknown-expression', 'hasOwnProperty');
    unknown('reference/cycle', '__proto__');
    assert.ok(
      [...said].every((each) => !/\[object|function|native code/u.test(each)),
      [...said].join('\n'),
    );
  });
});
