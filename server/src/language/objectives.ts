/** A runbook's recovery objectives: its own, else those of its data class. */
import { policyOf } from '../core/references/policy.ts';
import { asMap, asText, dig } from '../core/references/read.ts';
import { parseDuration } from '../core/values/duration.ts';
import type { Entry, Workspace } from '../core/workspace.ts';

export interface Objectives {
  readonly rpoMs: number | undefined;
  readonly rtoMs: number | undefined;
}

/** Milliseconds; undefined where neither the runbook nor its class says. */
export function objectivesOf(entry: Entry, workspace: Workspace): Objectives {
  const inherited = asMap(policyOf(entry, workspace)?.class);
  const ms = (key: 'rpo' | 'rto'): number | undefined => {
    const text = asText(dig(entry.document.value, 'restore', key)) ?? asText(inherited[key]);
    return text === undefined ? undefined : parseDuration(text)?.ms;
  };
  return { rpoMs: ms('rpo'), rtoMs: ms('rto') };
}
