/** Where live and a Terraform state are both at hand: drift between the two, told apart from drift of the runbook. */
import type { Finding } from '../finding.ts';
import { catalogueRow } from '../rules/catalogue.ts';
import { shown } from './expected.ts';
import { judgeVersion } from './version.ts';
import type { DriftContext, Found, Kind } from './kinds/kind.ts';
import { NOT_ENABLED } from './kinds/aws/s3-bucket.ts';
import type { DriftResource } from './resource.ts';

/** Facts that move by themselves, so a state is always behind: no sign that somebody changed anything. */
const MOVING = new Set([
  'latestRestorable',
  'pending',
  'points',
  'createdAt',
  'supportEnds',
  'simulated',
  'replicaLag',
]);

/** One finding for every fact on which live and a state disagree; only facts that the runbook declares. */
export function sourceFindings(
  kind: Kind,
  resource: DriftResource,
  observation: Found,
  context: DriftContext,
): readonly Finding[] {
  return (observation.others ?? []).flatMap((other): Finding[] => {
    const path = [...resource.path, ...(resource.name === undefined ? [] : ['id'])];
    const make = (message: string, expected: unknown, actual: unknown, at: readonly (string | number)[]): Finding => ({
      code: 'drift/state',
      severity: context.severities?.['drift/state'] ?? catalogueRow('drift/state').severity,
      message,
      file: context.file,
      document: context.document,
      path: at,
      resource: {
        kind: resource.kind,
        id: resource.id,
        ...(observation.region === undefined ? {} : { region: observation.region }),
        ...(observation.account === undefined ? {} : { account: observation.account }),
      },
      expected,
      actual,
      observedAt: observation.at,
      data: { between: [other.source, observation.source], stateAt: other.at },
    });
    if (other.source !== 'terraform' || observation.source !== 'live' || other.state !== 'found') return [];
    // The same name in another region is another thing; only a bucket's is one of the whole world's.
    const isMoved =
      observation.region !== undefined && other.region !== undefined && observation.region !== other.region;
    if (isMoved && kind.id !== 'aws/s3-bucket') return [];
    return Object.keys(resource.expect)
      .flatMap((key) => {
        const facts = kind.expectations[key]?.facts(resource.expect[key], resource) ?? [];
        return facts.flatMap((name): Finding[] => {
          const live = observation.facts[name];
          const state = other.facts[name];
          if (!live || !state || !('value' in live) || !('value' in state)) return [];
          if (MOVING.has(name) || canonical(live.value) === canonical(state.value)) return [];
          if (state.value === NOT_ENABLED && live.value !== 'enabled') return [];
          // `15` in a state covers the 15.4 that runs.
          if (name === 'version' && judgeVersion(state.value, String(live.value)).state === 'holds') return [];
          return [
            make(
              `The Terraform state of ${other.at.slice(0, 10)} says ${name} of ${resource.id} is ${shown(state.value)}, live it is ${shown(live.value)}: somebody changed it past Terraform, or the state is old.`,
              state.value,
              live.value,
              [...resource.path, 'expect', key],
            ),
          ];
        });
      })
      .concat(
        isMoved
          ? [
              make(
                `The Terraform state has ${resource.id} in ${other.region}, live it is in ${observation.region}.`,
                other.region,
                observation.region,
                path,
              ),
            ]
          : [],
      );
  });
}

/** Text that is equal where values are, whatever the order of keys and items. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, each]) => `${key}:${canonical(each)}`)
      .join(',')}}`;
  }
  return String(value).toLowerCase();
}
