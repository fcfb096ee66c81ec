/** A step that destroys or switches something over has no way back. */
import { opinion } from '../say.ts';
import { anyOf } from '../anyOf.ts';

import { commandsOf } from './commands.ts';
import { destroys } from './destroys.ts';
import { shortened } from '../words.ts';

/** A cheap look first. */
const WORDS = anyOf(['change-resource', '--new-db-', 'failover-db', 'promote', 'rename', 'patch']);
const SWITCHES =
  /\bchange-resource-record-sets\b|\bmodify-db-(?:instance|cluster)\b[^\n]*--new-db-|\bfailover-db-cluster\b|\bpromote-read-replica\b|\bpg_ctl\b[^\n]*\bpromote\b|\bpg_promote\b|\balter\s+database\b[^\n]*\brename\b|\bkubectl\b[^\n]*\bpatch\s+(?:svc|service)\b/iu;

export const noRollback = opinion(
  { id: 'practice/no-rollback', title: 'A step that switches over or destroys has no rollback.' },
  (view, say) => {
    const commands = commandsOf(view);
    for (const step of view.steps) {
      if (step.run === undefined || step.rollback !== undefined) continue;
      const same = commands.find((each) => each.step === step && each.key === 'run' && each.text === step.run);
      const low = same?.low ?? step.run.toLowerCase();
      const found =
        (WORDS.test(low) ? SWITCHES.exec(step.run)?.[0] : undefined) ??
        (same === undefined ? destroys(step.run, low) : same.destroyed());
      if (found === undefined) continue;
      say(
        [...step.path, 'run'],
        `Step ${step.title} can't be taken back (${shortened(found)}) and has no rollback: say how to return to the state before, or that there is no way back.`,
      );
    }
  },
);
