/** The last run of a dry run in a few words, the same in every view. */
import type { DryRunState, LastRun } from '../../../server/src/protocol.ts';
import { ago, duration } from '../words.ts';

/** `passed at level 3, 2 days ago, in 4.2 s of 1 h`. */
export function describeRun(last: LastRun, rtoMs: number | undefined, now: number): string {
  const time = last.elapsedMs === undefined ? '' : `, in ${duration(last.elapsedMs)}`;
  const objective = time !== '' && rtoMs !== undefined && last.level >= 3 ? ` of ${duration(rtoMs)}` : '';
  return `${last.result} at level ${last.level}, ${ago(last.at, now)}${time}${objective}`;
}

/** The same for a dry run that may never have run. */
export function describeLast(dryRun: DryRunState, now: number): string {
  return dryRun.last === undefined ? 'never dry-run: a hope' : describeRun(dryRun.last, dryRun.rtoMs, now);
}
