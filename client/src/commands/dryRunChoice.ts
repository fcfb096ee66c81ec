/** What whoever calls the dry-run command may choose: never that it is confirmed, which the person says in the dialog alone. */
import type { DryRunArguments } from '../../../server/src/protocol.ts';

/**
 * Reads the choice out of a command's argument. A link, a key binding, a task of the workspace or another extension may call the
 * command with any: what it says beyond this counts for nothing.
 */
export function choiceOf(
  argument: unknown,
): Pick<DryRunArguments, 'level' | 'scenario' | 'backup' | 'before' | 'maxCost'> {
  if (typeof argument !== 'object' || argument === null) return {};
  const given = argument as Readonly<Record<string, unknown>>;
  const { level, scenario, backup, before, maxCost } = given;
  return {
    ...(typeof level === 'number' && { level }),
    ...(typeof scenario === 'string' && { scenario }),
    ...(typeof backup === 'string' && { backup }),
    ...(typeof before === 'string' && { before }),
    ...(typeof maxCost === 'string' && { maxCost }),
  };
}
