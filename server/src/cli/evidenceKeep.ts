/** What every record is kept with: this clone's chain, its signature, a copy in the policy's bucket, and who made it at which commit. */
import type { DryRunDependencies } from '../app/dryRun/dependencies.ts';
import type { Entry, Workspace } from '../core/workspace.ts';
import { createKeeper } from '../evidence/keeper.ts';
import type { CommandContext } from './command.ts';
import { mirrorRecord } from './evidenceMirror.ts';
import { openSigner } from './evidenceSigner.ts';

type Kept = Pick<DryRunDependencies, 'keep' | 'by' | 'commit' | 'dirty'>;

/** Opens the journal of the workspace for records of one runbook. @throws Failure where records are to be signed and can't be. */
export async function openJournal(
  context: CommandContext,
  { root, workspace }: { readonly root: string; readonly workspace: Workspace },
  entry: Entry,
): Promise<Kept> {
  const { git, machine, trusted } = context.dependencies;
  const sign = await openSigner(context);
  const [branch, commit, dirty, person] = await Promise.all([
    git.branch(root),
    git.headCommit(root),
    trusted ? git.isDirty(root, entry.file) : undefined,
    trusted ? git.user(root) : undefined,
  ]);
  const keep = await createKeeper(context.dependencies, {
    root,
    ...(branch === undefined ? {} : { branch }),
    ...(sign === undefined ? {} : { sign }),
  });
  return {
    keep: async (draft) => {
      const kept = await keep(draft);
      await mirrorRecord(context, root, workspace, entry, kept.record);
      return kept;
    },
    by: { user: machine.user, host: machine.hostName, ...(person === undefined ? {} : { git: person }) },
    ...(commit === undefined ? {} : { commit }),
    ...(dirty === undefined ? {} : { dirty }),
  };
}
