/** A step of several commands goes on when one of them fails. */
import { opinion } from '../say.ts';
import { commandsOf } from './commands.ts';
import { logicalLines, programOf, STOPS_AT_FIRST } from './shell.ts';

/** Lines that do no work of their own whose failure could be lost. */
const NO_WORK =
  /^(?:(?:export|cd|echo|printf|date|sleep|wait|shift|local|readonly|declare|unset|umask|read|if|elif|fi|for|while|until|done|else|then|do|case|esac|break|continue|exit|return|trap|set|function)\b|[A-Za-z_]\w*(?:=\S*$|\+?=\()|[\w-]+\s*\(\)|[\w.*|-]+\)\s*$)/u;
/** Lines that say themselves what becomes of a failure; one that is thrown away is silent-failure's to say. */
const HANDLED = /\|\||&&\s*(?:break|continue|exit|return)\b|\$\?/u;
const OPENS = /^(?:if|for|while|until|case|select)\b|\{$|^\($/u;
const CLOSES_ITSELF = /\b(?:fi|done|esac)\b|\}$/u;

export const uncheckedExit = opinion(
  { id: 'practice/unchecked-exit', title: 'A step of several commands does not stop at the first that fails.' },
  (view, say) => {
    for (const command of commandsOf(view)) {
      // In one line a semicolon is all there is, and silent-failure's to judge.
      if (command.key !== 'run' || !command.text.includes('\n')) continue;
      // `set +e` is silent-failure's to say.
      if (STOPS_AT_FIRST.test(command.text) || /\bset\s+\+e/u.test(command.text)) continue;
      const lines = logicalLines(command.text);
      const commands = lines.flatMap((line, index) => (isUnhandled(lines, index) ? [line] : []));
      const lost = lines.find((_, index) => isUnhandled(lines, index) && isFollowed(lines, index));
      if (lost === undefined) continue;
      const [what, mend] =
        commands.length > 1
          ? [`runs ${commands.length} commands and goes on when one fails`, 'join them with &&']
          : [`goes on when ${programOf(lost)} fails`, 'join what follows with &&'];
      say(command.path, `${command.title} ${what}: start it with set -e, or ${mend}.`);
    }
  },
);

/** Whether the line does something, and nothing there asks how it went. */
function isUnhandled(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? '';
  if (!/^[A-Za-z./$"]/u.test(line) || NO_WORK.test(line) || HANDLED.test(line)) return false;
  return !(lines[index + 1] ?? '').includes('$?');
}

/** Whether anything runs behind the line: not only what closes its block, nor the other branches of that. */
function isFollowed(lines: readonly string[], index: number): boolean {
  let depth = 0;
  let skipped = lines[index]?.endsWith(';;') === true ? 0 : undefined;
  for (const line of lines.slice(index + 1)) {
    if (/^(?:fi|done|esac|\}|\))/u.test(line)) {
      // A loop goes round, and the status of a function is that of its last command.
      if (depth === 0 && skipped === undefined && line.startsWith('done')) return true;
      if (depth === 0 && line.startsWith('}')) return false;
      depth--;
      if (skipped !== undefined && depth < skipped) skipped = undefined;
    } else if (/^(?:else|elif|;;)/u.test(line) && skipped === undefined) {
      skipped = depth;
    } else {
      if (OPENS.test(line) && !CLOSES_ITSELF.test(line)) depth++;
      // Who ends with a status of their own has thought of it.
      if (skipped === undefined && !/^(?:exit|return)\s+(?!0\b)/u.test(line)) return true;
    }
  }
  return false;
}
