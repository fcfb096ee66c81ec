/** The runbook says that it recovers in one way and its steps are of another. */
import { replaceValue } from '../edits.ts';
import { textOf } from '../read.ts';
import type { RunbookView } from '../runbookView.ts';
import { opinion, type Say } from '../say.ts';
import { classWords, listWords } from '../words.ts';

export const philosophyMismatch = opinion(
  { id: 'practice/philosophy-mismatch', title: 'The steps are not of the kind that recovery says.' },
  (view, say) => {
    const says = textOf(view.value['recovery']);
    if (view.steps.length === 0) return;
    if (says === undefined) {
      inherited(view, say);
      return;
    }
    const manual = view.steps.filter((step) => step.manual !== undefined);
    const scripted = view.steps.filter((step) => step.run !== undefined);
    const names = listWords(manual.map((step) => step.title));
    if (says === 'automated' && manual.length > 0) {
      say(
        ['recovery'],
        `Recovery says automated, but ${manual.length === 1 ? `step ${names} is` : `steps ${names} are`} done by people: script them, or say scripted.`,
        {
          actual: says,
          expected: 'scripted',
          fixes: replaceValue(view.entry, ['recovery'], 'scripted', 'Change it to scripted'),
        },
      );
    } else if (says === 'scripted' && scripted.length === 0) {
      say(['recovery'], `Recovery says scripted, but every step is done by people: script them, or say passive.`, {
        actual: says,
        expected: 'passive',
        fixes: replaceValue(view.entry, ['recovery'], 'passive', 'Change it to passive'),
      });
    } else if (says === 'passive' && manual.length === 0) {
      say(['recovery'], `Recovery says passive, but every step is a script: say scripted.`, {
        actual: says,
        expected: 'scripted',
        fixes: replaceValue(view.entry, ['recovery'], 'scripted', 'Change it to scripted'),
      });
    }
  },
);

/** A runbook that leaves the key out is what its class accepts at least: more is no fault, less is. */
function inherited(view: RunbookView, say: Say): void {
  const asked = textOf(view.class?.value['recovery']);
  const manual = view.steps.filter((step) => step.manual !== undefined);
  const less = asked === 'automated' ? manual.length > 0 : asked === 'scripted' && manual.length === view.steps.length;
  if (asked === undefined || !less) return;
  const names = listWords(manual.map((step) => step.title));
  say(
    ['restore', 'steps'],
    `${classWords(view).replace(/^c/u, 'C')} accepts ${asked} recovery at least, but ${manual.length === 1 ? `step ${names} of ${view.name} is` : `steps ${names} of ${view.name} are`} done by people: script them, or choose another class.`,
    { at: 'key', expected: asked },
  );
}
