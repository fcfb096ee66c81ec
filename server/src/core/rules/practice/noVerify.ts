/** A step restores data, and nothing looks whether they are there before the next one builds on them. */
import { opinion } from '../say.ts';
import { simpleCommands } from './commands.ts';
import { restores } from './restores.ts';

export const noVerify = opinion(
  { id: 'practice/no-verify', title: 'A step restores data without verifying them.' },
  (view, say) => {
    for (const step of view.steps) {
      if (step.run === undefined || step.verify !== undefined) continue;
      const program = simpleCommands(step.run)
        .map(restores)
        .find((each) => each !== undefined);
      if (program === undefined) continue;
      say(
        step.path.concat('run'),
        `Step ${step.title} restores with ${program} and has no verify: add a command that fails unless the data are there.`,
      );
    }
  },
);
