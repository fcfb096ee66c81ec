/** The last decided run of a dry run, of one of its scenarios or of the drill failed. */
import { cadenceIn } from '../cadenceView.ts';
import { runbookRule } from '../say.ts';

export const failed = runbookRule(
  { id: 'evidence/failed', severity: 'error', title: 'The last run failed.' },
  (view, say, context) => {
    if (context.evidence.entries.length === 0) return;
    for (const record of cadenceIn(context, view).failed) {
      const drill = record.level === 5 || record.dryRun === undefined;
      const scenario = record.scenario === undefined ? '' : ` under scenario ${record.scenario}`;
      const what = drill ? `The drill of ${view.name}` : `Dry run ${record.dryRun ?? ''}${scenario}`;
      const mend = drill
        ? 'mend what went wrong and drill again'
        : `see drillbook evidence show ${record.id}, mend it and run it again`;
      say(
        drill ? ['restore'] : ['dryRuns', record.dryRun ?? ''],
        `${what} failed on ${record.finishedAt.slice(0, 10)}, so this backup may not come back: ${mend}.`,
        { at: 'key', data: { evidence: record.id } },
      );
    }
  },
);
