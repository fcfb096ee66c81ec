/** The look-up of live infrastructure as the command line uses it: built when first needed, closed at the end of the run. */
import { environmentsOf } from '../core/drift/environments.ts';
import type { Lookup } from '../core/ports.ts';
import type { CommandContext } from './command.ts';
import type { Selection } from './workspace.ts';

/** The environments of a workspace, as look-ups know them. */
export const environmentSources = environmentsOf;

export async function openLookup(context: CommandContext, selection: Selection): Promise<Lookup> {
  const { createLookup } = await import('../live/lookup.ts');
  const { secrets, clock, cache, log, files, trusted, approvedHosts, atEnd } = context.dependencies;
  const lookup = createLookup({
    environments: () => environmentSources(selection.workspace),
    secrets,
    clock,
    cache,
    log,
    files,
    root: selection.root,
    allowedHosts: await approvedHosts(context.values.list('allow-host')),
    trusted: () => trusted,
  });
  atEnd(() => lookup.close());
  return lookup;
}
