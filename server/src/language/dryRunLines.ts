/** Which line of a runbook an event of its dry run is about: the check, the backup, the sandbox, the step. */
import { nodeAt, pairAt, positionAt } from '../core/document/navigate.ts';
import type { Path } from '../core/document/node.ts';
import type { FailedPart } from '../core/recovery/failedPart.ts';
import { asText, dig } from '../core/references/read.ts';
import type { Entry } from '../core/workspace.ts';
import type { DryRunEvent } from '../protocol.ts';

/** Line from 0; undefined where nothing in the text stands for it. */
export function lineOfEvent(
  entries: readonly Entry[],
  run: { readonly runbook: string; readonly name: string },
  event: DryRunEvent,
): number | undefined {
  const entry = entries.find((each) => each.kind === 'Runbook' && each.name === run.runbook);
  if (!entry) return undefined;
  if (event.event === 'check')
    return lineOf(entry, ['dryRuns', run.name, 'checks', event.name]) ?? lineOf(entry, ['dryRuns', run.name]);
  if (event.event === 'result' || event.event === 'output') return undefined;
  const backup = asText(dig(entry.document.value, 'dryRuns', run.name, 'backup'));
  switch (event.stage) {
    case 'locate':
    case 'fetch':
    case 'verify':
    case 'fetch+verify':
    case 'restore':
      return (
        (backup === undefined ? undefined : lineOf(entry, ['backups', backup])) ?? lineOf(entry, ['dryRuns', run.name])
      );
    case 'provision':
      return lineOf(entry, ['dryRuns', run.name, 'sandbox']) ?? lineOf(entry, ['dryRuns', run.name]);
    case 'drift':
      return lineOf(entry, ['resources']);
    default:
      return lineOf(entry, ['dryRuns', run.name]);
  }
}

/** The line of what decided that a past run did not pass; of the dry run where the part is not in the text any more. */
export function lineOfFailure(entry: Entry, dryRun: string, failed: FailedPart | undefined): number | undefined {
  const own = lineOf(entry, ['dryRuns', dryRun]);
  if (failed?.check !== undefined) return lineOf(entry, ['dryRuns', dryRun, 'checks', failed.check]) ?? own;
  if (failed?.step !== undefined) return lineOf(entry, ['restore', 'steps', failed.step]) ?? own;
  if (failed?.stage === undefined) return own;
  return lineOfEvent([entry], { runbook: entry.name ?? '', name: dryRun }, stageEvent(failed.stage)) ?? own;
}

function stageEvent(stage: string): DryRunEvent {
  return { event: 'stage', stage, state: 'failed', at: '' };
}

/** The line of the key or item at a path. */
export function lineOf(entry: Entry, path: Path): number | undefined {
  const node = pairAt(entry.document, path)?.key ?? nodeAt(entry.document, path);
  return node && positionAt(entry.parsed, node.start).line;
}
