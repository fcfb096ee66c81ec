/** A step of several commands goes on when one of them fails. */
import { opinion } from '../say.ts';
import { commandsOf } from './commands.ts';
import { STOPS_AT_FIRST } from './shell.ts';

export const uncheckedExit = opinion(
  { id: 'practice/unchecked-exit', title: 'A step of several commands does not stop at the first that fails.' },
  (view, say) => {
    for (const command of commandsOf(view)) {
      // In one line a semicolon is all there is, and silent-failure's to judge.
      if (command.key !== 'run' || !command.text.includes('\n')) continue;
      // `set +e` is silent-failure's to say.
      if (STOPS_AT_FIRST.test(command.text) || /\bset\s+\+e|\|\|\s*(?:exit|return|\{)/u.test(command.text)) continue;
      const lines = command.text
        .replace(/\\\n/gu, ' ')
        .replace(/(?:&&|\|\|?)\s*\n/gu, ' ')
        .split('\n')
        .map((line) => line.trim());
      const commands = lines.filter(
        (line) =>
          /^[A-Za-z./$]/u.test(line) &&
          !/^(?:(?:export|cd|echo|if|elif|fi|for|while|until|done|else|then|do|case|esac|break|continue|exit|return|trap|set|EOF|SQL)\b|[A-Za-z_]\w*=\S*$)/u.test(
            line,
          ),
      );
      if (commands.length < 2 || /<<-?\s*['"]?[A-Z]/u.test(command.text)) continue;
      say(
        command.path,
        `${command.title} runs ${commands.length} commands and goes on when one fails: start it with set -e, or join them with &&.`,
      );
    }
  },
);
