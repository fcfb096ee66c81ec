/** The recovery plan: what waits for itself or for something that is not there is never said to be back. */
import assert from 'node:assert/strict';
import { parse } from '../../../server/src/core/document/parse.ts';
import { planMermaid, recoveryPlanOf, type RecoveryPlan } from '../../../server/src/core/recovery/plan.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';

const NONE = { entries: [], problems: [] };

/** Each runbook with what it depends on, an RTO of an hour, and its steps (ten minutes where left out). */
function planned(runbooks: Readonly<Record<string, readonly [string, string?]>>): RecoveryPlan {
  const files = Object.entries(runbooks).map(([name, [needs, steps]]) => ({
    file: `${name}/${name}.runbook.yaml`,
    parsed: parse(
      `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: ${name} }\nrestore:\n  rto: 1h\n  dependsOn: [${needs}]\n  steps: ${steps ?? "[{ id: s, run: 'true', timeout: 10m }]"}\n`,
    ),
  }));
  const workspace = buildWorkspace(files);
  return recoveryPlanOf(workspace, workspace.byKind('Runbook'), NONE);
}

describe('the recovery plan', () => {
  const minutes = (plan: RecoveryPlan): Readonly<Record<string, number | undefined>> =>
    Object.fromEntries(
      plan.runbooks.map((each) => [each.name, each.backMs === undefined ? undefined : each.backMs / 60_000]),
    );

  it('adds what comes one after another, and takes the longest of what goes side by side', () => {
    const plan = planned({
      net: [''],
      idp: ['net', "[{ id: a, run: 'true', timeout: 5m }, { id: b, needs: [], run: 'true', timeout: 20m }]"],
      cache: ['net'],
      shop: ['cache, idp', "[{ id: s, run: 'true', timeout: 40m }]"],
    });
    assert.deepEqual(minutes(plan), { net: 10, cache: 20, idp: 30, shop: 70 });
    assert.deepEqual(plan.criticalPath, ['net', 'idp', 'shop']);
    assert.equal(plan.wholeMs, 70 * 60_000);
    assert.deepEqual(
      plan.runbooks.map((each) => [each.name, each.verdict]),
      [
        ['net', 'in-time'],
        ['cache', 'in-time'],
        ['idp', 'in-time'],
        ['shop', 'late'],
      ],
    );
  });

  it('knows no time for a circle, for what waits for it, and for what waits for nothing that is there', () => {
    const plan = planned({ x: ['y'], y: ['z'], z: ['x'], w: ['x'], self: ['self'], ghostly: ['ghost'], fine: [''] });
    assert.deepEqual(
      Object.entries(minutes(plan)).filter(([, back]) => back !== undefined),
      [['fine', 10]],
    );
    assert.ok(plan.runbooks.every((each) => each.name === 'fine' || each.verdict === 'unknown'));
    assert.equal(plan.wholeMs, undefined);
    assert.deepEqual(plan.missing, ['ghost']);
    assert.deepEqual(plan.cycles.map((each) => each.join()).sort(), ['self,self', 'x,y,z,x']);
    const drawn = planMermaid(plan, String);
    assert.match(drawn, /-\. circle \.->/u);
    assert.match(drawn, /"ghost<br\/>not there"/u);
  });
});
