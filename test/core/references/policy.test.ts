/** Which policy and class apply, merged how, and why in words. */
import assert from 'node:assert/strict';
import { parse } from '../../../server/src/core/document/parse.ts';
import { matchesGlob } from '../../../server/src/core/references/glob.ts';
import { policyOf } from '../../../server/src/core/references/policy.ts';
import { whyEnvironment } from '../../../server/src/core/references/environment.ts';
import { entryOf, workspaceOf } from '../../support/workspaces.ts';

const runbook = (name: string, dataClass = 'critical'): string =>
  `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: ${name} }\ndataClass: ${dataClass}\n`;
const policy = (name: string, rest: string): string =>
  `apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: ${name} }\n${rest}`;

describe('the policy that applies', () => {
  it('is the nearest one', () => {
    const workspace = workspaceOf({
      'root.policy.yaml': policy('root', 'classes: { critical: { rpo: 1d } }\n'),
      'shop/near.policy.yaml': policy('near', 'classes: { critical: { rpo: 1h } }\n'),
      'shop/books/a.yaml': runbook('a'),
      'else/b.yaml': runbook('b'),
    });
    assert.deepEqual(policyOf(entryOf(workspace, 'shop/books/a.yaml'), workspace)?.class, { rpo: '1h' });
    assert.deepEqual(policyOf(entryOf(workspace, 'else/b.yaml'), workspace)?.class, { rpo: '1d' });
    assert.match(
      policyOf(entryOf(workspace, 'shop/books/a.yaml'), workspace)?.why ?? '',
      /near \(shop\/near\.policy\.yaml\) applies.*nearer than root\.policy\.yaml.*Class critical comes from near/,
    );
  });

  it('is another one as soon as a policy changes, comes or goes, and the same when only a runbook does', () => {
    const workspace = workspaceOf({
      'root.policy.yaml': policy('root', 'classes: { critical: { rpo: 1d } }\n'),
      'shop/a.yaml': runbook('a'),
    });
    const asked = (): unknown => policyOf(entryOf(workspace, 'shop/a.yaml'), workspace)?.class;
    const first = asked();
    workspace.set('shop/b.yaml', parse(runbook('b')));
    assert.equal(asked(), first);
    // Moved by a comment, and so at another place.
    workspace.set('root.policy.yaml', parse(`# Ours.\n${policy('root', 'classes: { critical: { rpo: 1d } }\n')}`));
    const [applying] = policyOf(entryOf(workspace, 'shop/a.yaml'), workspace)?.applying ?? [];
    assert.equal(applying, entryOf(workspace, 'root.policy.yaml'));
    workspace.set('shop/near.policy.yaml', parse(policy('near', 'classes: { critical: { rpo: 1h } }\n')));
    assert.deepEqual(asked(), { rpo: '1h' });
    workspace.remove('shop/near.policy.yaml');
    assert.deepEqual(asked(), { rpo: '1d' });
  });

  it('is told by appliesTo, relative to its own folder', () => {
    const workspace = workspaceOf({
      'policies/p.policy.yaml': policy(
        'p',
        'appliesTo: ["../shop/**", "!../shop/old/**"]\nclasses: { critical: { rpo: 1h } }\n',
      ),
      'shop/a.yaml': runbook('a'),
      'shop/old/b.yaml': runbook('b'),
      'c.yaml': runbook('c'),
    });
    const applies = (file: string): boolean => policyOf(entryOf(workspace, file), workspace) !== undefined;
    assert.deepEqual(['shop/a.yaml', 'shop/old/b.yaml', 'c.yaml'].map(applies), [true, false, false]);
  });

  it('is merged with what it extends, key by key, the nearer winning', () => {
    const workspace = workspaceOf({
      'a.yaml': runbook('a'),
      'acme.policy.yaml': policy(
        'acme',
        'extends: base\nclasses: { critical: { rpo: 1h, verify: { drill: { every: 30d } } } }\nseverity: { drift/missing: warning }\n',
      ),
      'base.policy.yaml': policy(
        'base',
        'classes: { critical: { rpo: 2h, rto: 4h, verify: { drill: { every: 90d }, checksum: every-backup } }, other: {} }\nseverity: { drift/region: off }\n',
      ),
    });
    const found = policyOf(entryOf(workspace, 'a.yaml'), workspace);
    assert.deepEqual(found?.class, {
      rpo: '1h',
      rto: '4h',
      verify: { drill: { every: '30d' }, checksum: 'every-backup' },
    });
    assert.deepEqual(found.severity, { 'drift/missing': 'warning', 'drift/region': 'off' });
    assert.deepEqual(Object.keys(found.classes).sort(), ['critical', 'other']);
    assert.deepEqual(
      found.applying.map((each) => each.name),
      ['acme'],
      'a base applies through the one that extends it',
    );
  });

  it('ends a circle of extends', () => {
    const workspace = workspaceOf({
      'a.yaml': runbook('a'),
      'p.yaml': policy('p', 'extends: q\n'),
      'x/q.yaml': policy('q', 'extends: p\nclasses: { critical: { rpo: 1h } }\n'),
    });
    assert.deepEqual(policyOf(entryOf(workspace, 'a.yaml'), workspace)?.class, { rpo: '1h' });
  });

  it('says why an environment applies', () => {
    const environment = (name: string): string =>
      `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: ${name} }\n`;
    const workspace = workspaceOf({
      'shop/a.yaml': runbook('a'),
      'shop/e.yaml': environment('near'),
      'e.yaml': environment('far'),
    });
    assert.match(
      whyEnvironment(entryOf(workspace, 'shop/a.yaml'), workspace),
      /near of shop\/e\.yaml.*only one in shop/,
    );
  });
});

describe('path patterns', () => {
  const cases: readonly (readonly [string, string, string, boolean])[] = [
    ['**', 'a/b.yaml', '', true],
    ['**', 'a/b.yaml', 'a', true],
    ['**', 'ab/b.yaml', 'a', false],
    ['runbooks/**', 'runbooks/x/y.yaml', '', true],
    ['runbooks/**', 'other/x.yaml', '', false],
    ['runbooks', 'runbooks/x.yaml', '', true],
    ['runbooks/', 'runbooks/x.yaml', '', true],
    ['*.yaml', 'a.yaml', '', true],
    ['*.yaml', 'x/a.yaml', '', false],
    ['**/*.yaml', 'a.yaml', '', true],
    ['**/db/*.yaml', 'x/y/db/a.yaml', '', true],
    ['{orders,pay*}/**', 'payments/a.yaml', '', true],
    ['{orders,x/y}/*', 'x/y/a.yaml', '', true],
    ['./a?.yaml', 'team/ab.yaml', 'team', true],
    ['../x/**', 'x/a.yaml', 'team', true],
    ['../../x/**', 'x/a.yaml', 'team', false],
    ['[ab].yaml', 'b.yaml', '', true],
    ['[!ab].yaml', 'b.yaml', '', false],
    ['a+(b).yaml', 'a+(b).yaml', '', true],
    ['[z-a].yaml', 'b.yaml', '', false],
  ];
  for (const [pattern, file, folder, expected] of cases) {
    it(`${pattern} in "${folder}" ${expected ? 'fits' : 'does not fit'} ${file}`, () => {
      assert.equal(matchesGlob(pattern, file, folder), expected);
    });
  }
});
