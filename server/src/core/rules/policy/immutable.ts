/** No copy of a source is immutable, though its class asks for one. */
import { addKey } from '../edits.ts';
import { at, written } from '../read.ts';
import type { BackupView, RunbookView } from '../runbookView.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

export const immutable = runbookRule(
  { id: 'policy/immutable', title: 'No copy is immutable, though the class asks for one.' },
  (view, say) => {
    if (at(view.class?.value, 'backups', 'immutable') !== true) return;
    for (const group of view.groups) {
      const first = group.backups[0];
      if (!first || group.backups.some((backup) => isImmutable(view, backup))) continue;
      const refused = group.backups.find((backup) => backup.value['immutable'] === false);
      const told = refused
        ? `backup ${refused.name} says immutable: false`
        : 'neither a backup says immutable: true nor does its bucket expect an objectLock';
      const named = refused ?? first;
      say(
        refused ? [...refused.path, 'immutable'] : first.path,
        `No copy of ${group.title} is immutable (${told}), but ${classWords(view)} asks for one: lock the store of one copy, and say so with immutable: true.`,
        {
          ...(refused
            ? {}
            : {
                at: 'key' as const,
                fixes: addKey(view.entry, first.path, 'immutable', 'true', `Say that ${first.name} is immutable`),
              }),
          expected: true,
          actual: named.value['immutable'] ?? 'not said',
        },
      );
    }
  },
);

/** A backup that leaves the key out inherits the class's demand where the expectations on its store will have it checked live. */
function isImmutable(view: RunbookView, backup: BackupView): boolean {
  const said = backup.value['immutable'];
  if (typeof said === 'boolean') return said;
  const expect = view.resources.get(backup.bucket ?? written(at(backup.value, 'in', 'vault')))?.expect;
  const lock = expect?.['objectLock'] ?? expect?.['lock'] ?? expect?.['immutability'];
  return lock !== undefined && lock !== 'none' && lock !== false;
}
