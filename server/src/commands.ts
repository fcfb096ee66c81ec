/** Every command but the quick one: what `main.ts` loads when something else than `check` is asked for. */
import type { Program } from './cli/command.ts';

/** Runs the command that the arguments name and ends the process with its status. */
export async function runCommands(args: readonly string[], program: Omit<Program, 'serve'>): Promise<void> {
  if (args[0] === 'lsp') {
    // Before anything that fills the heap is loaded; compiled code is kept for the flags that it was made with, too.
    const { growSlowly } = await import('./lsp/nodeMemory.ts');
    growSlowly();
  }
  const serve: Program['serve'] = async (serverArguments, served) => {
    const server = await import('./lsp/nodeServer.ts');
    await server.serveOn(serverArguments, served);
  };
  const { runProgram } = await import('./cli/program.ts');
  const { COMMANDS } = await import('./cli/table.ts');
  await runProgram(args, { ...program, serve }, COMMANDS);
}
