/** The environment of a runbook as the rules read it: found once a view, however many rules ask. */
import { environmentNamed } from '../references/environment.ts';
import type { Entry, Workspace } from '../workspace.ts';
import type { RunbookView } from './runbookView.ts';

/** The environment that the runbook means; undefined where there is none, or none that is unambiguous. */
export function environmentIn(view: RunbookView, workspace: Workspace): Entry | undefined {
  return view.memo('environment', () => {
    const found = environmentNamed(view.environment, view.file, workspace);
    return found.state === 'found' ? found.entry : undefined;
  });
}
