/** No dry run of the runbook can reach the level that its class asks for. */
import { PROVIDER_TOOLS } from '../../recovery/backupTools.ts';
import type { Workspace } from '../../workspace.ts';
import { environmentIn } from '../environmentView.ts';
import { at, numberOf, textOf } from '../read.ts';
import type { DryRunView, RunbookView } from '../runbookView.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';

export const restoreTestLevel = runbookRule(
  { id: 'policy/restore-test-level', title: 'No dry run reaches the level that the class asks for.' },
  (view, say, { workspace }) => {
    const least = numberOf(at(view.class?.value, 'verify', 'restoreTest', 'level'));
    if (least === undefined || view.dryRuns.length === 0) return;
    const levels = view.dryRuns.map((dryRun) => reachable(view, dryRun, workspace));
    const best = Math.max(...levels);
    const index = levels.indexOf(best);
    const dryRun = view.dryRuns[index];
    if (best >= least || !dryRun) return;
    const mend = least >= 4 ? 'a sandbox of kind cloud' : 'a sandbox';
    const said = dryRun.value['level'] !== undefined && dryRun.sandbox !== undefined;
    say(
      said ? [...dryRun.path, 'level'] : dryRun.path,
      `Dry run ${dryRun.name} reaches level ${best}, but ${classWords(view)} asks for level ${least}: ${said ? `raise its level` : `give it ${mend}`}.`,
      { at: said ? 'value' : 'key', expected: least, actual: best },
    );
  },
);

/** Without a sandbox nothing is restored, so the bytes can be verified (2) at most; provider backups restore in the cloud. */
function reachable(view: RunbookView, dryRun: DryRunView, workspace: Workspace): number {
  const asked = numberOf(dryRun.value['level']);
  const provider = dryRun.backups.some((name) =>
    PROVIDER_TOOLS.has(view.backups.find((backup) => backup.name === name)?.tool ?? ''),
  );
  const use = textOf(dryRun.sandbox?.['use']);
  const shared =
    use === undefined
      ? undefined
      : textOf(at(environmentIn(view, workspace)?.document.value, 'sandboxes', use, 'kind'));
  // A named sandbox that the environment doesn't tell of may be of any kind: it is believed.
  const cloud = provider || (use === undefined ? dryRun.sandbox?.['kind'] : (shared ?? 'cloud')) === 'cloud';
  const most = cloud ? 4 : dryRun.sandbox ? 3 : 2;
  return Math.min(asked ?? most, most);
}
