/** Judges what was seen against what the runbook declares. Pure; unknown is neither clean nor drift. */
import type { Finding, Related, ResourceRef, Severity } from '../finding.ts';
import type { Path } from '../document/node.ts';
import { catalogueRow } from '../rules/catalogue.ts';
import { consoleUrl } from './console.ts';
import { accountId, accountNamed, awsOf } from './environment.ts';
import { field, shown } from './expected.ts';
import type { Fact, Observation, Unknown } from './observation.ts';
import type { DriftResource } from './resource.ts';
import type { DriftContext, Found, JudgeInput, Kind, Verdict } from './kinds/kind.ts';
import { findKind } from './kinds/table.ts';
import { sourceFindings } from './sources.ts';

/** What judging one resource gave. */
export interface Judged {
  readonly findings: readonly Finding[];
  /** Facts that were really compared, existence included. */
  readonly compared: number;
}

/** The findings of one resource. */
export function compare(resource: DriftResource, observation: Observation, context: DriftContext): readonly Finding[] {
  return judgeResource(resource, observation, context).findings;
}

/** The findings of one resource, and how much was compared. */
export function judgeResource(resource: DriftResource, observation: Observation, context: DriftContext): Judged {
  const kind = findKind(resource.kind);
  const say = speaker(resource, observation, context);
  if (!kind) {
    return {
      findings: [say.unknown({ reason: 'unsupported', detail: `${resource.kind} can't be looked up yet` }, say.idPath)],
      compared: 0,
    };
  }
  if (observation.state === 'unknown') return { findings: [say.unknown(observation.unknown, say.idPath)], compared: 0 };
  if (observation.state === 'absent') return { findings: [missing(say)], compared: 1 };
  const place = placeFindings(kind, resource, observation, context, say);
  const judged = judgeFound(kind, resource, observation, context, say, place.findings.length > 0);
  return {
    findings: [...place.findings, ...judged.findings, ...sourceFindings(kind, resource, observation, context)],
    compared: 1 + place.compared + judged.compared,
  };
}

interface Speaker {
  readonly idPath: Path;
  readonly resource: DriftResource;
  readonly observation: Observation;
  readonly context: DriftContext;
  verdict(verdict: Verdict, path: Path): Finding;
  unknown(unknown: Unknown, path: Path): Finding;
}

/** Turns verdicts about one resource into findings. */
function speaker(resource: DriftResource, observation: Observation, context: DriftContext): Speaker {
  const idPath = resource.idPath ?? (resource.name === undefined ? resource.path : [...resource.path, 'id']);
  const ref = referenceOf(resource, observation, context);
  const finding = (verdict: Verdict, path: Path): Finding => ({
    code: verdict.code,
    severity: severityOf(verdict, context),
    message: withSource(verdict.message, observation),
    file: context.file,
    document: context.document,
    path: verdict.path ?? path,
    ...(resource.span && verdict.path === undefined
      ? { span: resource.span, relative: resource.relative ?? false }
      : {}),
    resource: ref,
    ...(verdict.expected === undefined ? {} : { expected: verdict.expected }),
    ...(verdict.actual === undefined ? {} : { actual: verdict.actual }),
    observedAt: observation.at,
    ...(verdict.related
      ? {
          related: verdict.related.map((each): Related => ({
            file: context.file,
            document: context.document,
            ...each,
          })),
        }
      : {}),
    data: dataOf(verdict, ref, observation),
  });
  return {
    idPath,
    resource,
    observation,
    context,
    verdict: finding,
    unknown: (unknown, path) =>
      finding(
        {
          code: `unchecked/${unknown.reason}`,
          message: uncheckedMessage(resource, unknown),
          ...(unknown.permission === undefined ? {} : { data: { permission: unknown.permission } }),
        },
        path,
      ),
  };
}

function referenceOf(resource: DriftResource, observation: Observation, context: DriftContext): ResourceRef {
  const account =
    accountNamed(awsOf(context.environment), resource.account)?.id ?? resource.account ?? observation.account;
  const region = resource.region ?? observation.region;
  return {
    kind: resource.kind,
    id: resource.id,
    ...(region === undefined ? {} : { region }),
    ...(account === undefined ? {} : { account }),
  };
}

function dataOf(verdict: Verdict, ref: ResourceRef, observation: Observation): Readonly<Record<string, unknown>> {
  const url = consoleUrl({ ...ref, ...(observation.region === undefined ? {} : { region: observation.region }) });
  return {
    source: observation.source,
    ...(observation.by === undefined ? {} : { by: observation.by }),
    ...(url === undefined ? {} : { console: url }),
    ...liveValue(verdict),
    ...verdict.data,
  };
}

/** What the runbook would have to say to agree: for the quick fix *update the runbook to live*. */
function liveValue(verdict: Verdict): Readonly<Record<string, unknown>> {
  if (!['drift/value', 'drift/version-major', 'drift/version-minor', 'drift/region'].includes(verdict.code)) return {};
  const suggested = field(verdict.data, 'suggest') ?? verdict.actual;
  return ['string', 'number', 'boolean'].includes(typeof suggested) ? { live: suggested } : {};
}

function severityOf(verdict: Verdict, context: DriftContext): Severity {
  const own = verdict.severity ?? catalogueRow(verdict.code).severity;
  return verdict.code.startsWith('unchecked/') ? own : (context.severities?.[verdict.code] ?? own);
}

/** A finding from a state file must not read as if it were live. */
function withSource(message: string, observation: Observation): string {
  if (observation.source !== 'terraform') return message;
  const [head = message, ...rest] = message.split('; ');
  const says = ` in the Terraform state of ${observation.at.slice(0, 16).replace('T', ' ')}Z`;
  if (rest.length === 0) return `${head.replace(/\.$/, '')}${says}.`;
  return `${head}${says}; ${rest.join('; ')}`;
}

function uncheckedMessage(resource: DriftResource, unknown: Unknown): string {
  const detail = unknown.detail.replace(/\.$/, '');
  const ask =
    unknown.permission === undefined || detail.includes(unknown.permission) ? '' : ` (ask for ${unknown.permission})`;
  return `${resource.id} was not checked: ${detail}${ask}.`;
}

function missing(say: Speaker): Finding {
  const { resource, observation } = say;
  const note = observation.state === 'absent' && observation.note !== undefined ? ` ${observation.note}` : '';
  const where = [
    resource.region === undefined ? '' : ` in ${resource.region}`,
    resource.account === undefined ? '' : ` of account ${resource.account}`,
  ].join('');
  return say.verdict(
    {
      code: 'drift/missing',
      message: `There is no ${resource.kind} ${resource.id}${where}; the runbook relies on it.${note}`,
      expected: resource.id,
      actual: 'absent',
      data: { asked: observation.at },
    },
    say.idPath,
  );
}

/** Region and account beside `id` are expectations as well. */
function placeFindings(
  kind: Kind,
  resource: DriftResource,
  observation: Found,
  context: DriftContext,
  say: Speaker,
): Judged {
  const findings: Finding[] = [];
  let compared = 0;
  const under = (key: string): Path => (resource.name === undefined ? say.idPath : [...resource.path, key]);
  if (kind.regional && resource.region !== undefined && observation.region !== undefined) {
    compared++;
    if (resource.region !== observation.region) {
      findings.push(
        say.verdict(
          {
            code: 'drift/region',
            message: `${resource.id} is in ${observation.region}; the runbook expects ${resource.region}.`,
            expected: resource.region,
            actual: observation.region,
          },
          under('region'),
        ),
      );
    }
  }
  const wanted =
    accountNamed(awsOf(context.environment), resource.account)?.id ??
    (/^\d{12}$/.test(accountId(resource.account) ?? '') ? accountId(resource.account) : undefined);
  if (wanted !== undefined && observation.account !== undefined && resource.kind.startsWith('aws/')) {
    if (resource.account !== undefined) compared++;
    if (wanted !== observation.account) {
      findings.push(
        say.verdict(
          {
            code: 'drift/account',
            message: `${resource.id} is in account ${observation.account}; the runbook expects ${resource.account === undefined || resource.account === wanted ? wanted : `${resource.account} (${wanted})`}.`,
            expected: wanted,
            actual: observation.account,
          },
          resource.account === undefined ? say.idPath : under('account'),
        ),
      );
    }
  }
  return { findings, compared };
}

function judgeFound(
  kind: Kind,
  resource: DriftResource,
  observation: Found,
  context: DriftContext,
  say: Speaker,
  moved: boolean,
): Judged {
  const findings: Finding[] = [];
  let compared = 0;
  const input: JudgeInput = {
    resource,
    observation,
    context,
    fact: (name) => {
      const fact = observation.facts[name];
      return fact && 'value' in fact ? fact.value : undefined;
    },
  };
  for (const [key, expected] of Object.entries(resource.expect)) {
    const expectation = kind.expectations[key];
    if (!expectation || expected === undefined || expected === null) continue;
    const path = [...resource.path, 'expect', key];
    const names = expectation.facts(expected, resource);
    const gaps = unknownFacts(names, observation, moved);
    for (const gap of gaps.unknown) findings.push(say.unknown(gap, path));
    // Settings are facts of their own: those at hand are judged though others aren't.
    if (gaps.missing === names.length && names.length > 0) continue;
    if (gaps.missing > 0 && !names.every((name) => name.startsWith('setting:'))) continue;
    compared += Math.max(1, names.length - gaps.missing);
    for (const verdict of expectation.judge(expected, input))
      findings.push(say.verdict(verdict, [...path, ...(verdict.below ?? [])]));
  }
  for (const judgement of kind.judgements) {
    const names = judgement.facts(resource, context);
    if (names.length === 0) continue;
    const gaps = unknownFacts(names, observation, moved);
    if (gaps.missing === 0) {
      compared++;
      for (const verdict of judgement.judge(input)) findings.push(say.verdict(verdict, verdict.path ?? say.idPath));
    } else if (judgement.unknownMatters) {
      for (const gap of gaps.unknown) findings.push(say.unknown(gap, say.idPath));
    }
  }
  return { findings: distinct(findings), compared };
}

/** Which of these facts aren't there, and why, one reason once. */
function unknownFacts(
  names: readonly string[],
  observation: Found,
  moved: boolean,
): { readonly unknown: readonly Unknown[]; readonly missing: number } {
  const unknown = new Map<string, Unknown>();
  let missing = 0;
  for (const name of names) {
    const fact: Fact | undefined = observation.facts[name];
    if (fact && 'value' in fact) continue;
    missing++;
    // What was found in another place was only looked for, not looked at: the place is the finding.
    if (!fact && moved) continue;
    const why: Unknown = fact?.unknown ?? {
      reason: 'unsupported',
      detail: `${shown(observation.source)} doesn't tell ${name.replace(/^setting:/, 'the setting ')}`,
    };
    unknown.set(`${why.reason} ${why.permission ?? why.detail}`, why);
  }
  return { unknown: [...unknown.values()], missing };
}

/** An expectation and a judgement may need the same fact: its gap is said once a place. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = `${finding.code} ${JSON.stringify(finding.path)} ${finding.message}`;
    return !seen.has(key) && seen.add(key);
  });
}
