/** Turns what is judged of one resource into findings: where, in whose words, with which severity and data. */
import type { Finding, Related, ResourceRef, Severity } from '../finding.ts';
import type { Path } from '../document/node.ts';
import { catalogueRow } from '../rules/catalogue.ts';
import { consoleUrl } from './console.ts';
import { accountNamed, awsOf } from './environment.ts';
import { field } from './expected.ts';
import type { Observation, Unknown } from './observation.ts';
import type { DriftResource } from './resource.ts';
import type { DriftContext, Verdict } from './kinds/kind.ts';

/** What judging one resource gave. */
export interface Judged {
  readonly findings: readonly Finding[];
  /** Facts that were really compared, existence included. */
  readonly compared: number;
}

export interface Speaker {
  readonly idPath: Path;
  readonly resource: DriftResource;
  readonly observation: Observation;
  readonly context: DriftContext;
  verdict(verdict: Verdict, path: Path): Finding;
  /** `what` is the fact that is unknown, where it isn't the whole resource. */
  unknown(unknown: Unknown, path: Path, what?: string): Finding;
}

/** Turns verdicts about one resource into findings. */
export function speaker(resource: DriftResource, observation: Observation, context: DriftContext): Speaker {
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
    ...(verdict.path && verdict.within ? { span: verdict.within, relative: true } : {}),
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
    unknown: (unknown, path, what) =>
      finding(
        {
          code: `unchecked/${unknown.reason}`,
          message: uncheckedMessage(resource, unknown, what),
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
  // What says what is wrong with a state names it already.
  if (observation.source !== 'terraform' || message.includes('the Terraform state')) return message;
  // What stands in brackets is not where the sentence turns.
  const [head = message, ...rest] = message.split(/; (?![^(]*\))/);
  const says = ` in the Terraform state of ${observation.at.slice(0, 16).replace('T', ' ')}Z`;
  if (rest.length === 0) return `${head.replace(/\.$/, '')}${says}.`;
  return `${head}${says}; ${rest.join('; ')}`;
}

function uncheckedMessage(resource: DriftResource, unknown: Unknown, what: string | undefined): string {
  const detail = unknown.detail.replace(/\.$/, '');
  const ask =
    unknown.permission === undefined || detail.includes(unknown.permission) ? '' : ` (ask for ${unknown.permission})`;
  return `${resource.id}${what === undefined ? '' : `: ${what}`} was not checked: ${detail}${ask}.`;
}

/** `drift/missing`, on the id. */
export function missing(say: Speaker): Finding {
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
