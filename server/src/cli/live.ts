/** The look-up of live infrastructure as the command line uses it: built when first needed, closed at the end of the run. */
import type { EnvironmentSource } from '../core/drift/environment.ts';
import type { Lookup } from '../core/ports.ts';
import type { Workspace } from '../core/workspace.ts';
import type { CommandContext } from './command.ts';
import type { Selection } from './workspace.ts';

/** The environments of a workspace, as look-ups know them. */
export function environmentSources(workspace: Workspace): readonly EnvironmentSource[] {
  return workspace.byKind('Environment').map((entry) => ({
    name: entry.name ?? '',
    file: entry.file,
    value: entry.document.value,
  }));
}

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
