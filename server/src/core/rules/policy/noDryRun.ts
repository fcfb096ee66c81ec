/** The class asks for a restore test, and the runbook has nothing that could be tested. */
import { at, textOf } from '../read.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

export const noDryRun = runbookRule(
  { id: 'policy/no-dry-run', title: 'The class asks for a restore test, and there is no dry run.' },
  (view, say) => {
    const every = textOf(at(view.class?.value, 'verify', 'restoreTest', 'every'));
    const [first] = view.backups;
    if (every === undefined || view.dryRuns.length > 0 || !first || view.replication) return;
    say(
      ['backups'],
      `Runbook ${view.name} has no dryRuns, but ${classWords(view)} asks for a restore test every ${every}: add a dry run of backup ${first.name}.`,
      { at: 'key' },
    );
  },
);
