/** From a use of a name to what it means, wherever that is declared. */
import type { Entry, Workspace } from '../workspace.ts';
import { environmentOf } from './environment.ts';
import type { Target } from './places.ts';
import { policyOf } from './policy.ts';
import { declarationsOf, type Declaration } from './references.ts';

/** The documents that may declare a target as it is used in `entry`, nearest first. */
export function holdersOf(target: Target, name: string, entry: Entry, workspace: Workspace): readonly Entry[] {
  switch (target) {
    case 'resource':
    case 'backup':
    case 'step':
      return [entry];
    case 'class':
      return policyOf(entry, workspace)?.policies ?? [];
    case 'account':
    case 'database':
    case 'sandbox':
    case 'variable': {
      const environment = environmentOf(entry, workspace);
      return environment ? [environment] : [];
    }
    case 'runbook':
      return named('Runbook', name, entry, workspace);
    case 'environment':
      return named('Environment', name, entry, workspace);
    case 'policy':
      return named('Policy', name, entry, workspace);
  }
}

function named(kind: Entry['kind'], name: string, entry: Entry, workspace: Workspace): readonly Entry[] {
  const found = workspace.resolve(kind, name, entry.file);
  if (found.state === 'found') return [found.entry];
  return found.state === 'ambiguous' ? found.entries : [];
}

/** Every declaration that the name means; more than one only where it is ambiguous, or a class that several policies define. */
export function definitionsOf(
  target: Target,
  name: string,
  entry: Entry,
  workspace: Workspace,
): readonly Declaration[] {
  return holdersOf(target, name, entry, workspace).flatMap((holder) =>
    declarationsOf(holder).filter((each) => each.target === target && each.name === name),
  );
}
