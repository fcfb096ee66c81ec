/** Owners of a wrong type are the schema's to tell: no rule counts them as well. */
import assert from 'node:assert/strict';
import { checkFile } from '../../../../server/src/app/checkWorkspace.ts';
import { workspaceOf } from '../../../support/workspaces.ts';

const HEAD = 'apiVersion: drillbook/v1\n';
const RUNBOOK = 'a.runbook.yaml';

function codes(owners: string, policy = ''): string[] {
  const workspace = workspaceOf({
    [RUNBOOK]: `${HEAD}kind: Runbook\nmetadata: { name: a, owners: ${owners} }\ndataClass: c\nresources: { r: { kind: aws/kms-key, id: k } }\n`,
    'p.policy.yaml': `${HEAD}kind: Policy\nmetadata: { name: p }\nclasses: { c: { rto: 1h${policy} } }\n`,
  });
  return checkFile(workspace, RUNBOOK, { now: 0, evidence: { entries: [], problems: [] } })
    .map(({ code }) => code)
    .filter((code) => ['schema/type', 'practice/single-owner', 'policy/owners'].includes(code));
}

describe('owners of a wrong type', () => {
  it('are one finding each, of the schema', () => {
    assert.deepEqual(codes('[Payments, { name: Ops }]'), ['schema/type']);
    assert.deepEqual(codes('[5]'), ['schema/type']);
    assert.deepEqual(codes('Payments'), ['schema/type']);
    assert.deepEqual(codes('[Payments]', ', owners: 2'), ['schema/type']);
  });

  it('are counted where they are owners', () => {
    assert.deepEqual(codes('[{ name: Ops }]'), ['practice/single-owner']);
    assert.deepEqual(codes('[]'), ['practice/single-owner']);
    assert.deepEqual(codes('[{ name: Ops }]', ', owners: 2'), ['policy/owners']);
    assert.deepEqual(codes('[{ name: Ops }, { contact: "#dev" }]', ', owners: 2'), []);
  });
});
