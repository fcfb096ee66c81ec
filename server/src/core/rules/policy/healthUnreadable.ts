/** A health metric that the environment can't read: it names no place where metrics are. */
import { environmentIn } from '../environmentView.ts';
import { at, textOf } from '../read.ts';
import { runbookRule, spanOf } from '../say.ts';

export const healthUnreadable = runbookRule(
  { id: 'policy/health-unreadable', severity: 'information', title: 'The environment cannot read the health metric.' },
  (view, say, { workspace }) => {
    if (view.class?.value['health'] !== 'required') return;
    const environment = environmentIn(view, workspace);
    const nowhere = environment !== undefined && at(environment.document.value, 'metrics') === undefined;
    let told = false;
    for (const backup of view.backups) {
      const metric = textOf(at(backup.value, 'health', 'metric'));
      if (metric === undefined) continue;
      const path = [...backup.path, 'health', 'metric'];
      const fault = brokenSelector(metric);
      if (fault !== undefined) {
        say(
          path,
          `The health metric ${metric} of backup ${backup.name} can't be read: ${fault}; write it as a name with labels, such as backup_last_success{job="orders"}.`,
          spanOf(view.entry, path, metric),
        );
      } else if (nowhere && !told) {
        // What the environment lacks is one fault, however many metrics wait for it.
        told = true;
        say(
          path,
          `The health metric ${metric} of backup ${backup.name} can't be read, because environment ${environment.name ?? ''} names no place where metrics are: add metrics.prometheus there.`,
        );
      }
    }
  },
);

/** What is wrong with the form of a PromQL selector, as far as quotes and brackets tell. */
function brokenSelector(metric: string): string | undefined {
  // A name, and labels that hold nothing odd: what nearly all are.
  if (/^\w*(?:\{[\w=~!,. -]*(?:"[^"'\\]*"[\w=~!,. -]*)*\})?$/u.test(metric)) return undefined;
  const bare = metric.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/gu, '');
  if (/["']/u.test(bare)) return 'a quote is not closed';
  for (const [open, close] of [
    ['{', '}'],
    ['(', ')'],
    ['[', ']'],
  ] as const) {
    if (bare.split(open).length !== bare.split(close).length) return `a ${open} is not closed`;
  }
  return undefined;
}
