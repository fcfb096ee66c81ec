/** The class asks for a restore test that proves the runbook itself, and no dry run runs the runbook's own steps. */
import { addKey, replaceValue } from '../edits.ts';
import { at } from '../read.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

export const proves = runbookRule(
  { id: 'policy/proves', title: 'No dry run proves the runbook, though the class asks for it.' },
  (view, say) => {
    if (at(view.class?.value, 'verify', 'restoreTest', 'proves') !== 'runbook') return;
    const [first] = view.dryRuns;
    if (!first || view.dryRuns.some((dryRun) => dryRun.steps)) return;
    const said = first.value['steps'] !== undefined;
    say(
      said ? [...first.path, 'steps'] : first.path,
      `Dry run ${first.name} proves the backup only, but ${classWords(view)} asks for a restore test that proves the runbook: set steps: true, so that its own steps are run.`,
      said
        ? { fixes: replaceValue(view.entry, [...first.path, 'steps'], 'true', 'Run the steps') }
        : { at: 'key', fixes: addKey(view.entry, first.path, 'steps', 'true', 'Run the steps') },
    );
  },
);
