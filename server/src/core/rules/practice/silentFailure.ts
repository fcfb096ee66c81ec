/** A command's failure is thrown away: `|| true`, errors into /dev/null. */
import { opinion, spanOf } from '../say.ts';
import { anyOf } from '../anyOf.ts';
import { commandsOf, simpleCommands } from './commands.ts';

/** A cheap look first. */
const WORDS = anyOf(['||', '/dev/null', 'true', 'exit', 'set +e', ';']);
const SWALLOWED =
  /\|\|\s*(?:true|:|exit\s+0|echo\b[^;&|\n]*(?!.*exit\s+[1-9])|\/bin\/true)(?=\s|;|$)|;\s*(?:true|exit\s+0)\s*$|\bset\s+\+e\b/mu;
const HIDDEN = /(?:2>>?|&>>?)\s*\/dev\/null|>\s*\/dev\/null\s+2>&1/u;
/** The status of a step is its last command's: an `echo` behind a semicolon always succeeds. */
const COVERED = /;\s*(?:echo|printf|date)\b[^;&|\n]*$/u;
const STOPS = /\bset\s+-[a-z]*e|errexit|\bexit\s+[1-9$]/u;
/** Commands whose failure is an answer: asking whether something is there. */
const QUESTION =
  /^(?:if\s+|!\s+|while\s+|until\s+)?(?:command\s+-v|which|type|hash|pgrep|kill\s+-0|pg_isready|test|\[|grep|mountpoint|id)\b/u;

export const silentFailure = opinion(
  { id: 'practice/silent-failure', title: 'A failure is thrown away.' },
  (view, say) => {
    for (const command of commandsOf(view)) {
      if (command.key === 'rollback' || !WORDS.test(command.low)) continue;
      const covered = STOPS.test(command.text) ? undefined : COVERED.exec(command.text.trimEnd())?.[0];
      const swallowed = (SWALLOWED.exec(command.text)?.[0] ?? covered)?.trim();
      const hidden = swallowed === undefined && command.low.includes('/dev/null') ? hiddenIn(command.text) : undefined;
      if (swallowed !== undefined) {
        if (/\|\|\s*echo/u.test(swallowed) && /exit\s+[1-9]|false/u.test(command.text)) continue;
        say(
          command.path,
          `${command.title} goes on after a failure (${swallowed}), so a restore that failed looks done: let it fail, or handle the one failure that is meant.`,
          {
            ...spanOf(view.entry, command.path, swallowed),
            actual: swallowed,
          },
        );
      } else if (hidden !== undefined) {
        say(
          command.path,
          `${command.title} throws its error messages away (${hidden}), so nobody learns why it failed: keep them, in a file at least.`,
          {
            ...spanOf(view.entry, command.path, hidden),
            actual: hidden,
          },
        );
      }
    }
  },
);

function hiddenIn(text: string): string | undefined {
  for (const command of simpleCommands(text)) {
    const found = HIDDEN.exec(command)?.[0];
    if (found !== undefined && !QUESTION.test(command)) return found;
  }
  return undefined;
}
