/** A command's failure is thrown away: `|| true`, errors into /dev/null. */
import { opinion, spanOf } from '../say.ts';
import { anyOf } from '../../anyOf.ts';
import type { RunbookView } from '../runbookView.ts';
import { shortened } from '../words.ts';
import { commandsOf, type CommandText } from './commands.ts';
import { restoresIn } from './restores.ts';
import { callStarts, STOPS_AT_FIRST } from './shell.ts';

/** A cheap look first. */
const WORDS = anyOf(['||', '/dev/null', 'true', 'exit', 'set +e', ';', '2>&-', '&', 'else']);
/** What makes a failure count for nothing, behind `||` or at the end. */
const SWALLOWED =
  /\|\|\s*(?:true|:|exit\s+0|return\s+0|(?:echo|printf|logger)\b[^;&|\n]*(?!.*exit\s+[1-9])|\/bin\/true)(?=[\s;)"'`]|$)|;\s*(?:true|exit\s+0)\s*$|\bset\s+\+e\b/gmu;
const HIDDEN = /(?:2>>?|&>>?)\s*\/dev\/null|>\s*\/dev\/null\s+2>&1|\b2>&-/u;
/** The status of a step is its last command's: an `echo` behind a semicolon always succeeds. */
const COVERED = /;\s*(?:echo|printf|date)\b[^;&|\n]*$/u;
const EXITS = /\bexit\s+[1-9$]/u;
/** An `else` that only says that it failed. */
const ONLY_SAID = /\belse\s+(?:echo|printf|logger|true|:)(?=[\s;])[^;\n]*[;\n]\s*fi\b/u;
/** The same of a condition that is turned round. */
const ONLY_SAID_OF = /\bif\s+!\s[^\n]{1,500}[;\n]\s*then\s+(?:echo|printf|logger|true|:)(?=[\s;])[^;\n]*[;\n]\s*fi\b/u;
const FAILS = /\b(?:exit|return)\s+[1-9$]|\bfalse\b/u;
/** What stands before the program of a call. */
const BEFORE = String.raw`^(?:(?:if|!|while|until|elif|then|do|else|sudo)\s+|[A-Za-z_]\w*="?\$\(\s*|\(\s*|\{\s+|[\w-]+\s*\(\)\s*\{\s*)*`;
/** Commands whose failure is an answer: asking whether something is there, counting, reading to the end. */
const QUESTION = new RegExp(
  String.raw`${BEFORE}(?:(?:command\s+-v|which|type|hash|pgrep|kill\s+-0|pg_isready|test|\[\[?|z?e?grep|diff|cmp|mountpoint|id|let|read)(?=\s|$)|\w+(?:\+\+|--|\s*[-+]?=)[^()]*\)\))|\b(?:pg_isready|command\s+-v|(?:mysqladmin|mariadb-admin|redis-cli)\b[^\n]{0,200}\sping|nc\s+-\w{0,9}z)\b`,
  'u',
);
/** Commands that clear away what may not be there, and what a trap does at the end. */
const CLEARS = new RegExp(
  String.raw`${BEFORE}(?:trap\s|(?:rm|rmdir|unlink|umount|kill|killall|pkill|losetup\s+-d)\s|(?:docker|podman)\s+(?:[\w-]+\s+)?(?:rm|stop|kill|down)\b|docker-compose\s+(?:down|rm|stop)\b|kubectl\s[^\n]{0,300}\sdelete\s[^\n]{0,300}--ignore-not-found)`,
  'u',
);
/** Whose failure decides what is done next. */
const CONDITION = /^(?:(?:then|do|else)\s+)?(?:if|elif|while|until)\s/u;

export const silentFailure = opinion(
  { id: 'practice/silent-failure', title: 'A failure is thrown away.' },
  (view, say) => {
    for (const command of commandsOf(view)) {
      if (command.key === 'rollback' || !WORDS.test(command.low)) continue;
      const swallowed = swallowedIn(view, command);
      const hidden =
        swallowed === undefined && /\/dev\/null|2>&-/u.test(command.low) ? hiddenIn(view, command) : undefined;
      if (swallowed !== undefined) {
        say(
          command.path,
          `${command.title} goes on after a failure (${shortened(swallowed)}), so a restore that failed looks done: let it fail, or handle the one failure that is meant.`,
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

/** What swallows a failure, as written. */
function swallowedIn(view: RunbookView, command: CommandText): string | undefined {
  const { text } = command;
  const startOf = callStarts(text);
  for (const match of text.matchAll(SWALLOWED)) {
    const found = match[0];
    if (/\|\|\s*(?:echo|printf|logger)/u.test(found) && FAILS.test(text)) continue;
    if (found.startsWith('||') && isNoFailure(callBefore(text, startOf(match.index), match.index))) continue;
    return found.trim();
  }
  const covered = STOPS_AT_FIRST.test(text) || EXITS.test(text) ? undefined : COVERED.exec(text.trimEnd())?.[0];
  if (covered !== undefined) return covered.trim();
  const said = FAILS.test(text) ? undefined : ONLY_SAID.exec(text)?.[0];
  if (said !== undefined) return said;
  const saidOf = FAILS.test(text) ? undefined : ONLY_SAID_OF.exec(text)?.[0];
  if (saidOf !== undefined && restoresIn(view, command).some(({ simple }) => saidOf.includes(simple))) return saidOf;
  // The status of what runs behind the shell is nobody's, unless it is waited for.
  const last = text.slice(text.trimEnd().lastIndexOf('\n') + 1).trim();
  const behind = /[^&>|]&$/u.test(last) && !/\bwait\b/u.test(text);
  return behind && restoresIn(view, command).length > 0 ? last : undefined;
}

function hiddenIn(view: RunbookView, command: CommandText): string | undefined {
  for (const simple of command.simple()) {
    const found = HIDDEN.exec(simple)?.[0];
    if (found === undefined || isNoFailure(simple)) continue;
    // A condition asks, unless it is the restore itself.
    if (!CONDITION.test(simple) || restoresIn(view, command).some((each) => each.simple === simple)) return found;
  }
  return undefined;
}

/** The call that a `||` at `end` is about; of a long one its beginning. */
function callBefore(text: string, start: number, end: number): string {
  return text.slice(start, Math.min(end, start + 500)).trimStart();
}

/** Whether nothing of the restore is lost where the command fails. */
function isNoFailure(command: string): boolean {
  return QUESTION.test(command) || CLEARS.test(command);
}
