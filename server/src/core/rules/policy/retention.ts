/** No backup of a source is kept as long as its class asks for. */
import { replaceValue } from '../edits.ts';
import { at, durationOf, textOf } from '../read.ts';
import type { BackupView } from '../runbookView.ts';
import { runbookRule } from '../say.ts';
import { classWords, lagWords } from '../words.ts';

export const retention = runbookRule(
  { id: 'policy/retention', title: 'Backups are kept for less time than the class asks for.' },
  (view, say) => {
    const bound = textOf(at(view.class?.value, 'backups', 'retention'));
    const least = durationOf(bound);
    if (bound === undefined || least === undefined) return;
    const seen = new Set<string>();
    for (const group of view.groups) {
      // What leaves the key out inherits the class's, a copy its source's; a short-lived backup beside a long-kept one is no fault.
      if (group.backups.some((backup) => keptPath(backup) === undefined && !copiesKept(group.backups, backup)))
        continue;
      const said = group.backups.filter((backup) => keptPath(backup) !== undefined);
      const [longest] = [...said].sort((one, other) => (other.retentionMs ?? Infinity) - (one.retentionMs ?? Infinity));
      const key = longest && keptPath(longest);
      if (longest?.retentionMs === undefined || longest.retentionMs >= least || !key || seen.has(longest.name))
        continue;
      seen.add(longest.name);
      const path = [...longest.path, ...key];
      const kept = at(longest.value, ...key);
      say(
        path,
        `Backup ${longest.name} of ${group.title} is kept ${lagWords(kept)}, but ${classWords(view)} asks for ${bound}: keep it that long.`,
        {
          expected: bound,
          actual: kept,
          fixes: replaceValue(view.entry, path, bound, `Change it to ${bound}`),
        },
      );
    }
  },
);

/** Where a backup says how long it is kept: of a continuous one the window may tell; undefined where it leaves that to its class. */
function keptPath(backup: BackupView): readonly string[] | undefined {
  if (backup.value['retention'] !== undefined) return ['retention'];
  return at(backup.value, 'continuous', 'window') === undefined ? undefined : ['continuous', 'window'];
}

/** Is it a copy of one that says how long it is kept? The window of a continuous one is of its repository alone. */
function copiesKept(backups: readonly BackupView[], backup: BackupView): boolean {
  let here = backup;
  // Bounded, because a copy may be of itself.
  for (let hops = 0; here.copyOf !== undefined && hops < 10; hops++) {
    const { copyOf } = here;
    here = backups.find((each) => each.name === copyOf) ?? here;
    if (here.value['retention'] !== undefined) return true;
  }
  return false;
}
