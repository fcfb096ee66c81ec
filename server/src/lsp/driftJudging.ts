/** What was seen, judged on the current text of a file; what that text doesn't change is not judged again. */
import { finishFindings } from '../app/checkWorkspace.ts';
import { requestsOf } from '../app/detectDrift.ts';
import { judgeRunbook, type JudgedRunbook, type ObservedResource } from '../app/judgeRunbook.ts';
import { sameData } from '../core/document/sameData.ts';
import { environmentFor } from '../core/drift/environments.ts';
import type { LookupRequest } from '../core/drift/observation.ts';
import type { Finding } from '../core/finding.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import { suppressionsOf } from '../core/suppression/suppressions.ts';
import type { Entry, Workspace } from '../core/workspace.ts';
import type { LiveResource } from '../language/context.ts';
import { seenIn, withoutHead, type Known } from './driftSeen.ts';
import type { Root } from './root.ts';

/** Countdowns are in what is said: after this long it is looked through anew, milliseconds. */
const STALE_MS = 60_000;

/** How many resources are judged in one go: a few milliseconds, as typing must not wait for longer. */
export const MOST_AT_ONCE = 50;

/** The findings of a file, and what they were judged on. */
export interface Judged {
  readonly resources: readonly LiveResource[];
  readonly findings: readonly Finding[];
  /** What its runbooks ask, each thing once; the same list as before where the same is asked. */
  readonly requests: readonly LookupRequest[];
  /** As judged, before comments and the policy had their say. */
  readonly raw: readonly Finding[];
  /** Everything that its runbooks name was seen, so that what is not found is not there. */
  readonly complete: boolean;
  /** More is to be judged than is in this: it goes on when it is asked for again. */
  readonly unfinished: boolean;
  /** Comments had a say in the findings. */
  readonly commented: boolean;
  readonly runbooks: readonly JudgedRunbook[];
  readonly on: {
    /** Plain data of its runbooks, in order. */
    readonly values: readonly unknown[];
    readonly revisions: string;
    readonly evidence: EvidenceSummary;
    readonly known: number;
    readonly at: number;
  };
}

export interface JudgeFileOptions {
  /** Only what the text itself changed, as something else goes on with the rest. */
  readonly textOnly?: boolean;
  /** Nothing is shown before all is judged: until then there are no findings. */
  readonly wholeOnly?: boolean;
}

/** Judges a file, or takes over what `before` said where nothing that counts has changed since. */
export function judgeFile(
  root: Root,
  file: string,
  known: Known,
  now: number,
  before: Judged | undefined,
  { textOnly = false, wholeOnly = false }: JudgeFileOptions = {},
): Judged {
  const workspace = root.workspace();
  const entries = workspace.byFile(file);
  const values = entries.filter((entry) => entry.kind === 'Runbook').map((entry) => entry.document.value);
  const revisions = `${workspace.revision('Environment')} ${workspace.revision('Policy')}`;
  const on = { values, revisions, evidence: root.evidence, known: known.revision, at: now };
  if (before && !before.unfinished && holds(before.on, on)) {
    // Comments are no data: they and the places of findings about them may have changed all the same.
    const commented = hasSuppressions(workspace, file);
    const findings = commented || before.commented ? finish(workspace, entries, before, now) : before.findings;
    return { ...before, findings, commented, on: { ...on, at: before.on.at } };
  }
  const isSameText = before !== undefined && sameText(before.on, on);
  const runbooks = entries
    .filter((entry) => entry.kind === 'Runbook')
    .map((entry, index) =>
      judgeRunbook(entry, workspace, {
        seen: seenIn(known, environmentFor(entry, workspace)),
        now,
        evidence: root.evidence,
        before: before?.runbooks[index],
        isSameText,
        most: MOST_AT_ONCE,
        ...(textOnly ? { mostOthers: 0 } : {}),
      }),
    );
  const raw = runbooks.flatMap((each) => each.findings);
  const unfinished = runbooks.some((each) => each.unfinished);
  const requests = sameLists(before?.runbooks, runbooks, (each) => each.requests)
    ? (before?.requests ?? [])
    : requestsOf(runbooks);
  const resources = sameLists(before?.runbooks, runbooks, (each) => each.observations)
    ? (before?.resources ?? [])
    : runbooks.flatMap((each) => each.observations.map(liveResource));
  if (unfinished && wholeOnly)
    return { resources, requests, raw: [], complete: false, unfinished, commented: false, findings: [], runbooks, on };
  const complete = resources.length > 0 && runbooks.every((each) => each.complete);
  const commented = hasSuppressions(workspace, file);
  const isSaid = before && !commented && !before.commented && before.on.revisions === revisions;
  const findings =
    isSaid && raw.length === before.raw.length && raw.every((each, index) => each === before.raw[index])
      ? before.findings
      : finish(workspace, entries, { raw, complete }, now);
  return { resources, requests, raw, complete, unfinished, commented, findings, runbooks, on };
}

function sameLists(
  before: readonly JudgedRunbook[] | undefined,
  now: readonly JudgedRunbook[],
  list: (runbook: JudgedRunbook) => readonly unknown[],
): boolean {
  return before?.length === now.length && now.every((each, index) => list(each) === list(before[index] ?? each));
}

function holds(before: Judged['on'], now: Judged['on']): boolean {
  return (
    before.known === now.known &&
    before.evidence === now.evidence &&
    now.at - before.at < STALE_MS &&
    sameText(before, now)
  );
}

function sameText(before: Judged['on'], now: Judged['on']): boolean {
  return (
    before.revisions === now.revisions &&
    before.values.length === now.values.length &&
    before.values.every((value, index) => sameData(withoutHead(value), withoutHead(now.values[index])))
  );
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
