/** The runbook lets someone start the restore whom its class does not name. */
import { replaceValue } from '../edits.ts';
import { listOf, textOf } from '../read.ts';
import type { RunbookView } from '../runbookView.ts';
import { runbookRule } from '../say.ts';
import { classWords, listWords } from '../words.ts';

export const authority = runbookRule(
  { id: 'policy/authority', title: 'The restore may be started by someone whom the class does not name.' },
  (view, say) => {
    const allowed = classAuthority(view);
    const own = textOf(view.restore['authority']);
    if (allowed.length === 0 || own === undefined || allowed.includes(own)) return;
    say(
      ['restore', 'authority'],
      `The restore may be started by ${own}, but ${classWords(view)} leaves that to ${listWords(allowed, 'or')}: name one of them, or add ${own} to the class.`,
      {
        expected: allowed,
        actual: own,
        fixes: allowed.flatMap((who) => replaceValue(view.entry, ['restore', 'authority'], who, `Change it to ${who}`)),
      },
    );
  },
);

/** Who may start the restore, by the class; empty where it says nothing. */
export function classAuthority(view: RunbookView): readonly string[] {
  return listOf(view.class?.value['authority']).flatMap((who) => textOf(who) ?? []);
}
