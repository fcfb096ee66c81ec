/** Policies that no runbook is held to: what their patterns say, and what was meant. */
import assert from 'node:assert/strict';
import { checkWorkspace } from '../../../../server/src/app/checkWorkspace.ts';
import type { Finding } from '../../../../server/src/core/finding.ts';
import { workspaceOf } from '../../../support/workspaces.ts';

function found(policyFile: string, appliesTo: string, runbookFile: string): readonly Finding[] {
  const workspace = workspaceOf({
    [policyFile]: `apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: p }\nappliesTo: ${appliesTo}\nclasses: {}\n`,
    [runbookFile]: 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: a }\n',
  });
  return checkWorkspace(workspace, { now: 0, evidence: { entries: [], problems: [] } }).filter(
    ({ code }) => code === 'policy/applies-to-nothing',
  );
}

describe('a policy that no runbook is held to', () => {
  it('is told where its pattern is one from the root, with what to write', () => {
    const [finding] = found('policies/p.policy.yaml', '[nowhere/**, runbooks/**]', 'runbooks/a.yaml');
    assert.match(
      finding?.message ?? '',
      /patterns are seen from the policy's folder policies: write \/runbooks\/\*\*\.$/u,
    );
    assert.deepEqual(finding?.path, ['appliesTo', 1]);
    assert.deepEqual(
      finding.fixes?.map(({ edits }) => edits.map(({ newText }) => newText)),
      [['"/runbooks/**"']],
    );
  });

  it('is none where the pattern leads there', () => {
    for (const pattern of ['/runbooks/**', '../runbooks/**', '../**'])
      assert.deepEqual(found('policies/p.policy.yaml', `["${pattern}"]`, 'runbooks/a.yaml'), [], pattern);
  });

  it('is told its patterns alone where they fit from nowhere', () => {
    const [finding] = found('policies/p.policy.yaml', '[runbook/**]', 'runbooks/a.yaml');
    assert.match(finding?.message ?? '', /fits not the one runbook there is, or a nearer policy does/u);
    assert.deepEqual(finding?.path, ['appliesTo']);
  });
});
