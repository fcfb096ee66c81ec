/** What was seen, judged on the current text of a file; what that text doesn't change is not judged again. */
import { finishFindings } from '../app/checkWorkspace.ts';
import { driftRequests, judgeKnown, type ObservedResource } from '../app/detectDrift.ts';
import { sameData } from '../core/document/sameData.ts';
import type { Observation } from '../core/drift/observation.ts';
import { requestKey } from '../core/drift/requests.ts';
import type { Finding } from '../core/finding.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import { suppressionsOf } from '../core/suppression/suppressions.ts';
import type { Entry, Workspace } from '../core/workspace.ts';
import type { LiveResource } from '../language/context.ts';
import type { Root } from './root.ts';

/** Ages and countdowns are in what is said: after this long it is said anew, milliseconds. */
const STALE_MS = 60_000;

/** What was last seen of a root's resources. */
export interface Known {
  /** By look-up. */
  readonly seen: Map<string, Observation>;
  /** Grows with every answer. */
  revision: number;
}

/** The findings of a file, and what they were judged on. */
export interface Judged {
  readonly resources: readonly LiveResource[];
  readonly findings: readonly Finding[];
  /** As judged, before comments and the policy had their say. */
  readonly raw: readonly Finding[];
  /** Everything that its runbooks name was seen, so that what is not found is not there. */
  readonly complete: boolean;
  /** Comments had a say in the findings. */
  readonly commented: boolean;
  readonly on: {
    /** Plain data of its runbooks, in order. */
    readonly values: readonly unknown[];
    readonly revisions: string;
    readonly evidence: EvidenceSummary;
    readonly known: number;
    readonly at: number;
  };
}

/** Judges a file, or takes over what `before` said where nothing that counts has changed since. */
export function judgeFile(root: Root, file: string, known: Known, now: number, before: Judged | undefined): Judged {
  const workspace = root.workspace();
  const entries = workspace.byFile(file);
  const values = entries.filter((entry) => entry.kind === 'Runbook').map((entry) => entry.document.value);
  const revisions = `${workspace.revision('Environment')} ${workspace.revision('Policy')}`;
  const on = { values, revisions, evidence: root.evidence, known: known.revision, at: now };
  if (before && holds(before.on, on)) {
    // Comments are no data: they and the places of findings about them may have changed all the same.
    const commented = hasSuppressions(workspace, file);
    const findings = commented || before.commented ? finish(workspace, entries, before, now) : before.findings;
    return { ...before, findings, commented, on: { ...on, at: before.on.at } };
  }
  const seen = (key: string): Observation | undefined => known.seen.get(key);
  const judged = judgeKnown(workspace, entries, (request) => seen(requestKey(request)), now, root.evidence);
  const raw = judged.findings;
  const commented = hasSuppressions(workspace, file);
  const complete =
    judged.observations.length > 0 &&
    driftRequests(workspace, entries).every((request) => seen(requestKey(request)) !== undefined);
  const resources = judged.observations.map(liveResource);
  return { resources, raw, complete, commented, findings: finish(workspace, entries, { raw, complete }, now), on };
}

function holds(before: Judged['on'], now: Judged['on']): boolean {
  return (
    before.known === now.known &&
    before.revisions === now.revisions &&
    before.evidence === now.evidence &&
    now.at - before.at < STALE_MS &&
    before.values.length === now.values.length &&
    before.values.every((value, index) => sameData(withoutHead(value), withoutHead(now.values[index])))
  );
}

/** A runbook without its metadata: whom it belongs to and how it is called says nothing of what is live. */
function withoutHead(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return { ...value, metadata: undefined };
}

function finish(
  workspace: Workspace,
  entries: readonly Entry[],
  { raw, complete }: Pick<Judged, 'raw' | 'complete'>,
  now: number,
): readonly Finding[] {
  return finishFindings(workspace, raw, { now, ...(complete ? { lookedAt: entries } : {}) });
}

function hasSuppressions(workspace: Workspace, file: string): boolean {
  const parsed = workspace.files.get(file);
  return parsed !== undefined && suppressionsOf(parsed).length > 0;
}

function liveResource({ file, document, name, request, observation }: ObservedResource): LiveResource {
  const { kind, id, region, account } = request;
  return {
    file,
    document,
    path: name === undefined ? [] : ['resources', name],
    ...(name === undefined ? {} : { name }),
    kind,
    id,
    ...(region === undefined ? {} : { region }),
    ...(account === undefined ? {} : { account }),
    observation,
  };
}
