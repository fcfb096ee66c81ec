/** One role writes backups and restores them: whoever takes it over can destroy what it was to save. */
import { parseArn } from '../../references/arn.ts';
import { accountIdNamed } from '../../references/environment.ts';
import type { Entry, Workspace } from '../../workspace.ts';
import { environmentIn } from '../environmentView.ts';
import { textOf } from '../read.ts';
import type { RunbookView } from '../runbookView.ts';
import { opinion } from '../say.ts';

export const sharedRole = opinion(
  { id: 'practice/shared-role', title: 'One role writes the backups and restores them.' },
  (view, say, { workspace }) => {
    const restores = textOf(view.restore['role']);
    if (restores === undefined) return;
    const environment = environmentIn(view, workspace);
    const backup = view.backups.find((each) => {
      const writes = textOf(each.value['role']);
      return writes !== undefined && isSame(view, workspace, environment, writes, restores);
    });
    if (!backup) return;
    say(
      ['restore', 'role'],
      `Role ${restores} restores, and it also writes backup ${backup.name}: give the restore a role of its own that can read backups and can't write or delete them.`,
      {
        actual: restores,
        related: [
          {
            file: view.entry.file,
            document: view.entry.document.index,
            path: [...backup.path, 'role'],
            message: `Backup ${backup.name} is written by the same role.`,
          },
        ],
      },
    );
  },
);

/** The same resource, or two resources that name one role, by its name or by its ARN. */
function isSame(
  view: RunbookView,
  workspace: Workspace,
  environment: Entry | undefined,
  writes: string,
  restores: string,
): boolean {
  if (writes === restores) return true;
  const [one, other] = [roleOf(view, workspace, environment, writes), roleOf(view, workspace, environment, restores)];
  return one !== undefined && other !== undefined && one.id === other.id && one.account === other.account;
}

function roleOf(
  view: RunbookView,
  workspace: Workspace,
  environment: Entry | undefined,
  name: string,
): { readonly id: string; readonly account: string | undefined } | undefined {
  const resource = view.resources.get(name);
  const id = resource?.id ?? name;
  const arn = parseArn(id);
  if (arn) return { id: arn.resource.replace(/^role\/(?:.*\/)?/u, ''), account: arn.account };
  if (!resource || id === '') return undefined;
  const account =
    environment && accountIdNamed(environment, resource.account, resource.kind.split('/')[0] ?? '', workspace);
  return { id, account: account ?? resource.account };
}
