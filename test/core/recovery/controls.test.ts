/** Evidence is mapped to the audit frameworks that the policy names, and to no other. */
import assert from 'node:assert/strict';
import { parse } from '../../../server/src/core/document/parse.ts';
import { controlsOf } from '../../../server/src/core/recovery/controls.ts';
import { planDryRun } from '../../../server/src/core/recovery/dryRunPlan.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';
import { folderRunbook } from '../../support/dryRun.ts';

const policy = (more: string): string =>
  `apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: acme }\nclasses: { c: { rpo: 1d, rto: 1d } }\n${more}\n`;

describe('audit controls', () => {
  const planned = (documents: Readonly<Record<string, string>>): readonly string[] | undefined => {
    const files = Object.entries({ 'a.runbook.yaml': folderRunbook(), ...documents }).map(([file, text]) => ({
      file,
      parsed: parse(text),
    }));
    const workspace = buildWorkspace(files);
    const entry = workspace.byKind('Runbook')[0];
    assert.ok(entry);
    const made = planDryRun(entry, workspace, { root: '/' });
    assert.ok('plan' in made);
    return made.plan.frameworks;
  };
  const frameworks = (...named: Parameters<typeof controlsOf>): readonly string[] =>
    [...new Set(controlsOf(...named).map((each) => each.framework))].sort();

  it('are those of the policy that applies, and of every framework where it names none', () => {
    assert.deepEqual(planned({ 'a.policy.yaml': policy('controls: [soc2, dora]') }), ['soc2', 'dora']);
    assert.equal(planned({ 'a.policy.yaml': policy('') }), undefined);
    assert.deepEqual(frameworks('dry-run', 3, 'passed', ['soc2', 'dora']), ['dora', 'soc2']);
    assert.deepEqual(frameworks('dry-run', 3, 'failed'), ['dora', 'hipaa', 'iso27001', 'pci-dss', 'soc2']);
    assert.deepEqual(frameworks('dry-run', 3, 'inconclusive', ['soc2']), []);
  });
});
