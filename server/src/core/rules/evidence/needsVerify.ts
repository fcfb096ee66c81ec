/** What the last passed restore proved has changed since: the proof is of another runbook. */
import { cadenceIn } from '../cadenceView.ts';
import { runbookRule } from '../say.ts';

export const needsVerify = runbookRule(
  { id: 'evidence/needs-verify', title: 'What was proven has changed since.' },
  (view, say, context) => {
    if (context.evidence.entries.length === 0) return;
    for (const { dryRun, last } of cadenceIn(context, view).needsVerify) {
      say(
        dryRun === undefined ? ['restore'] : ['dryRuns', dryRun],
        `The resources, backups or restore steps of ${view.name} have changed since dry run ${dryRun ?? ''} passed on ${last.finishedAt.slice(0, 10)}, so it no longer proves them: run drillbook dry-run ${view.name}#${dryRun ?? ''}.`,
        { at: 'key', data: { evidence: last.id } },
      );
    }
  },
);
