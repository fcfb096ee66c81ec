/** A restore program goes on after an error unless it is told not to, and it is not told. */
import { opinion, spanOf } from '../say.ts';
import { anyOf } from '../../anyOf.ts';
import { commandsOf } from './commands.ts';
import { joinedLines } from './shell.ts';

interface Program {
  readonly name: string;
  /** The program at work on a restore. */
  readonly restores: RegExp;
  readonly stops: RegExp;
  readonly mend: string;
}

/** A cheap look first. */
const WORDS = anyOf(['psql', 'pg_restore', 'mysql', 'mariadb']);

const PROGRAMS: readonly Program[] = [
  {
    name: 'psql',
    // With -c alone psql ends with the status of its command; it is files and pipes that go on.
    restores:
      /\bpsql\b(?![^\n;]*\s(?:-c|--command)\b)[^\n;]*(?:\s-f\b|\s--file\b|<)|\|\s*psql\b(?![^\n;]*\s(?:-c|--command)\b)/u,
    stops: /ON_ERROR_STOP|\s(?:-1|--single-transaction)\b/u,
    mend: 'with -v ON_ERROR_STOP=1',
  },
  {
    name: 'pg_restore',
    restores: /\bpg_restore\b[^\n;]*\s(?:-d|--dbname)\b/u,
    stops: /\s(?:-e|--exit-on-error|-1|--single-transaction)\b/u,
    mend: 'with --exit-on-error',
  },
  {
    name: 'mysql',
    restores: /\b(?:mysql|mariadb)\b[^\n;|]*\s(?:-f|--force)(?=\s|$)/u,
    stops: /(?!)/u,
    mend: 'without --force',
  },
];

export const errorsIgnored = opinion(
  { id: 'practice/errors-ignored', title: 'A restore program goes on after errors.' },
  (view, say) => {
    for (const command of commandsOf(view)) {
      if (command.key === 'rollback' || !WORDS.test(command.low)) continue;
      const text = joinedLines(command.text);
      for (const program of PROGRAMS) {
        if (!program.restores.test(text) || program.stops.test(text)) continue;
        say(
          command.path,
          `${command.title} lets ${program.name} go on after an error, so half a restore looks whole: call it ${program.mend}.`,
          {
            ...spanOf(view.entry, command.path, program.name),
            data: { mend: program.mend },
          },
        );
        break;
      }
    }
  },
);
