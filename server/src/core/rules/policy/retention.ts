/** No backup of a source is kept as long as its class asks for. */
import { replaceValue } from '../edits.ts';
import { at, durationOf, textOf, written } from '../read.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

export const retention = runbookRule(
  { id: 'policy/retention', title: 'Backups are kept for less time than the class asks for.' },
  (view, say) => {
    const bound = textOf(at(view.class?.value, 'backups', 'retention'));
    const least = durationOf(bound);
    if (bound === undefined || least === undefined) return;
    const seen = new Set<string>();
    for (const group of view.groups) {
      // What leaves the key out inherits the class's; a short-lived backup beside a long-kept one is no fault.
      const said = group.backups.filter((backup) => backup.value['retention'] !== undefined);
      if (said.length < group.backups.filter((backup) => backup.kind !== 'continuous').length) continue;
      const [longest] = [...said].sort((one, other) => (other.retentionMs ?? Infinity) - (one.retentionMs ?? Infinity));
      if (longest?.retentionMs === undefined || longest.retentionMs >= least || seen.has(longest.name)) continue;
      seen.add(longest.name);
      const path = [...longest.path, 'retention'];
      say(
        path,
        `Backup ${longest.name} of ${group.title} is kept ${written(longest.value['retention'])}, but ${classWords(view)} asks for ${bound}: keep it that long.`,
        {
          expected: bound,
          actual: longest.value['retention'],
          fixes: replaceValue(view.entry, path, bound, `Change it to ${bound}`),
        },
      );
    }
  },
);
