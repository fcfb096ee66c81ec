/** The use case: what the runbooks declare, compared with what is live. */
import { judgeResource } from '../core/drift/compare.ts';
import { compatibilityFindings } from '../core/drift/compatibility.ts';
import { mergeRequests, requestKey } from '../core/drift/requests.ts';
import type { LookupRequest, Observation, PlannedCall } from '../core/drift/observation.ts';
import { subjectOf, type Subject } from '../core/drift/subject.ts';
import { declaredFacts } from '../core/drift/declaredFacts.ts';
import type { Finding } from '../core/finding.ts';
import type { Lookup } from '../core/ports.ts';
import { cadenceOf } from '../core/recovery/cadence.ts';
import { changedFacts, changeWords, type Facts } from '../core/recovery/provenBefore.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import { needsVerifyMessage } from '../core/rules/evidence/needsVerify.ts';
import { catalogueRow } from '../core/rules/catalogue.ts';
import type { Entry, Workspace } from '../core/workspace.ts';

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
  readonly evidence?: Evidence | undefined;
}

type Evidence = Pick<EvidenceSummary, 'entries'>;

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
  return mergeRequests(
    subjects(workspace, entries).flatMap((subject) => subject.resources.flatMap(({ request }) => request ?? [])),
  );
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
  const all = subjects(workspace, entries);
  const requests = mergeRequests(all.flatMap((subject) => subject.resources.flatMap(({ request }) => request ?? [])));
  const { observations, calls } =
    requests.length === 0
      ? { observations: [], calls: {} }
      : await options.lookup.look(requests, {
          signal: options.signal,
          ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
          ...(options.maxAgeMs === undefined ? {} : { maxAgeMs: options.maxAgeMs }),
        });
  const byKey = new Map(requests.map((request, index) => [requestKey(request), observations[index]]));
  const judged = all.map((subject) => judgeSubject(subject, (request) => byKey.get(requestKey(request)), options));
  return {
    findings: judged.flatMap((each) => each.findings),
    observations: judged.flatMap((each) => each.observations),
    calls,
    factsCompared: judged.reduce((sum, each) => sum + each.compared, 0),
    resources: judged.reduce((sum, each) => sum + each.observations.length, 0),
  };
}

/** Judges again what is known already: last-known answers at once, and the same findings after an edit, without asking. */
export function judgeKnown(
  workspace: Workspace,
  entries: readonly Entry[],
  known: (request: LookupRequest) => Observation | undefined,
  now: number,
  evidence?: Evidence,
): Omit<DriftResult, 'calls'> {
  const judged = subjects(workspace, entries).map((subject) => judgeSubject(subject, known, { now, evidence }));
  return {
    findings: judged.flatMap((each) => each.findings),
    observations: judged.flatMap((each) => each.observations),
    factsCompared: judged.reduce((sum, each) => sum + each.compared, 0),
    resources: judged.reduce((sum, each) => sum + each.observations.length, 0),
  };
}

function subjects(workspace: Workspace, entries: readonly Entry[]): readonly Subject[] {
  return entries.filter((entry) => entry.kind === 'Runbook').map((entry) => subjectOf(entry, workspace));
}

interface JudgedSubject {
  readonly findings: readonly Finding[];
  readonly observations: readonly ObservedResource[];
  readonly compared: number;
}

function judgeSubject(
  subject: Subject,
  seen: (request: LookupRequest) => Observation | undefined,
  { now, evidence }: Pick<DetectDriftOptions, 'now' | 'evidence'>,
): JudgedSubject {
  const observations: ObservedResource[] = [];
  const byName = new Map<string, Observation>();
  const { file, document } = subject.context;
  for (const { resource, request } of subject.resources) {
    const observation = request && seen(request);
    if (!request || !observation) continue;
    const declared = resource.name === undefined ? {} : declaredFacts(resource, observation);
    observations.push({ file, document, name: resource.name, request, observation, declared });
    if (resource.name !== undefined) byName.set(resource.name, observation);
  }
  const context = { ...subject.context, now, observations: byName };
  const findings: Finding[] = [...subject.open];
  let compared = 0;
  for (const { resource, request } of subject.resources) {
    const observation = request ? seen(request) : unsupported(now);
    if (!observation) continue;
    const judged = judgeResource(resource, observation, context);
    findings.push(...judged.findings);
    compared += judged.compared;
  }
  findings.push(...compatibilityFindings(subject.entry, context));
  if (evidence) findings.push(...provenOtherwise(subject, factsOf(observations), evidence, now));
  return {
    findings: onePerDocument(findings).filter((finding) => !subject.off.has(finding.code)),
    observations,
    compared,
  };
}

/** The live facts that runbooks declare, by `resource.fact`. */
export function factsOf(observations: readonly ObservedResource[]): Facts {
  return Object.fromEntries(
    observations.flatMap(({ name, declared }) =>
      Object.entries(declared).map(([fact, value]) => [`${name ?? ''}.${fact}`, value] as const),
    ),
  );
}

/** Dry runs whose last pass was proven against other facts than those seen now; what the evidence tells by itself is left to its rule. */
function provenOtherwise(subject: Subject, facts: Facts, evidence: Evidence, now: number): readonly Finding[] {
  const { entry } = subject;
  const { passes, needsVerify } = cadenceOf(entry.document.value, undefined, evidence, now);
  return passes.flatMap(({ dryRun, last }): readonly Finding[] => {
    const changes = changedFacts(last.facts, facts);
    if (changes.length === 0 || needsVerify.some((each) => each.dryRun === dryRun)) return [];
    return [
      {
        code: 'evidence/needs-verify',
        severity:
          subject.context.severities?.['evidence/needs-verify'] ?? catalogueRow('evidence/needs-verify').severity,
        message: needsVerifyMessage(entry.name ?? '', dryRun, last, changeWords(changes)),
        file: entry.file,
        document: entry.document.index,
        path: ['dryRuns', dryRun],
        at: 'key',
        data: { evidence: last.id },
      },
    ];
  });
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
function onePerDocument(findings: readonly Finding[]): readonly Finding[] {
  let said = false;
  return findings.flatMap((finding) => {
    if (finding.code !== 'unchecked/untrusted-workspace') return [finding];
    if (said) return [];
    said = true;
    const { resource: _resource, ...rest } = finding;
    return [{ ...rest, message: 'Nothing live was checked: the workspace is not trusted.' }];
  });
}
