/** The program of `drillbook check` alone: what one file needs, and nothing of the other commands. */
import { command } from './check.ts';
import type { Program } from './command.ts';
import { runProgram } from './program.ts';

/** Runs `drillbook check …` and ends the process with its status. */
export async function runCheckProgram(args: readonly string[], program: Omit<Program, 'serve'>): Promise<void> {
  const { name, summary } = command;
  const serve = async (): Promise<void> => await Promise.reject(new Error('check runs no server'));
  const whole: Program = {
    version: program.version,
    commit: program.commit,
    serve,
    // Of one small file nothing is asked that lies beside the program.
    get home() {
      return program.home;
    },
  };
  await runProgram(args, whole, [{ name, summary, load: async () => await Promise.resolve({ command }) }]);
}
