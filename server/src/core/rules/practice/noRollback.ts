/** A step that destroys or switches something over has no way back. */
import { opinion } from '../say.ts';
import { anyOf } from '../../anyOf.ts';

import { commandsOf } from './commands.ts';
import { destroys } from './destroys.ts';
import { shortened } from '../words.ts';

/** A cheap look first. */
const WORDS = anyOf(['change-resource', '--new-db-', 'failover-db', 'promote', 'rename', 'patch']);
/** Bounded, as in `destroys.ts`. */
const SWITCHES =
  /\bchange-resource-record-sets\b|\bmodify-db-(?:instance|cluster)\b[^\n]{0,999}--new-db-|\bfailover-db-cluster\b|\bpromote-read-replica\b|\bpg_ctl\b[^\n]{0,999}\bpromote\b|\bpg_promote\b|\balter\s+database\b[^\n]{0,999}\brename\b|\bkubectl\b[^\n]{0,999}\bpatch\s+(?:svc|service)\b/iu;

export const noRollback = opinion(
  { id: 'practice/no-rollback', title: 'A step that switches over or destroys has no rollback.' },
  (view, say) => {
    const runs = new Map(commandsOf(view).flatMap((each) => (each.key === 'run' ? [[each.step, each] as const] : [])));
    for (const step of view.steps) {
      if (step.run === undefined || step.rollback !== undefined) continue;
      const known = runs.get(step);
      const same = known?.text === step.run ? known : undefined;
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
