/** The runbook has fewer owners than its class asks for: knowledge leaves with people. */
import { at, dataOf, listOf, numberOf, textOf } from '../read.ts';
import type { RunbookView } from '../runbookView.ts';
import { runbookRule } from '../say.ts';
import { classWords, countWords } from '../words.ts';

export const owners = runbookRule(
  { id: 'policy/owners', title: 'There are fewer owners than the class asks for.' },
  (view, say) => {
    const least = numberOf(view.class?.value['owners']);
    if (least === undefined) return;
    const names = ownerNames(view);
    if (!names || names.size >= least) return;
    const told =
      names.size === 0 ? 'no owner' : `${countWords(names.size, 'owner', 'owners')} (${[...names].join(', ')})`;
    say(
      ['metadata', 'owners'],
      `Runbook ${view.name} has ${told}, but ${classWords(view)} asks for ${least}: add who else can do this restore.`,
      { at: 'key', expected: least, actual: names.size },
    );
  },
);

/** The owners of a runbook, one that stands twice counted once; undefined where the schema says that they are none. */
export function ownerNames(view: RunbookView): ReadonlySet<string> | undefined {
  const given = at(view.value, 'metadata', 'owners');
  if (given === undefined) return new Set();
  if (!Array.isArray(given) || given.some((owner) => typeof owner !== 'object' || owner === null)) return undefined;
  return new Set(
    listOf(given).flatMap((owner) => textOf(dataOf(owner)['name']) ?? textOf(dataOf(owner)['contact']) ?? []),
  );
}
