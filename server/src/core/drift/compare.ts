/** Judges what was seen against what the runbook declares. Pure; unknown is neither clean nor drift. */
import type { Finding } from '../finding.ts';
import type { Path } from '../document/node.ts';
import { accountId, accountNamed, awsOf } from './environment.ts';
import { judgeFound } from './judgeFound.ts';
import type { Observation } from './observation.ts';
import type { DriftResource } from './resource.ts';
import type { DriftContext, Found, Kind } from './kinds/kind.ts';
import { parseArn } from './kinds/aws/arn.ts';
import { findKind } from './kinds/table.ts';
import { missing, speaker, type Judged, type Speaker } from './speaker.ts';
import { sourceFindings } from './sources.ts';

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
  // In another place, and of another owner, it was only looked for: that is what is said of it.
  const owner = observation.facts['owner'];
  const isOthers = kind.id === 'aws/s3-bucket' && owner !== undefined && 'value' in owner && owner.value !== 'own';
  const judged = judgeFound(kind, resource, observation, context, say, place.findings.length > 0 || isOthers);
  return {
    findings: [...place.findings, ...judged.findings, ...sourceFindings(kind, resource, observation, context)],
    compared: 1 + place.compared + judged.compared,
  };
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
  const arn = parseArn(resource.id);
  const regions = [
    { wanted: resource.region, path: under('region') },
    { wanted: arn?.region === '' ? undefined : arn?.region, path: say.idPath },
  ];
  for (const { wanted, path } of regions) {
    if (!kind.regional || wanted === undefined || observation.region === undefined) continue;
    compared++;
    if (wanted === observation.region || findings.length > 0) continue;
    findings.push(
      say.verdict(
        {
          code: 'drift/region',
          message: `${resource.id} is in ${observation.region}; the runbook expects ${wanted}.`,
          expected: wanted,
          actual: observation.region,
        },
        path,
      ),
    );
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
