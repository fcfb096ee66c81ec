/** Every command but the quick one: what `main.ts` loads when something else than `check` is asked for. */
import type { Program } from './cli/command.ts';
import { runProgram } from './cli/program.ts';
import { COMMANDS } from './cli/table.ts';

/** Runs the command that the arguments name and ends the process with its status. */
export async function runCommands(args: readonly string[], program: Omit<Program, 'serve'>): Promise<void> {
  const serve: Program['serve'] = async (serverArguments, served) => {
    const server = await import('./lsp/main.node.ts');
    await server.serve(serverArguments, served);
  };
  await runProgram(args, { ...program, serve }, COMMANDS);
}
