/** The environments of a workspace under names that tell them apart, and the one that each runbook means. */
import { environmentOf } from '../references/environment.ts';
import type { Entry, Workspace } from '../workspace.ts';
import type { EnvironmentSource } from './environment.ts';

/** What an environment is called in requests: its name, with its file where another has the same name. */
function environmentKey(environment: Entry, workspace: Workspace): string {
  const name = environment.name ?? '';
  const same = workspace.byKind('Environment').filter((each) => each.name === environment.name);
  return same.length > 1 ? `${name} (${environment.file})` : name;
}

/** Every environment of the workspace, for `createLookup`. */
export function environmentsOf(workspace: Workspace): readonly EnvironmentSource[] {
  return workspace.byKind('Environment').map((entry) => ({
    name: environmentKey(entry, workspace),
    file: entry.file,
    value: entry.document.value,
  }));
}

/** The environment that a runbook is asked of; undefined where none applies. */
export function environmentFor(entry: Entry, workspace: Workspace): EnvironmentSource | undefined {
  const found = environmentOf(entry, workspace);
  return found && { name: environmentKey(found, workspace), file: found.file, value: found.document.value };
}
