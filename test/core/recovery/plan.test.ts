/** The recovery plan: what waits for itself or for something that is not there is never said to be back. */
import assert from 'node:assert/strict';
import { parse } from '../../../server/src/core/document/parse.ts';
import { planMermaid, recoveryPlanOf, type RecoveryPlan } from '../../../server/src/core/recovery/plan.ts';
import type { EvidenceSummary } from '../../../server/src/core/rules/rule.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';

const NONE: EvidenceSummary = { entries: [], problems: [] };

/** Each runbook with what it depends on, an RTO of an hour, and its steps (ten minutes where left out). */
function planned(
  runbooks: Readonly<Record<string, readonly [string, string?]>>,
  evidence: EvidenceSummary = NONE,
): RecoveryPlan {
  const files = Object.entries(runbooks).map(([name, [needs, steps]]) => ({
    file: `${name}/${name.split('/').pop()}.runbook.yaml`,
    parsed: parse(
      `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: ${name.split('/').pop()} }\nrestore:\n  rto: 1h\n  dependsOn: [${needs}]\n  steps: ${steps ?? "[{ id: s, run: 'true', timeout: 10m }]"}\n`,
    ),
  }));
  const workspace = buildWorkspace(files);
  return recoveryPlanOf(workspace, workspace.byKind('Runbook'), evidence);
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
    const drawn = planMermaid(plan, String);
    assert.match(drawn, /class r0,r2,r3 critical/u);
    assert.match(drawn, /classDef late stroke:#c00\n {2}class r3 late/u);
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
    // One runbook that nothing waits for is no longest way.
    assert.deepEqual(plan.criticalPath, []);
    assert.ok(plan.runbooks.every((each) => !each.critical));
    assert.deepEqual(plan.missing, ['ghost']);
    assert.deepEqual(plan.cycles.map((each) => each.join()).sort(), ['self,self', 'x,y,z,x']);
    const drawn = planMermaid(plan, String);
    assert.match(drawn, /-\. circle \.->/u);
    assert.match(drawn, /"ghost<br\/>not there"/u);
    const ghostly = plan.runbooks.findIndex((each) => each.name === 'ghostly');
    assert.ok(drawn.includes(`m0 -.-> r${ghostly}\n`), drawn);
  });

  it('draws two runbooks of one name as two, each with what waits for it', () => {
    const plan = planned({ 'a/db': [''], 'b/db': [''], 'a/db/app': ['db'], 'b/db/web': ['db'] });
    const drawn = planMermaid(plan, String);
    const at = (file: string): number => plan.runbooks.findIndex((each) => each.file.startsWith(file));
    assert.equal(drawn.match(/\["db<br/gu)?.length, 2);
    assert.deepEqual(
      drawn.match(/r\d --> r\d/gu)?.sort(),
      [`r${at('a/db/db.')} --> r${at('a/db/app/')}`, `r${at('b/db/db.')} --> r${at('b/db/web/')}`].sort(),
      drawn,
    );
  });

  it('adds what people do to a measured time, but what they confirmed during the run only once', () => {
    const steps = '[{ id: say, manual: Tell them., effort: 5m }, { id: cut, manual: Cut over., effort: 7m }]';
    const passed: EvidenceSummary['entries'][number] = {
      id: '1',
      runbook: 'shop',
      level: 3,
      result: 'passed',
      proves: 'runbook',
      elapsedMs: 20 * 60_000,
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: '2026-01-01T00:20:00Z',
    };
    const taken = (more: object): number | undefined =>
      minutes(planned({ shop: ['', steps] }, { entries: [{ ...passed, ...more }], problems: [] }))['shop'];
    assert.equal(taken({}), 32);
    assert.equal(taken({ confirmedSteps: ['say'] }), 27);
    assert.equal(taken({ confirmedSteps: ['say', 'cut'] }), 20);
    assert.equal(taken({ level: 5 }), 20);
  });
});
