/** One role writes backups and restores them: whoever takes it over can destroy what it was to save. */
import { textOf } from '../read.ts';
import type { RunbookView } from '../runbookView.ts';
import { runbookRule } from '../say.ts';

export const sharedRole = runbookRule(
  { id: 'practice/shared-role', title: 'One role writes the backups and restores them.' },
  (view, say) => {
    const restores = textOf(view.restore['role']);
    if (restores === undefined) return;
    const backup = view.backups.find((each) => {
      const writes = textOf(each.value['role']);
      return writes !== undefined && isSame(view, writes, restores);
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

/** The same resource, or two resources that name one role. */
function isSame(view: RunbookView, writes: string, restores: string): boolean {
  if (writes === restores) return true;
  const [one, other] = [view.resources.get(writes), view.resources.get(restores)];
  return (
    one !== undefined && other !== undefined && one.id !== '' && one.id === other.id && one.account === other.account
  );
}
