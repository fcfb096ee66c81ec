/** A source has fewer copies, in places that can be lost apart, than its class asks for. */
import { at, numberOf } from '../read.ts';
import type { SourceGroup } from '../runbookView.ts';
import { runbookRule } from '../say.ts';
import { classWords, countWords } from '../words.ts';

export const copies = runbookRule(
  { id: 'policy/copies', title: 'There are fewer copies than the class asks for.' },
  (view, say) => {
    const least = numberOf(at(view.class?.value, 'backups', 'copies'));
    if (least === undefined) return;
    for (const group of view.groups) {
      const places = placesOf(group);
      const first = group.backups[0];
      if (places.size >= least || !first) continue;
      say(
        first.path,
        `Source ${group.title} has ${countWords(places.size, 'copy', 'copies')} (${[...places].join(', ')}), but ${classWords(view)} asks for ${least}: add a backup with copyOf: ${first.name} in another place.`,
        { at: 'key', expected: least, actual: places.size },
      );
    }
  },
);

/** Two backups in one bucket are lost together, so they are one copy; where the place can't be told each counts. */
export function placesOf(group: SourceGroup): ReadonlySet<string> {
  return new Set(group.backups.map((backup) => backup.place ?? `backup ${backup.name}`));
}
