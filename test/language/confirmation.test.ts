/** What a person is shown before a dry run: every command of the documents that it would run. */
import assert from 'node:assert/strict';
import { parse } from '../../server/src/core/document/parse.ts';
import { planDryRun } from '../../server/src/core/recovery/dryRunPlan.ts';
import { buildWorkspace } from '../../server/src/core/workspaceIndex.ts';
import { confirmationOf } from '../../server/src/language/dryRuns.ts';
import type { DryRunPlan } from '../../server/src/protocol.ts';

const RUNBOOK = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders }
backups:
  n: { tool: command, command: { find: "./find.sh\\n ./more.sh", restore: "${'x'.repeat(600)}" } }
restore: { steps: [{ id: a, run: ./a.sh, verify: ./b.sh, rollback: ./z.sh }, { id: c, manual: Wait. }] }
dryRuns:
  own: { backup: n, steps: true, sandbox: { engine: files } }
  tool: { backup: n, sandbox: { engine: files } }
`;

function planOf(name: string, level: number): DryRunPlan {
  const workspace = buildWorkspace([{ file: 'a.runbook.yaml', parsed: parse(RUNBOOK) }]);
  const entry = workspace.byKind('Runbook')[0];
  assert.ok(entry);
  const planned = planDryRun(entry, workspace, { root: '/w', name, level });
  assert.ok('plan' in planned, JSON.stringify(planned));
  return confirmationOf(planned.plan, undefined);
}

function notesOf(name: string, level: number): readonly string[] {
  return planOf(name, level).notes;
}

describe('the confirmation of a dry run', () => {
  it('shows the commands of a backup of tool command, at every level that runs them', () => {
    const shown = [
      'Runs for backup "n" (find): ./find.sh ⏎ ./more.sh',
      `Runs for backup "n" (restore): ${'x'.repeat(500)}… and 100 more characters`,
    ];
    for (const level of [1, 2, 3])
      assert.deepEqual(
        notesOf('tool', level).filter((note) => note.startsWith('Runs')),
        shown,
      );
    assert.deepEqual(
      notesOf('tool', 0).filter((note) => note.startsWith('Runs')),
      [],
    );
  });

  it("shows the runbook's own steps where they are run", () => {
    const notes = notesOf('own', 3);
    for (const each of ['Runs (run): ./a.sh', 'Runs (verify): ./b.sh', 'Runs (rollback): ./z.sh'])
      assert.ok(notes.includes(each), notes.join('\n'));
    assert.ok(!notesOf('tool', 3).some((note) => note.includes('a.sh')));
  });

  it('says below a restore nothing of what only a restore does, nor that it proves the steps', () => {
    const plan = planOf('own', 2);
    assert.deepEqual([plan.proves, plan.notes], ['backup', notesOf('tool', 2)]);
    assert.ok(!plan.notes.some((note) => /step|RTO/u.test(note)), plan.notes.join('\n'));
    assert.deepEqual(planOf('own', 0).reads, []);
    assert.equal(planOf('own', 3).proves, 'runbook');
  });
});
