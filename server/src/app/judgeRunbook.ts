/** What is judged of one runbook, resource by resource: an edit or an answer judges what it touches, and takes over the rest. */
import { judgeResource } from '../core/drift/compare.ts';
import { compatibilityFindings } from '../core/drift/compatibility.ts';
import { declaredFacts } from '../core/drift/declaredFacts.ts';
import { saysTheSame, type LookupRequest, type Observation } from '../core/drift/observation.ts';
import { mergeRequests, requestKey, requestOf } from '../core/drift/requests.ts';
import type { DriftResource } from '../core/drift/resource.ts';
import { subjectOf, undeclaredKey, type Subject } from '../core/drift/subject.ts';
import { bumped, changedParts, differ, NO_VERSIONS, PART, watched, type Versions } from '../core/drift/watched.ts';
import type { DriftContext } from '../core/drift/kinds/kind.ts';
import type { Finding } from '../core/finding.ts';
import type { Facts } from '../core/recovery/provenBefore.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import type { Entry, Workspace } from '../core/workspace.ts';
import { provenOtherwise } from './provenOtherwise.ts';
import { untrustedFinding } from './untrusted.ts';

/** Ages and countdowns are in what is said: after this long it is said anew, milliseconds. */
const STALE_MS = 60_000;

/** One resource and what was seen of it, for hovers, status and the recovery view. */
export interface ObservedResource {
  readonly file: string;
  readonly document: number;
  /** Name under `resources`; undefined for one that only a step's text names. */
  readonly name: string | undefined;
  readonly request: LookupRequest;
  readonly observation: Observation;
  /** What its expectations name, as seen. */
  readonly declared: Facts;
}

export interface JudgeOptions {
  /** What was seen, by `requestKey`; what was not seen is not judged. */
  readonly seen: (key: string) => Observation | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Past runs: what was proven against other facts than those now live needs a new run. */
  readonly evidence?: Pick<EvidenceSummary, 'entries'> | undefined;
  /** What was judged of this runbook last. */
  readonly before?: JudgedRunbook | undefined;
  /** Neither the text nor an environment or a policy says anything else than for `before`. */
  readonly isSameText?: boolean;
  /** The most resources to judge now, those first that the text itself changed; the others stay as they were. */
  readonly most?: number;
  /** The most where it is not for the text; `most` where left out. */
  readonly mostOthers?: number;
}

export interface JudgedRunbook {
  readonly findings: readonly Finding[];
  /** The same list as before where nothing else was seen. */
  readonly observations: readonly ObservedResource[];
  /** Each question once; the same list as before where the same is asked. */
  readonly requests: readonly LookupRequest[];
  readonly compared: number;
  /** More is to be judged than was allowed: not everything that changed is in this yet. */
  readonly unfinished: boolean;
  /** All that it asks was seen, so that what is not found is not there. */
  readonly complete: boolean;
  /** How many resources were judged for this, and not taken over. */
  readonly judged: number;
  readonly subject: Subject;
  readonly rows: ReadonlyMap<string, Row>;
  readonly versions: Versions;
  readonly seenByName: ReadonlyMap<string, Observation>;
}

/** One resource of a runbook: what it asks, and what was judged of the answer. */
export interface Row {
  readonly resource: DriftResource;
  readonly question: Question;
  readonly verdict: RowVerdict | undefined;
}

interface Question {
  readonly request: LookupRequest | undefined;
  readonly key: string | undefined;
  /** Name of the environment asked. */
  readonly environment: string;
  /** The parts of the context that it was made of, and on which versions of them. */
  readonly looks: number;
  readonly on: Versions;
}

interface RowVerdict {
  readonly observation: Observation | undefined;
  readonly observed: ObservedResource | undefined;
  readonly findings: readonly Finding[];
  readonly compared: number;
  readonly looks: number;
  readonly on: Versions;
  readonly at: number;
}

/** A row on its way: `changed` by the text, or `late` where its question has to wait. */
interface Draft {
  readonly id: string;
  readonly resource: DriftResource;
  readonly last: Row | undefined;
  readonly question: Question | undefined;
  readonly changed: boolean;
  readonly late: boolean;
}

/** Judges a runbook. */
export function judgeRunbook(entry: Entry, workspace: Workspace, options: JudgeOptions): JudgedRunbook {
  const { before, now } = options;
  const isSameText = options.isSameText === true && before !== undefined;
  const subject = isSameText ? { ...before.subject, entry } : subjectOf(entry, workspace, before?.subject);
  const changes = before && !isSameText ? changedParts(before.subject.context, subject.context) : 0;
  const asked = bumped(before?.versions ?? NO_VERSIONS, changes);
  const drafts = draftsOf(subject, asked, options);
  // What was seen of one resource counts for others too: it is all known before any is judged.
  const seenByName = new Map<string, Observation>();
  for (const draft of drafts) {
    const observation = seenOf(draft, options);
    if (observation && draft.resource.name !== undefined) seenByName.set(draft.resource.name, observation);
  }
  const isSeen = before === undefined || sameSeen(before.seenByName, seenByName);
  const versions = isSeen ? asked : bumped(asked, PART.observations);
  const context: DriftContext = { ...subject.context, now, observations: seenByName };
  const watch = watched(context);

  const { most = Infinity, mostOthers = most } = options;
  let judged = 0;
  let unfinished = false;
  const decided = new Map<Draft, Row>();
  const decide = (draft: Draft): void => {
    const { resource, last, question = last?.question } = draft;
    const observation = seenOf(draft, options);
    let verdict = draft.late ? undefined : standingOf(draft, observation, versions, now);
    if (!verdict) {
      const isTurn = !draft.late && judged < (draft.changed ? most : mostOthers);
      verdict = isTurn ? judge(draft, observation, watch, versions, now) : last?.verdict;
      if (isTurn) judged++;
      else unfinished = true;
    }
    if (!question) return;
    const isRow = last?.resource === resource && last.question === question && last.verdict === verdict;
    decided.set(draft, isRow ? last : { resource, question, verdict });
  };
  // What the text changed goes first.
  for (const draft of drafts) if (draft.changed) decide(draft);
  for (const draft of drafts) if (!draft.changed) decide(draft);
  const rows = new Map<string, Row>();
  for (const draft of drafts) {
    const row = decided.get(draft);
    if (row) rows.set(draft.id, row);
  }
  let complete = !unfinished;
  for (const { question, verdict } of rows.values())
    complete &&= !question.request || verdict?.observation !== undefined;
  const said = assembled(subject, rows, context, options);
  return { ...said, unfinished, complete, judged, subject, rows, versions, seenByName };
}

/** The resources with their questions; one is taken over where nothing that it was made of has changed. */
function draftsOf(subject: Subject, versions: Versions, { before, most = Infinity, now }: JudgeOptions): Draft[] {
  const watch = watched({ ...subject.context, now, observations: new Map() });
  const { environment } = subject;
  let made = 0;
  return subject.resources.map((resource): Draft => {
    const id = resource.name ?? undeclaredKey(resource);
    const last = before?.rows.get(id);
    const isSame = last?.resource === resource && last.question.environment === environment;
    const changed = !isSame;
    if (isSame && !differ(last.question.on, versions, last.question.looks))
      return { id, resource, last, changed, late: false, question: last.question };
    if (made >= most) return { id, resource, last, changed, late: true, question: undefined };
    made++;
    const request = requestOf(resource, watch.context, environment);
    const key = request && requestKey(request);
    const question = { request, key, environment, looks: watch.taken(), on: versions };
    return { id, resource, last, changed, late: false, question };
  });
}

/** What counts as seen of it: where its question has to wait, what was seen before. */
function seenOf({ question, last }: Draft, { seen }: JudgeOptions): Observation | undefined {
  if (!question) return last?.verdict?.observation;
  return question.key === undefined ? undefined : seen(question.key);
}

/** What was judged before, where it still stands; undefined where it doesn't. */
function standingOf(
  { last, question, changed }: Draft,
  observation: Observation | undefined,
  versions: Versions,
  now: number,
): RowVerdict | undefined {
  const verdict = last?.verdict;
  if (!verdict || changed || differ(verdict.on, versions, verdict.looks)) return undefined;
  if ((verdict.looks & PART.now) !== 0 && now - verdict.at >= STALE_MS) return undefined;
  if (verdict.observation === observation && last.question === question) return verdict;
  if (!observation || !verdict.observation || !verdict.observed || !question?.request) return undefined;
  // What is said of it says when it was seen.
  if (verdict.observation.at !== observation.at && verdict.findings.length > 0) return undefined;
  if (!saysTheSame(verdict.observation, observation)) return undefined;
  return { ...verdict, observation, observed: { ...verdict.observed, request: question.request, observation } };
}

function judge(
  { resource, question }: Draft,
  observation: Observation | undefined,
  { context, taken }: ReturnType<typeof watched>,
  versions: Versions,
  now: number,
): RowVerdict {
  const { file, document } = context;
  const { name } = resource;
  const request = question?.request;
  const on = request ? observation : unsupported(now);
  const { findings, compared } = on ? judgeResource(resource, on, context) : { findings: [], compared: 0 };
  const observed: ObservedResource | undefined =
    request && observation
      ? {
          file,
          document,
          name,
          request,
          observation,
          declared: name === undefined ? {} : declaredFacts(resource, observation),
        }
      : undefined;
  return { observation, observed, findings, compared, looks: taken(), on: versions, at: now };
}

function assembled(
  subject: Subject,
  rows: ReadonlyMap<string, Row>,
  context: DriftContext,
  { before, now, evidence }: JudgeOptions,
): Pick<JudgedRunbook, 'findings' | 'observations' | 'requests' | 'compared'> {
  const all = [...rows.values()];
  const verdicts = all.flatMap(({ verdict }) => verdict ?? []);
  const observations = verdicts.flatMap(({ observed }) => observed ?? []);
  const findings = [
    ...subject.open,
    ...verdicts.flatMap((verdict) => verdict.findings),
    ...compatibilityFindings(subject.entry, context),
    ...(evidence ? provenOtherwise(subject, observations, evidence, now) : []),
  ];
  const asked = before && [...before.rows.values()];
  const isAskedTheSame =
    asked?.length === all.length && all.every(({ question }, i) => question === asked[i]?.question);
  return {
    findings: onePerDocument(findings, subject).filter((finding) => !subject.off.has(finding.code)),
    observations: before && sameItems(before.observations, observations) ? before.observations : observations,
    requests:
      before && isAskedTheSame
        ? before.requests
        : mergeRequests(all.flatMap(({ question: { request } }) => request ?? [])),
    compared: verdicts.reduce((sum, verdict) => sum + verdict.compared, 0),
  };
}

function sameItems<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((each, index) => each === other[index]);
}

function sameSeen(before: ReadonlyMap<string, Observation>, now: ReadonlyMap<string, Observation>): boolean {
  if (before.size !== now.size) return false;
  for (const [name, observation] of now) {
    const last = before.get(name);
    if (!last || !saysTheSame(last, observation)) return false;
  }
  return true;
}

/** A kind that no reader knows is unchecked, not clean. */
function unsupported(now: number): Observation {
  return {
    state: 'unknown',
    unknown: { reason: 'unsupported', detail: "this kind of resource can't be looked up yet" },
    at: new Date(now).toISOString(),
    source: 'live',
  };
}

/** A workspace that isn't trusted is said once a document. */
function onePerDocument(findings: readonly Finding[], subject: Subject): readonly Finding[] {
  if (!findings.some(isUntrusted)) return findings;
  return [
    ...findings.filter((finding) => !isUntrusted(finding)),
    ...untrustedFinding(subject.entry, () => subject.resources),
  ];
}

const isUntrusted = (finding: Finding): boolean => finding.code === 'unchecked/untrusted-workspace';
