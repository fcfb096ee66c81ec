/** Terraform states as a source of the same facts: where live can't be asked, before it, or beside it. */
import * as path from 'node:path';
import { accountNamed, awsOf, sourcesOf, type EnvironmentSource, type Source } from '../../core/drift/environment.ts';
import { durationMs, durationText } from '../../core/drift/expected.ts';
import { nameOf, parseArn } from '../../core/drift/kinds/aws/arn.ts';
import type { Fact, LookupRequest, Observation, Unknown } from '../../core/drift/observation.ts';
import type { Clock, Files } from '../../core/ports.ts';
import { AWS_MAPPINGS } from './aws.ts';
import type { StateResource } from './mapped.ts';
import { parseState, type State } from './state.ts';

export interface TerraformSource {
  /** Does the environment's list of sources hold `live`? */
  asksLive(environment: EnvironmentSource): boolean;
  /** Answers from the sources in the environment's order; `live` is asked only for what it should be. */
  around(
    requests: readonly LookupRequest[],
    environmentOf: (name: string) => EnvironmentSource | undefined,
    live: (requests: readonly LookupRequest[]) => Promise<readonly Observation[]>,
  ): Promise<readonly Observation[]>;
}

interface LoadedState {
  readonly resources: readonly StateResource[];
  /** ISO 8601. */
  readonly at: string;
}

type Loaded = LoadedState | { readonly unknown: Unknown };

export interface TerraformDependencies {
  readonly clock: Clock;
  readonly files?: Pick<Files, 'readText' | 'info'> | undefined;
  readonly root?: string | undefined;
}

export function createTerraformSource(dependencies: TerraformDependencies): TerraformSource {
  return {
    asksLive: (environment) => sourcesOf(environment.value).some((source) => source.kind === 'live'),
    async around(requests, environmentOf, live) {
      const states = new Map<string, Promise<Loaded>>();
      const stateAnswers = async (
        request: LookupRequest,
        source: Extract<Source, { kind: 'terraform' }>,
        environment: EnvironmentSource,
      ): Promise<Observation> => {
        const key = `${environment.file} ${source.path}`;
        const loading = states.get(key) ?? load(source.path, environment, dependencies);
        states.set(key, loading);
        return answerFrom(await loading, request, source, environment, dependencies.clock);
      };
      const fromStates = await Promise.all(
        requests.map(async (request): Promise<readonly Ranked[]> => {
          const environment = environmentOf(request.environment);
          if (!environment || request.kind.startsWith('database/')) return [];
          const sources = sourcesOf(environment.value);
          const ranked: Ranked[] = [];
          for (const [rank, source] of sources.entries()) {
            if (source.kind === 'terraform')
              ranked.push({ rank, observation: await stateAnswers(request, source, environment) });
          }
          return ranked;
        }),
      );
      const liveRank = requests.map((request) => {
        const environment = environmentOf(request.environment);
        if (!environment || request.kind.startsWith('database/')) return 0;
        return sourcesOf(environment.value).findIndex((source) => source.kind === 'live');
      });
      // Live isn't asked for what a source that is preferred to it knows.
      const asking = requests.filter((_request, index) => {
        const rank = liveRank[index] ?? 0;
        return (
          rank >= 0 && !(fromStates[index] ?? []).some((each) => each.rank < rank && each.observation.state === 'found')
        );
      });
      const answers = asking.length === 0 ? [] : await live(asking);
      return requests.map((request, index) => {
        const answer = answers[asking.indexOf(request)];
        const ranked = [
          ...(fromStates[index] ?? []),
          ...(answer ? [{ rank: liveRank[index] ?? 0, observation: answer }] : []),
        ];
        return bestOf(ranked.sort((left, right) => left.rank - right.rank).map((each) => each.observation));
      });
    },
  };
}

interface Ranked {
  readonly rank: number;
  readonly observation: Observation;
}

/** The first source that knows; the others that know stand beside it. Where none knows, the first one's reason counts. */
function bestOf(observations: readonly Observation[]): Observation {
  const [first] = observations;
  const best = observations.find((each) => each.state !== 'unknown') ?? first;
  if (!best)
    return {
      state: 'unknown',
      unknown: { reason: 'undecided', detail: 'no source of the environment was asked' },
      at: new Date(0).toISOString(),
      source: 'live',
    };
  const others = observations.filter((each) => each !== best && each.state === 'found');
  return others.length === 0 ? best : { ...best, others };
}

async function load(
  file: string,
  environment: EnvironmentSource,
  { files, root, clock }: TerraformDependencies,
): Promise<Loaded> {
  const where = path.resolve(root ?? '/', path.dirname(environment.file), file);
  try {
    if (!files) throw new Error("files can't be read here");
    const [text, info] = await Promise.all([files.readText(where), files.info(where)]);
    const state = parseState(text);
    return {
      resources: resourcesOf(state),
      at: state.writtenAt ?? new Date(info?.modifiedMs ?? clock.now()).toISOString(),
    };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
    const why =
      code === 'ENOENT' ? "it isn't there" : (code ?? (error instanceof Error ? error.message : String(error)));
    return { unknown: { reason: 'unreachable', detail: `the Terraform state ${file} can't be read: ${why}` } };
  }
}

function resourcesOf(state: State): readonly StateResource[] {
  return state.instances.flatMap((instance): StateResource[] => {
    const mapping = AWS_MAPPINGS.find((each) => each.type === instance.type);
    if (!mapping) return [];
    const { names, facts } = mapping.map(instance, state.instances);
    const arn = names
      .map((name) => (typeof name === 'string' ? parseArn(name) : undefined))
      .find((each) => each !== undefined);
    const region = instance.attributes['region'] ?? arn?.region;
    return [
      {
        kind: mapping.kind,
        names: names
          .filter((name): name is string => typeof name === 'string' && name !== '')
          .map((name) => name.toLowerCase()),
        region: typeof region === 'string' && region !== '' ? region : undefined,
        account: arn?.account === undefined || arn.account === '' ? undefined : arn.account,
        address: instance.address,
        facts,
      },
    ];
  });
}

function answerFrom(
  loaded: Loaded,
  request: LookupRequest,
  source: Extract<Source, { kind: 'terraform' }>,
  environment: EnvironmentSource,
  clock: Clock,
): Observation {
  if ('unknown' in loaded)
    return { state: 'unknown', unknown: loaded.unknown, at: new Date(clock.now()).toISOString(), source: 'terraform' };
  const unknown = (why: Unknown): Observation => ({
    state: 'unknown',
    unknown: why,
    at: loaded.at,
    source: 'terraform',
  });
  const found = find(loaded.resources, request, environment);
  // What a state doesn't manage may well exist: its absence there says nothing.
  if (!found) return unknown({ reason: 'undecided', detail: `the Terraform state ${source.path} doesn't manage it` });
  const maxAge = durationMs(source.maxAge);
  const age = clock.now() - Date.parse(loaded.at);
  if (maxAge !== undefined && age > maxAge) {
    return unknown({
      reason: 'stale',
      detail: `the Terraform state ${source.path} is ${durationText(age)} old, older than ${source.maxAge ?? ''}`,
    });
  }
  const facts: Record<string, Fact> = {};
  for (const name of new Set([...request.facts, ...Object.keys(found.facts)])) {
    const value = found.facts[name];
    facts[name] =
      value === undefined
        ? {
            unknown: {
              reason: 'unsupported',
              detail: `the Terraform state ${source.path} doesn't tell ${name} of ${found.address}`,
            },
          }
        : { value };
  }
  return {
    state: 'found',
    facts,
    at: loaded.at,
    source: 'terraform',
    ...(found.region === undefined ? {} : { region: found.region }),
    ...(found.account === undefined ? {} : { account: found.account }),
  };
}

/** The resource of that name; where several accounts or regions have one, the one that fits best. */
function find(
  resources: readonly StateResource[],
  request: LookupRequest,
  environment: EnvironmentSource,
): StateResource | undefined {
  const wanted = new Set([request.id.toLowerCase(), nameOf(request.id).toLowerCase()]);
  const account = accountNamed(awsOf(environment.value), request.account)?.id;
  const score = (each: StateResource): number =>
    (each.region === undefined || request.region === undefined || each.region === request.region ? 1 : 0) +
    (each.account === undefined || account === undefined || each.account === account ? 2 : 0);
  return resources
    .filter((each) => each.kind === request.kind && each.names.some((name) => wanted.has(name)))
    .sort((left, right) => score(right) - score(left))[0];
}
