/** A logical restore leaves Postgres without statistics: the first queries after it are the slowest of all. */
import { opinion, spanOf } from '../say.ts';
import { allText, commandsOf } from './commands.ts';
import { restoresIn } from './restores.ts';

const ANALYZES = /\banaly[sz]e\b|--analyze|vacuumdb/i;

export const statisticsMissing = opinion(
  { id: 'practice/statistics-missing', title: 'A restored Postgres has no statistics.' },
  (view, say) => {
    for (const command of commandsOf(view)) {
      if (command.key !== 'run') continue;
      const restore = restoresIn(view, command).find(({ program: by }) => by === 'pg_restore' || by === 'psql');
      if (restore === undefined) continue;
      if (ANALYZES.test(allText(view))) return;
      const { program } = restore;
      say(
        command.path,
        `${command.title} restores with ${program}, which brings no planner statistics, and no step runs ANALYZE: add vacuumdb --analyze-in-stages before traffic comes back.`,
        spanOf(view.entry, command.path, program),
      );
      return;
    }
  },
);
