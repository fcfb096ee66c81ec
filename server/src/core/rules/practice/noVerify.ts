/** A step restores data, and nothing looks whether they are there before the next one builds on them. */
import { opinion } from '../say.ts';
import { commandsOf } from './commands.ts';
import { restoresIn } from './restores.ts';

export const noVerify = opinion(
  { id: 'practice/no-verify', title: 'A step restores data without verifying them.' },
  (view, say) => {
    for (const command of commandsOf(view)) {
      const { step } = command;
      if (command.key !== 'run' || step === undefined || step.verify !== undefined) continue;
      const program = restoresIn(view, command)[0]?.program;
      if (program === undefined) continue;
      say(
        step.path.concat('run'),
        `Step ${step.title} restores with ${program} and has no verify: add a command that fails unless the data are there.`,
      );
    }
  },
);
