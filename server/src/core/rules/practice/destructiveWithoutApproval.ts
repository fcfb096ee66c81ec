/** A step destroys something, and nobody has to agree before. */
import { opinion, spanOf } from '../say.ts';
import { commandsOf } from './commands.ts';
import { shortened } from '../words.ts';

export const destructiveWithoutApproval = opinion(
  { id: 'practice/destructive-without-approval', title: 'A step destroys something without approval.' },
  (view, say) => {
    for (const command of commandsOf(view)) {
      if (command.key !== 'run' || command.step?.approval === true) continue;
      const found = command.destroyed();
      if (found === undefined) continue;
      say(
        command.path,
        `${command.title} destroys something (${shortened(found)}) and nobody has to agree before: add approval with who must.`,
        spanOf(view.entry, command.path, found),
      );
    }
  },
);
