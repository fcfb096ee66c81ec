/** A policy with data classes applies, and the runbook names none, so nothing is asked of it. */
import { namedMaps } from '../read.ts';
import { runbookRule } from '../say.ts';
import { listWords } from '../words.ts';

export const noClass = runbookRule(
  { id: 'policy/no-class', title: 'The runbook names no data class.' },
  (view, say) => {
    if (view.value['dataClass'] !== undefined) return;
    const classes = namedMaps(view.policy?.classes).map(([name]) => name);
    if (classes.length === 0) return;
    say(
      ['metadata', 'name'],
      `Runbook ${view.name} names no dataClass, so policy ${view.policy?.applying[0]?.name ?? ''} asks nothing of it: choose ${classes.length > 1 ? 'one of ' : ''}${listWords(classes)}.`,
      { data: { classes } },
    );
  },
);
