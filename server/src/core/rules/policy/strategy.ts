/** The runbook relies on another strategy (backup, replication) than its class asks for, or on a replica that it does not name. */
import type { Path } from '../../document/node.ts';
import { textOf } from '../read.ts';
import type { RunbookView } from '../runbookView.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

export const strategy = runbookRule(
  { id: 'policy/strategy', title: 'The strategy is not the one that the class asks for.' },
  (view, say) => {
    const asked = textOf(view.class?.value['strategy']);
    const own = textOf(view.value['strategy']);
    if (asked !== undefined && own !== undefined && own !== asked) {
      say(
        ['strategy'],
        `The strategy is ${own}, but ${classWords(view)} asks for ${asked}: change the strategy, or choose another class.`,
        { expected: asked, actual: own },
      );
    } else if (view.replication && view.value['replica'] === undefined) {
      say(
        strategyPath(view),
        `Runbook ${view.name} relies on replication and names no replica: say which resource takes over.`,
      );
    }
  },
);

/** Where it says that it relies on replication; a runbook that has that of its class says so by its name alone. */
export function strategyPath(view: RunbookView): Path {
  return view.value['strategy'] === undefined ? ['metadata', 'name'] : ['strategy'];
}
