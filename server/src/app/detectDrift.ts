/** The use case: what the runbooks declare, compared with what is live. */
import type { LookupRequest, Observation, PlannedCall } from '../core/drift/observation.ts';
import { mergeRequests, requestKey } from '../core/drift/requests.ts';
import type { Finding } from '../core/finding.ts';
import type { Lookup } from '../core/ports.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import type { Entry, Workspace } from '../core/workspace.ts';
import { judgeRunbook, type JudgedRunbook, type ObservedResource } from './judgeRunbook.ts';

export type { ObservedResource } from './judgeRunbook.ts';
export { factsOf } from './provenOtherwise.ts';

export interface DetectDriftOptions {
  readonly lookup: Lookup;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
  /** Oldest answer from the cache that is still taken, milliseconds; left out or 0 asks anew. */
  readonly maxAgeMs?: number | undefined;
  readonly signal: AbortSignal;
  /** Milliseconds for the whole run. */
  readonly deadlineMs?: number | undefined;
  /** Past runs: what was proven against other facts than those now live needs a new run. */
  readonly evidence?: Pick<EvidenceSummary, 'entries'> | undefined;
}

export interface DriftResult {
  readonly findings: readonly Finding[];
  readonly observations: readonly ObservedResource[];
  /** Calls really made, by `provider:service:Operation`. */
  readonly calls: Readonly<Record<string, number>>;
  readonly factsCompared: number;
  /** How many resources were asked about. */
  readonly resources: number;
}

/** The questions of these entries, each thing once: for `--plan`, `--permissions` and `--record`. */
export function driftRequests(workspace: Workspace, entries: readonly Entry[]): readonly LookupRequest[] {
  return requestsOf(unseen(workspace, entries, 0));
}

/** The questions of what was judged, each thing once. */
export function requestsOf(judged: readonly JudgedRunbook[]): readonly LookupRequest[] {
  const [only] = judged;
  return only && judged.length === 1 ? only.requests : mergeRequests(judged.flatMap((each) => each.requests));
}

/** The calls that looking these entries up would take, without making them. */
export function planDrift(workspace: Workspace, entries: readonly Entry[], lookup: Lookup): readonly PlannedCall[] {
  return lookup.plan(driftRequests(workspace, entries));
}

/** Looks up what the entries rely on and judges it. Rejects only on abort. */
export async function detectDrift(
  workspace: Workspace,
  entries: readonly Entry[],
  options: DetectDriftOptions,
): Promise<DriftResult> {
  const before = unseen(workspace, entries, options.now);
  const requests = requestsOf(before);
  const { observations, calls } =
    requests.length === 0
      ? { observations: [], calls: {} }
      : await options.lookup.look(requests, {
          signal: options.signal,
          ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
          ...(options.maxAgeMs === undefined ? {} : { maxAgeMs: options.maxAgeMs }),
        });
  const byKey = new Map<string, Observation | undefined>(
    requests.map((request, index) => [requestKey(request), observations[index]]),
  );
  const { now, evidence } = options;
  const judged = before.map((each) =>
    judgeRunbook(each.subject.entry, workspace, { seen: (key) => byKey.get(key), now, evidence, before: each }),
  );
  return {
    findings: judged.flatMap((each) => each.findings),
    observations: judged.flatMap((each) => each.observations),
    calls,
    factsCompared: judged.reduce((sum, each) => sum + each.compared, 0),
    resources: judged.reduce((sum, each) => sum + each.observations.length, 0),
  };
}

/** The runbooks among them, with their questions, before anything was seen. */
function unseen(workspace: Workspace, entries: readonly Entry[], now: number): readonly JudgedRunbook[] {
  return entries
    .filter((entry) => entry.kind === 'Runbook')
    .map((entry) => judgeRunbook(entry, workspace, { seen: () => undefined, now }));
}
