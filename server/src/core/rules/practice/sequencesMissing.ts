/** Rows are loaded without their sequences: the first insert collides with a row that is already there. */
import { opinion, spanOf } from '../say.ts';
import { anyOf } from '../../anyOf.ts';
import { allText, commandsOf } from './commands.ts';

/** A cheap look first. */
const PARTIAL = anyOf(['copy', '-t', '--table']);
const ROWS_ONLY =
  /\\copy\s+\S+[^\n]*\bfrom\b|\bcopy\s+[\w."]+(?:\s*\([^)]*\))?\s+from\b|\bpg_restore\b[^\n;]*\s(?:-t|--table)[= ]/iu;

export const sequencesMissing = opinion(
  { id: 'practice/sequences-missing', title: 'Rows come back without their sequences.' },
  (view, say) => {
    if (!commandsOf(view).some(({ low }) => PARTIAL.test(low))) return;
    if (/setval|restart\s+(?:identity|with)|sequences?/iu.test(allText(view))) return;
    for (const command of commandsOf(view)) {
      if (command.key !== 'run') continue;
      const found = ROWS_ONLY.exec(command.text)?.[0];
      if (found === undefined) continue;
      say(
        command.path,
        `${command.title} brings rows back without their sequences, so the first insert will collide: add a step that calls setval for each.`,
        spanOf(view.entry, command.path, found),
      );
      return;
    }
  },
);
