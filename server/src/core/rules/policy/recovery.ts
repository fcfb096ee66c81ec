/** The runbook recovers in a lesser way (passive < scripted < automated) than its class accepts. */
import { replaceValue } from '../edits.ts';
import { textOf } from '../read.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

const ARCHETYPES = ['passive', 'scripted', 'automated'];

export const recovery = runbookRule(
  { id: 'policy/recovery', title: 'Recovery is of a lesser kind than the class accepts.' },
  (view, say) => {
    const own = textOf(view.value['recovery']);
    const least = textOf(view.class?.value['recovery']);
    if (own === undefined || least === undefined) return;
    const rank = ARCHETYPES.indexOf(own);
    if (rank < 0 || rank >= ARCHETYPES.indexOf(least)) return;
    say(
      ['recovery'],
      `Recovery is ${own}, but ${classWords(view)} accepts ${least} at least: make the steps ${least}, or choose another class.`,
      {
        expected: least,
        actual: own,
        fixes: replaceValue(view.entry, ['recovery'], least, `Change it to ${least}`),
      },
    );
  },
);
