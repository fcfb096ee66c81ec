/** The restore steps are scripts that no dry run ever runs: only the backup tool's own way back is tested. */
import { at } from '../read.ts';
import { opinion } from '../say.ts';

export const testedByBackupTool = opinion(
  { id: 'practice/tested-by-backup-tool', title: 'Recovery is tested only through the backup tool.' },
  (view, say) => {
    if (at(view.class?.value, 'verify', 'restoreTest', 'proves') === 'runbook') return; // policy/proves says it
    const scripts = view.steps.filter((step) => step.run !== undefined).length;
    const [first] = view.dryRuns;
    if (scripts === 0 || !first || view.dryRuns.some((dryRun) => dryRun.steps)) return;
    say(
      first.path,
      `No dry run of ${view.name} runs its own ${scripts === 1 ? 'step' : `${scripts} scripted steps`}, so only the backup tool is tested: add a dry run with steps: true.`,
      { at: 'key' },
    );
  },
);
