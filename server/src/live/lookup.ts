/** The look-up of everything live: routes requests to providers, shares answers, keeps time, and never rejects but on abort. */
import { createHash } from 'node:crypto';
import type { EnvironmentSource } from '../core/drift/environment.ts';
import { mergeRequests, requestKey } from '../core/drift/requests.ts';
import type { LookupRequest, Observation, PlannedCall, Unknown } from '../core/drift/observation.ts';
import type { ApprovedHosts, Cache, Clock, Files, Log, Lookup, LookResult, Secrets } from '../core/ports.ts';
import { createAwsProvider, unknownObservation } from './aws/provider.ts';
import { createLookupCache, type Place } from './cache.ts';
import { createDatabaseProvider } from './database/provider.ts';
import { createGates, limited, OutOfTime } from './limits.ts';
import { withAbsolutePaths } from './paths.ts';
import { mergePlans, type Provider, type Run } from './reader.ts';
import { createFileSources } from './fileSources.ts';

export interface LookupDependencies {
  /** The workspace's environments as they are now. */
  readonly environments: () => readonly EnvironmentSource[];
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** Where last-known answers are kept between runs; left out, they are kept for this run alone. */
  readonly cache?: Cache | undefined;
  readonly log: Log;
  readonly allowedHosts: ApprovedHosts;
  /** Without trust nothing is looked up and no secret is read. */
  readonly trusted: () => boolean;
  /** For Terraform states. */
  readonly files?: Pick<Files, 'readText' | 'info'> | undefined;
  /** Absolute path of the workspace root: states and secret files are relative to the environment document. */
  readonly root?: string | undefined;
  readonly options?: LookupOptions | undefined;
}

export interface LookupOptions {
  /** How many calls run at once, of one service in one account or to one server; default 16. */
  readonly concurrency?: number;
  /** Milliseconds for one call, its retries included; default 15,000. */
  readonly callTimeoutMs?: number;
  /** Milliseconds between the two questions about something absent; default 300. */
  readonly confirmAfterMs?: number;
}

/** A look-up that can be asked for what it last knew, and closed. */
export interface LiveLookup extends Lookup {
  /** What was last known of these, however old, without asking anything; undefined where nothing was. */
  lastKnown(requests: readonly LookupRequest[]): Promise<readonly (Observation | undefined)[]>;
  close(): Promise<void>;
}

export function createLookup(dependencies: LookupDependencies): LiveLookup {
  const { clock, options } = dependencies;
  const providers = providersOf(dependencies);
  const sources = createFileSources(dependencies);
  const environmentOf: EnvironmentOf = (name) => {
    const found = dependencies.environments().find((each) => each.name === name);
    return found && withAbsolutePaths(found, dependencies.root);
  };
  const cache = createLookupCache({
    clock,
    store: dependencies.cache,
    placeOf: (environment) => placeOf(environment, environmentOf(environment), dependencies.root),
    redact: dependencies.secrets.redact,
  });

  const ask = async (
    requests: readonly LookupRequest[],
    run: Run,
    environmentOf: EnvironmentOf,
  ): Promise<readonly Observation[]> => {
    const observations = new Map<LookupRequest, Observation>();
    await Promise.all(
      groupsOf(requests).map(async ({ environment, provider: id, members }) => {
        const provider = providers.find((each) => each.id === id);
        const source = environmentOf(environment);
        const answers = provider
          ? await provider.look(members, source?.value, run)
          : members.map((request) =>
              unknownObservation(
                request,
                { reason: 'unsupported', detail: `${request.kind} can't be looked up yet` },
                clock,
              ),
            );
        members.forEach((request, index) => {
          const answer = answers[index];
          if (answer) observations.set(request, answer);
        });
      }),
    );
    return requests.map(
      (request) =>
        observations.get(request) ??
        unknownObservation(request, { reason: 'undecided', detail: 'nobody answered' }, clock),
    );
  };

  return {
    plan: (requests) =>
      mergePlans(
        groupsOf(mergeRequests(requests)).flatMap(({ environment, provider: id, members }): readonly PlannedCall[] => {
          const source = environmentOf(environment);
          if (source && !sources.asksLive(source)) return [];
          return providers.find((each) => each.id === id)?.plan(members, source?.value) ?? [];
        }),
      ),

    async look(requests, { signal, deadlineMs, maxAgeMs }): Promise<LookResult> {
      signal.throwIfAborted();
      if (!dependencies.trusted()) {
        const unknown: Unknown = {
          reason: 'untrusted-workspace',
          detail: 'the workspace is not trusted, so nothing live was looked up',
        };
        return { observations: requests.map((request) => unknownObservation(request, unknown, clock)), calls: {} };
      }
      const calls = new Map<string, number>();
      const limit = limited(
        clock,
        signal,
        deadlineMs,
        `the run's deadline of ${String((deadlineMs ?? 0) / 1000)} s passed`,
      );
      const run: Run = {
        signal: limit.signal,
        gate: createGates(options?.concurrency ?? 16),
        count: (call) => calls.set(call, (calls.get(call) ?? 0) + 1),
      };
      // Whatever is edited while this look-up runs, it asks and keeps for the environments as they were when it began.
      const asItWas = once(environmentOf);
      try {
        const unique = mergeRequests(requests);
        const answers = await cache.through(
          unique,
          maxAgeMs ?? 0,
          async (asking) =>
            await sources.around(
              asking,
              asItWas,
              async (live) => await guarded(async () => await ask(live, run, asItWas), live, signal, clock),
            ),
          (environment) => placeOf(environment, asItWas(environment), dependencies.root),
        );
        const byKey = new Map(unique.map((request, index) => [requestKey(request), answers[index]]));
        signal.throwIfAborted();
        return {
          observations: requests.map(
            (request) =>
              byKey.get(requestKey(request)) ??
              unknownObservation(request, { reason: 'undecided', detail: 'nobody answered' }, clock),
          ),
          calls: Object.fromEntries([...calls].sort(([left], [right]) => (left < right ? -1 : 1))),
        };
      } finally {
        limit.done();
      }
    },

    lastKnown: async (requests) => await cache.lastKnown(requests),
    close: () => Promise.resolve(),
  };
}

type EnvironmentOf = (name: string) => EnvironmentSource | undefined;

/** Asked a thousand times for one environment, it is found and read once. */
function once<T>(find: (name: string) => T): (name: string) => T {
  const found = new Map<string, T>();
  return (name) => {
    const known = found.get(name);
    if (known !== undefined || found.has(name)) return known as T;
    const made = find(name);
    found.set(name, made);
    return made;
  };
}

/** What tells an environment from those of its name elsewhere, and from what it said before it was edited. */
function placeOf(name: string, environment: EnvironmentSource | undefined, root: string | undefined): Place {
  const { value, file } = environment ?? {};
  const said = typeof value === 'object' && value !== null ? { ...value, metadata: undefined } : value;
  return { environment: fingerprintOf([root, file, name]), state: fingerprintOf(said ?? null) };
}

function fingerprintOf(value: unknown): string {
  const text = JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}

/** The person's abort rejects; the run's own deadline leaves what isn't answered yet unknown. */
async function guarded(
  ask: () => Promise<readonly Observation[]>,
  requests: readonly LookupRequest[],
  signal: AbortSignal,
  clock: Clock,
): Promise<readonly Observation[]> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OutOfTime)) throw error;
    return requests.map((request) => unknownObservation(request, { reason: 'timeout', detail: error.message }, clock));
  }
}

function providersOf(dependencies: LookupDependencies): readonly Provider[] {
  const { secrets, clock, log, allowedHosts, options } = dependencies;
  return [
    createAwsProvider({
      secrets,
      clock,
      log,
      allowedHosts,
      callTimeoutMs: options?.callTimeoutMs ?? 15_000,
      confirmAfterMs: options?.confirmAfterMs ?? 300,
    }),
    createDatabaseProvider({
      secrets,
      clock,
      allowedHosts,
      files: dependencies.files,
      callTimeoutMs: options?.callTimeoutMs ?? 15_000,
    }),
  ];
}

interface ProviderGroup {
  readonly environment: string;
  readonly provider: string;
  readonly members: LookupRequest[];
}

function groupsOf(requests: readonly LookupRequest[]): readonly ProviderGroup[] {
  const groups = new Map<string, ProviderGroup>();
  for (const request of requests) {
    const provider = request.kind.split('/')[0] ?? '';
    const name = `${provider} ${request.environment}`;
    const group = groups.get(name);
    if (group) group.members.push(request);
    else groups.set(name, { environment: request.environment, provider, members: [request] });
  }
  return [...groups.values()];
}
