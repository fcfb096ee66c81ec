/** The recovery plan drawn: boxes and arrows, what is late, and the same in words. */
import assert from 'node:assert/strict';
import { readiness, readinessPlan, renderReadiness } from '../../../server/src/app/readiness.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import { planGraph } from '../../../server/src/core/recovery/planSvg.ts';
import { formatDuration } from '../../../server/src/core/values/duration.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';
import type { Workspace } from '../../../server/src/core/workspace.ts';

const EVIDENCE = { entries: [], problems: [] };

function workspaceOf(runbooks: Readonly<Record<string, { after?: readonly string[]; rto?: string }>>): Workspace {
  return buildWorkspace(
    Object.entries(runbooks).map(([name, { after = [], rto = '1h' }]) => ({
      file: `${name.replace(/\W/gu, '-')}.runbook.yaml`,
      parsed: parse(
        `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: ${JSON.stringify(name)} }\nrestore:\n  rto: ${rto}\n  dependsOn: ${JSON.stringify(after)}\n`,
      ),
    })),
  );
}

describe('the recovery plan as a graph', () => {
  it('draws a box a runbook and an arrow a dependency, and leaves out what stands alone', () => {
    const workspace = workspaceOf({ identity: {}, orders: { after: ['identity'] }, alone: {} });
    const graph = planGraph(readinessPlan(workspace, EVIDENCE), formatDuration);
    assert.ok(graph);
    assert.equal(graph.svg.match(/<rect /gu)?.length, 2);
    assert.equal(graph.svg.match(/class="edge/gu)?.length, 1);
    assert.ok(!graph.svg.includes('alone'));
    assert.match(
      graph.sentences[1] ?? '',
      /^orders after identity: back after 2h: late of an RTO of 1h, on the critical/u,
    );
  });

  it('draws nothing where nothing depends on anything', () => {
    assert.equal(planGraph(readinessPlan(workspaceOf({ one: {}, two: {} }), EVIDENCE), formatDuration), undefined);
  });

  it('says what goes in a circle or is missing, and never draws a name as markup', () => {
    const workspace = workspaceOf({ a: { after: ['b'] }, b: { after: ['a', 'gone'] }, '<i>': { after: ['a'] } });
    const graph = planGraph(readinessPlan(workspace, EVIDENCE), formatDuration);
    assert.ok(graph);
    assert.ok(graph.sentences.some((each) => /circle/u.test(each)));
    assert.ok(graph.sentences.some((each) => each === 'gone is depended on and not there.'));
    assert.ok(!graph.svg.includes('<i>'));
  });

  it('stands in the readiness page, whose cells say their heading in a narrow panel', () => {
    const workspace = workspaceOf({ identity: {}, orders: { after: ['identity'] } });
    const report = readiness(workspace, { evidence: EVIDENCE, now: 0 });
    const html = renderReadiness(report, 'html', readinessPlan(workspace, EVIDENCE));
    assert.match(html, /<h2>Recovery plan<\/h2>[\s\S]*<svg class="plan"/u);
    assert.match(html, /@media screen and \(max-width/u);
    // A sheet of paper is narrow too, and a table is what belongs on it.
    assert.match(html, /@page \{ size: landscape/u);
    assert.equal(html.match(/data-label="Last restore"/gu)?.length, 2);
    assert.ok(!renderReadiness(report, 'html').includes('<svg class="plan"'));
  });
});
