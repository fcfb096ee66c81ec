/** A dry run asks nothing of the restored data: an empty database would pass. */
import { opinion } from '../say.ts';

export const dryRunWithoutChecks = opinion(
  { id: 'practice/dry-run-without-checks', title: 'A dry run asks nothing of the restored data.' },
  (view, say) => {
    for (const dryRun of view.dryRuns) {
      if (!dryRun.sandbox || dryRun.checks.length > 0) continue;
      const said = dryRun.value['checks'] !== undefined;
      say(
        said ? [...dryRun.path, 'checks'] : dryRun.path,
        `Dry run ${dryRun.name} has no checks, so an empty restore would pass: ask for rows that must be there and for the newest of them.`,
        { at: 'key' },
      );
    }
  },
);
