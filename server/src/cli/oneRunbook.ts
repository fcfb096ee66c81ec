/** The one runbook that an operand means: a file, or a name of the workspace. */
import type { Entry } from '../core/workspace.ts';
import { UsageError, type CommandContext } from './command.ts';
import { didYouMean } from './suggest.ts';
import { selectWorkspaces, type Selection } from './workspace.ts';

export interface Named {
  readonly selection: Selection;
  readonly entry: Entry;
}

/** @throws UsageError where there is none, or more than one. */
export async function runbookNamed(context: CommandContext, written: string): Promise<Named> {
  const isFile = (await context.dependencies.files.info(written)) !== undefined;
  const [selection] = await selectWorkspaces(context, isFile ? [written] : []);
  if (selection === undefined) throw new UsageError(`there is nothing at "${written}".`);
  const runbooks = selection.workspace.byKind('Runbook');
  const fitting = isFile
    ? selection.entries.filter((entry) => entry.kind === 'Runbook')
    : runbooks.filter((entry) => entry.name === written);
  const [first, ...others] = fitting;
  if (first !== undefined && others.length === 0) return { selection, entry: first };
  if (first !== undefined) {
    const names = fitting.map((entry) => `${entry.name ?? 'without a name'} (${entry.file})`).join(', ');
    throw new UsageError(`"${written}" could be any of ${names}; name ${isFile ? 'the runbook' : 'its file'} instead.`);
  }
  if (isFile) throw new UsageError(`${written} holds no runbook.`);
  const known = runbooks.flatMap((entry) => entry.name ?? []);
  const list = known.length === 0 ? 'the workspace has none' : `there are ${known.join(', ')}`;
  throw new UsageError(`there is no file and no runbook "${written}"; ${list}.${didYouMean(written, known)}`);
}
