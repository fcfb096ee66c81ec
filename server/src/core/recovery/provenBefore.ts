/** What has changed around a runbook since its restore last passed: the tool that makes the backup, the live facts it declares. */
import type { EvidenceEntry } from '../rules/rule.ts';

/** Facts by resource and name (`primary.version`), as the evidence keeps them. */
export type Facts = Readonly<Record<string, string>>;

/** Changes that are told by name; the rest are counted. */
const MOST = 3;

/** `primary.version was 15.4 and is 16.3` for each fact known then and now that is another; sorted. */
export function changedFacts(then: Facts | undefined, now: Facts | undefined): readonly string[] {
  if (!then || !now) return [];
  return Object.keys(then)
    .filter((name) => Object.hasOwn(now, name) && now[name] !== then[name])
    .sort()
    .map((name) => `${name} ${was(then[name] ?? '', now[name] ?? '')}`);
}

/** The tool's version of a pass against the newest later run of the same dry run that saw one. */
export function changedTool(last: EvidenceEntry, later: EvidenceEntry | undefined): readonly string[] {
  const then = last.backup?.toolVersion;
  const now = later?.backup?.toolVersion;
  return then === undefined || now === undefined || then === now ? [] : [`the backup tool ${was(then, now)}`];
}

/** The changes in one phrase. */
export function changeWords(changes: readonly string[]): string {
  const shown = changes.slice(0, MOST).join('; ');
  return changes.length > MOST ? `${shown}; and ${changes.length - MOST} more` : shown;
}

function was(then: string, now: string): string {
  return then.startsWith('sha256:') || now.startsWith('sha256:') ? 'has changed' : `was ${then} and is ${now}`;
}
