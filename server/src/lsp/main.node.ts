/** The language server's entry on Node: tells the heap to stay small before anything that fills it is loaded. */
import type { ServerProgram } from './nodeDependencies.ts';
import { growSlowly } from './nodeMemory.ts';

/**
 * Serves until the client goes away; then the process ends. `args`: `--stdio` (the default), `--node-ipc` or
 * `--socket=PORT`.
 */
export async function serve(args: readonly string[], program: ServerProgram): Promise<void> {
  growSlowly();
  const { serveOn } = await import('./nodeServer.ts');
  await serveOn(args, program);
}
