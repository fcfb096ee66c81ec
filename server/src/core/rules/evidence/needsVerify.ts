/** What the last passed restore proved has changed since: the runbook, the backup's tool, or what is live. */
import { changeWords } from '../../recovery/provenBefore.ts';
import { cadenceIn } from '../cadenceView.ts';
import type { EvidenceEntry } from '../rule.ts';
import { runbookRule } from '../say.ts';

export const needsVerify = runbookRule(
  { id: 'evidence/needs-verify', title: 'What was proven has changed since.' },
  (view, say, context) => {
    if (context.evidence.entries.length === 0) return;
    for (const { dryRun, last, changes } of cadenceIn(context, view).needsVerify) {
      say(['dryRuns', dryRun], needsVerifyMessage(view.name, dryRun, last, changeWords(changes)), {
        at: 'key',
        data: { evidence: last.id },
      });
    }
  },
);

/** One sentence; `changes` is empty where the runbook itself has changed. */
export function needsVerifyMessage(runbook: string, dryRun: string, last: EvidenceEntry, changes: string): string {
  const passed = `since dry run ${dryRun} passed on ${last.finishedAt.slice(0, 10)}`;
  const what =
    changes === ''
      ? `The resources, backups or restore steps of ${runbook} have changed ${passed}`
      : `What ${runbook} restores from has changed ${passed} (${changes})`;
  return `${what}, so it no longer proves them: run drillbook dry-run ${runbook}#${dryRun}.`;
}
