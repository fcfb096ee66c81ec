/** Terraform states as answers: what they manage, in the words of the live readers. */
import { accountNamed, awsOf, type EnvironmentSource } from '../../core/drift/environment.ts';
import { durationMs, durationText } from '../../core/drift/expected.ts';
import { nameOf, parseArn } from '../../core/drift/kinds/aws/arn.ts';
import { KEY_FACT } from '../../core/drift/kinds/aws/key.ts';
import type { Fact, LookupRequest, Observation, Unknown } from '../../core/drift/observation.ts';
import type { FileSource } from '../fileSources.ts';
import { AWS_MAPPINGS } from './aws.ts';
import type { StateResource } from './mapped.ts';
import { parseState, type State } from './state.ts';

export interface LoadedState {
  readonly resources: readonly StateResource[];
  /** ISO 8601. */
  readonly at: string;
}

/** Reads a state. `modifiedMs` counts where it doesn't say itself when it was written. @throws Error with a sentence. */
export function loadState(text: string, modifiedMs: number): LoadedState {
  const state = parseState(text);
  return { resources: resourcesOf(state), at: state.writtenAt ?? new Date(modifiedMs).toISOString() };
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
        names: names.filter((name): name is string => typeof name === 'string' && name !== ''),
        region: typeof region === 'string' && region !== '' ? region : undefined,
        account: arn?.account === undefined || arn.account === '' ? undefined : arn.account,
        address: instance.address,
        facts,
      },
    ];
  });
}

/** What a loaded state says of a request. */
export function answerFrom(
  loaded: LoadedState,
  request: LookupRequest,
  source: FileSource,
  environment: EnvironmentSource,
  now: number,
): Observation {
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
  const age = now - Date.parse(loaded.at);
  if (maxAge !== undefined && age > maxAge) {
    return unknown({
      reason: 'stale',
      detail: `the Terraform state ${source.path} is ${durationText(age)} old, older than ${source.maxAge ?? ''}`,
    });
  }
  const facts: Record<string, Fact> = {};
  for (const name of new Set([...request.facts, ...Object.keys(found.facts)])) {
    const value = found.facts[name] ?? keyBehind(name, loaded.resources, found);
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

/** The key behind an alias that the state manages, where that is what the fact `name` asks for. */
function keyBehind(name: string, resources: readonly StateResource[], found: StateResource): string | undefined {
  if (!name.startsWith(KEY_FACT)) return undefined;
  const alias = name.slice(KEY_FACT.length);
  const here = (each: string | undefined, own: string | undefined): boolean =>
    each === undefined || own === undefined || each === own;
  return resources
    .find(
      (each) =>
        each.kind === 'aws/kms-key' &&
        each.names.includes(alias) &&
        here(each.region, found.region) &&
        here(each.account, found.account),
    )
    ?.names.find((each) => parseArn(each)?.resource.startsWith('key/'));
}

/** Kinds whose names are the same in any case; a table `Orders` is not the table `orders`. */
const ANY_CASE = new Set(['aws/rds-instance', 'aws/rds-cluster', 'aws/rds-snapshot', 'aws/iam-role']);

/** The resource of that name; where several accounts or regions have one, the one that fits best. */
function find(
  resources: readonly StateResource[],
  request: LookupRequest,
  environment: EnvironmentSource,
): StateResource | undefined {
  const fold = (name: string): string => (ANY_CASE.has(request.kind) ? name.toLowerCase() : name);
  const wanted = new Set([fold(request.id), fold(nameOf(request.id))]);
  const account = accountNamed(awsOf(environment.value), request.account)?.id;
  const score = (each: StateResource): number =>
    (each.region === undefined || request.region === undefined || each.region === request.region ? 1 : 0) +
    (each.account === undefined || account === undefined || each.account === account ? 2 : 0);
  // What has the same name in another account is another thing; only a bucket's name is one of the whole world's.
  const isElsewhere = (each: StateResource): boolean =>
    request.kind !== 'aws/s3-bucket' &&
    account !== undefined &&
    each.account !== undefined &&
    each.account !== account &&
    !wanted.has(fold(each.names.find((name) => parseArn(name)) ?? ''));
  return resources
    .filter((each) => each.kind === request.kind && each.names.some((name) => wanted.has(fold(name))))
    .filter((each) => !isElsewhere(each))
    .sort((left, right) => score(right) - score(left))[0];
}
