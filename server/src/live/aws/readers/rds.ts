/** Reads RDS instances, clusters and snapshots: one filtered call for up to a hundred of them. */
import type { Fact, LookupRequest } from '../../../core/drift/observation.ts';
import { nameOf } from '../../../core/drift/kinds/aws/arn.ts';
import { knownSupportEnd, supportNeedsAsking } from '../../../core/drift/support.ts';
import { majorOf } from '../../../core/drift/version.ts';
import { chunks, type Answer } from '../../reader.ts';
import { isCode, needs, unknownOf, FEW, type AwsReader, type Target } from '../awsReader.ts';
import { CallFailure } from '../failure.ts';
import { upgradeCalls, withUpgrades } from './rds-upgrades.ts';
import { clusters, instances, snapshots, type Described, type Shape } from './rds-shapes.ts';
import { iso } from './single.ts';

const idOf = (request: LookupRequest): string => nameOf(request.id).toLowerCase();

/** When standard support ends: from the table, and asked of the service only where that would make a finding. */
async function supportEnd(engine: string, version: string, target: Target): Promise<string> {
  const known = knownSupportEnd(engine, version);
  if (!supportNeedsAsking(engine, version, target.now)) return known ?? 'none';
  const major = majorOf(version, engine);
  try {
    const answer = await target.call('rds:DescribeDBMajorEngineVersions', {
      Engine: engine,
      ...(major === undefined ? {} : { MajorEngineVersion: major }),
    });
    const lifecycle = answer.DBMajorEngineVersions?.[0]?.SupportedEngineLifecycles?.find(
      (each) => each.LifecycleSupportName === 'open-source-rds-standard-support',
    );
    return lifecycle?.LifecycleSupportEndDate === undefined
      ? (known ?? 'none')
      : iso(lifecycle.LifecycleSupportEndDate);
  } catch (error) {
    if (error instanceof CallFailure) return known ?? 'none';
    throw error;
  }
}

const textIn = (fact: Fact | undefined): string =>
  fact && 'value' in fact && typeof fact.value === 'string' ? fact.value : '';

function readerOf(shape: Shape): AwsReader {
  const answer = async (
    request: LookupRequest,
    found: readonly Described[],
    ends: Map<string, Promise<string>>,
    target: Target,
  ): Promise<Answer> => {
    const described = found.find(([id]) => id === idOf(request));
    if (!described) return { state: 'absent' };
    const facts: Record<string, Fact> = { ...described[1] };
    const [engine, version] = [textIn(facts['engine']), textIn(facts['version'])];
    if (needs(request, 'supportEnds')) {
      const key = `${engine} ${majorOf(version, engine) ?? ''}`;
      const asked = ends.get(key) ?? supportEnd(engine, version, target);
      ends.set(key, asked);
      facts['supportEnds'] = { value: await asked };
    }
    return {
      state: 'found',
      region: target.region,
      facts,
    };
  };
  const described = async (
    requests: readonly LookupRequest[],
    target: Target,
    again: boolean,
  ): Promise<readonly Answer[]> => {
    const ends = new Map<string, Promise<string>>();
    const single = async (request: LookupRequest): Promise<Answer> => {
      try {
        return await answer(request, await shape.one(idOf(request), target), ends, target);
      } catch (error) {
        if (!isCode(error, ...shape.absentCodes)) return { state: 'unknown', unknown: unknownOf(error) };
        const note = again ? await shape.left?.(idOf(request), target) : undefined;
        return { state: 'absent', ...(note === undefined ? {} : { note }) };
      }
    };
    if (requests.length === 1 || (again && requests.length <= FEW)) return await Promise.all(requests.map(single));
    try {
      const ids = [...new Set(requests.map(idOf))];
      const found = (await Promise.all(chunks(ids, 100).map(async (some) => await shape.many(some, target)))).flat();
      return await Promise.all(requests.map(async (request) => await answer(request, found, ends, target)));
    } catch (error) {
      // A permission on single instances refuses the filter: each is asked for by itself.
      if (error instanceof CallFailure && error.unknown.reason === 'denied')
        return await Promise.all(requests.map(single));
      throw error;
    }
  };
  return {
    kind: shape.kind,
    scope: 'region',
    plan: (requests) => [
      {
        operation: shape.operation,
        count: Math.ceil(requests.length / 100),
        serves: requests.map((request) => request.id),
      },
      ...upgradeCalls(requests),
    ],
    planAbsent(requests, question) {
      const serves = requests.map((request) => request.id);
      const single = question === 'again' && requests.length <= FEW;
      const count = single ? requests.length : Math.ceil(requests.length / 100);
      const own = question === 'first' ? [] : [shape.operation];
      const more = [...(shape.otherwise ? [shape.otherwise] : []), ...(single && shape.leftBy ? [shape.leftBy] : [])];
      return [...own, ...more].map((operation) => ({ operation, count, serves }));
    },
    look: async (requests, target, again) =>
      await withUpgrades(requests, await described(requests, target, again), target),
  };
}

export const rdsInstanceReader = readerOf(instances);
export const rdsClusterReader = readerOf(clusters);
export const rdsSnapshotReader = readerOf(snapshots);
